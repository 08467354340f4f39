import {
  countEnds,
  distribution,
  type RehearsalReport,
  type RehearsedDrill,
} from '../../core/drill/rehearsal-report.ts';
import { seeds } from '../../core/drill/seeded-random.ts';
import { newFinding } from '../../core/findings/new-finding.ts';
import { count } from '../../core/list-text.ts';
import { mapLimited } from '../../core/map-limited.ts';
import { verdictOf } from '../../core/reports/report.ts';
import type { Deps, Terminal } from '../../ports.ts';
import { openSession, reportHead, type Session } from '../session.ts';
import { hastyClock } from './hasty-clock.ts';
import { rehearseDrill } from './rehearse-drill.ts';

export interface RehearseOptions {
  readonly repeat: number;
  /** Of the first drill; each has the next one. Without it any is taken. */
  readonly seed: number | undefined;
  /** How many times faster than real time cluster and c2l work. */
  readonly speed: number;
}

/** Most of a drill is waiting, for which another one has use. */
const atOnce = 4;

/** One that takes longer hangs, on whatever machine. */
const longestMs = 600_000;

/** Random drills, each in a sandbox of its own; nothing of one can help or hurt the next. */
export async function rehearseDrills(session: Session, options: RehearseOptions): Promise<RehearsalReport> {
  const { repeat, speed } = options;
  const { deps } = session;
  const { clock, signal, terminal } = deps;
  const { seed = deps.randomBytes(2).reduce((sum, byte) => sum * 256 + byte, 0) } = options;
  const takenAt = clock.now().toISOString();
  const begun = clock.monotonic();
  const drills: RehearsedDrill[] = [];
  const progress = terminal.progress(`0 of ${count(repeat, 'drill')}`);
  const toldEvery = Math.ceil(repeat / 20);
  await mapLimited([...Array(repeat).keys()], atOnce, async (index) => {
    if (signal.aborted) return;
    const drill = await rehearseOne(session, (seed + index) % seeds, speed);
    // What Ctrl-C cut off says nothing.
    if (drill === undefined) return;
    drills.push(drill);
    const failed = drills.filter(({ wrong }) => wrong.length > 0).length;
    if (drills.length % toldEvery === 0) {
      progress.update(
        `${drills.length} of ${count(repeat, 'drill')}${failed === 0 ? '' : `, ${failed} not recovered`}`,
      );
    }
  });
  drills.sort((one, other) => one.seed - other.seed);
  const failures = drills.filter(({ wrong }) => wrong.length > 0);
  const isWhole = drills.length === repeat;
  progress.finish(failures.length > 0 ? 'failed' : isWhole ? 'ok' : 'stopped', count(drills.length, 'drill'));
  const findings = failures.length === 0 ? [] : [failureFinding(session, failures, drills.length)];
  const recovery = distribution(drills.flatMap(({ recoveryMs }) => recoveryMs ?? []));
  return {
    ...reportHead(session, { namespaces: session.scope.namespaces, takenAt }),
    command: 'dr-drill rehearsal',
    verdict: isWhole ? verdictOf(findings) : 'interrupted',
    findings,
    seed,
    speed,
    wanted: repeat,
    done: drills.length,
    recovered: drills.length - failures.length,
    ends: countEnds(drills),
    ...(recovery === undefined ? {} : { recovery }),
    failures,
    tookMs: Math.round(clock.monotonic() - begun),
  };
}

function failureFinding(
  { scope }: Session,
  failures: readonly RehearsedDrill[],
  done: number,
): RehearsalReport['findings'][number] {
  const [name = ''] = scope.namespaces;
  return newFinding('drill-failed', {
    object: { kind: 'Namespace', namespace: '', name },
    message: `${failures.length} of ${count(done, 'random drill')} did not bring everything back`,
    fix: reproduction(failures[0]?.seed ?? 0),
  });
}

/** The command that runs one drill again. */
function reproduction(seed: number): string {
  return `c2l dr-drill run --sandbox --repeat 1 --seed ${seed}`;
}

/** Undefined where it was interrupted. */
async function rehearseOne(
  { deps, scope, stack }: Session,
  seed: number,
  speed: number,
): Promise<RehearsedDrill | undefined> {
  const over = new AbortController();
  const { terminal, last } = silent(deps.terminal);
  const own: Deps = {
    ...deps,
    terminal,
    clock: hastyClock(deps.clock, speed),
    signal: over.signal,
  };
  const session = await openSession(
    {
      namespaces: scope.namespaces,
      allNamespaces: false,
      stack: stack?.name,
      sandbox: { scenario: 'healthy', speed },
      requestTimeoutMs: 15_000,
    },
    own,
  );
  const failed = { seed, what: 'it hangs', end: 'run' } as const;
  const patience = AbortSignal.any([deps.signal, over.signal]);
  try {
    return await Promise.race([
      rehearseDrill(session, { seed, speed }).catch((error: unknown) => ({
        ...failed,
        what: 'it broke',
        wrong: [defect(error)],
      })),
      deps.clock.sleep(longestMs, patience).then(
        () => ({ ...failed, wrong: [`did not end; it told last: ${last()}`] }),
        () => undefined,
      ),
    ]);
  } finally {
    over.abort();
    await session.close();
  }
}

/** By kind and place: the message of a foreign error can quote a value. */
function defect(error: unknown): string {
  if (!(error instanceof Error)) return `a defect in c2l: ${typeof error}`;
  const [, frame = 'an unknown place'] = (error.stack ?? '').split('\n    at ');
  return `a defect in c2l: ${error.name} at ${frame.trim()}`;
}

/** Shows nothing, and keeps what was told last: where a drill hangs, that is all there is to go by. */
function silent({ width, program }: Terminal): { readonly terminal: Terminal; readonly last: () => string } {
  let told = 'nothing';
  const keep = (text: string): void => {
    told = text;
  };
  const nothing = (): void => undefined;
  const terminal: Terminal = {
    canPrompt: false,
    isOneScreen: false,
    width,
    program,
    color: false,
    out: nothing,
    show: () => Promise.resolve(),
    err: keep,
    progress: (text) => {
      keep(text);
      const finish = (_outcome: string, text: string): void => {
        keep(text);
      };
      return { update: keep, finish };
    },
  };
  return { terminal, last: () => told };
}
