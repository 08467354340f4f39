import { onlookerNames, onlookerPaths, troublesTold, type Onlooker } from '../../core/drill/onlookers.ts';
import { OperatorError } from '../../errors.ts';
import type { WatchWorld } from '../../watch-ports.ts';
import type { Session } from '../session.ts';

/** Somebody beside c2l who is to notice. */
export interface AttentiveOnlooker {
  readonly name: string;
  /** Whether it tells of something that it did not tell of before; false where it gives no answer. */
  noticesNews(): Promise<boolean>;
}

const patienceMs = 5000;

/** Each with what it tells of before anything is broken. Throws where one cannot be asked: it would notice nothing. */
export async function openOnlookers(
  { deps }: Session,
  onlookers: readonly Onlooker[],
  namespace: string,
): Promise<readonly AttentiveOnlooker[]> {
  if (onlookers.length === 0) return [];
  const world = await deps.openWatchWorld();
  return Promise.all(
    onlookers.map(async (onlooker) => {
      const name = onlookerNames[onlooker.kind];
      const before = await ask(world, onlooker, namespace);
      if (typeof before === 'string') {
        throw new OperatorError('usage', `${name} cannot be asked what it notices: ${before}`, {
          hint: `--${onlooker.kind} names its address as it is reached from here: http://localhost:PORT`,
        });
      }
      return {
        name,
        noticesNews: async () => {
          const now = await ask(world, onlooker, namespace);
          return typeof now !== 'string' && [...now].some((trouble) => !before.has(trouble));
        },
      };
    }),
  );
}

/** What it tells of, or why it could not be asked. */
async function ask(
  world: WatchWorld,
  { kind, url }: Onlooker,
  namespace: string,
): Promise<ReadonlySet<string> | string> {
  const page = `${url.replace(/\/+$/, '')}/${onlookerPaths[kind]}`;
  const [answer] = await world.getAll([{ url: page, timeoutMs: patienceMs, wantsBody: true }]);
  if (answer === undefined || answer.state === 'failed') return answer?.reason ?? 'no answer';
  if (answer.status !== 200) return `it answers ${answer.status}`;
  return troublesTold(kind, answer.body, namespace) ?? `what it answers is no page of ${onlookerNames[kind]}`;
}
