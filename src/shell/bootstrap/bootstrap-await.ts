import type { ApplyOrder } from '../../core/bootstrap/apply-order.ts';
import { isDefinedBy } from '../../core/bootstrap/defined-kinds.ts';
import { missingKindText } from '../../core/bootstrap/missing-kinds.ts';
import {
  neededKeys,
  promisedState,
  type PromisedPlace,
  type PromisedSight,
} from '../../core/bootstrap/promised-secret.ts';
import { refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Manifest } from '../../core/manifests/manifests.ts';
import { stateOf } from '../../core/owners/finding-owner.ts';
import type { OwnerState } from '../../core/owners/owner-state.ts';
import { conditionOf } from '../../core/owners/secret-writers.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import { untilSeen } from '../migrate/migrate-steps.ts';
import type { Session } from '../session.ts';
import { unawaited } from '../step-by-step.ts';
import { resolveObjects } from './resolve-objects.ts';

/** What a writer said before stands until its controller has looked again. */
const patienceMs = 20_000;

/** Until the API serves every kind that the manifests define and use; outcomes only of what does not come. */
export async function awaitDefined(
  session: Session,
  manifests: readonly Manifest[],
  timeoutMs: number,
): Promise<StepOutcome[]> {
  const definitions = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const [first] = definitions;
  if (first === undefined) return [];
  const object: ObjectRef = { kind: first.kind, namespace: '', name: first.name };
  return outcomesOf(object, async () =>
    untilSeen(session, timeoutMs, async () => {
      const { missing } = await resolveObjects(session, manifests);
      const [awaited] = missing.filter((kind) => isDefinedBy(definitions, kind));
      return awaited === undefined
        ? { found: true }
        : { waitsFor: `the API server does not serve ${missingKindText(awaited)} yet` };
    }),
  );
}

/** Until whoever writes Secrets has written them whole: what starts before that fails. */
export async function awaitPromised(
  session: Session,
  { stack, order }: { readonly stack: Stack; readonly order: ApplyOrder },
  timeoutMs: number,
): Promise<StepOutcome[]> {
  const { clock, terminal } = session.deps;
  const deadline = clock.monotonic() + timeoutMs;
  for (const place of order.promised) {
    const object: ObjectRef = { kind: 'Secret', namespace: place.namespace, name: place.name };
    const progress = terminal.progress(`waiting for ${refText(object)}`);
    const failed = await outcomesOf(object, () =>
      untilWhole(session, place, {
        needed: neededKeys(stack, place),
        withinMs: deadline - clock.monotonic(),
        update: (text) => {
          progress.update(`waiting for ${refText(object)}: ${text}`);
        },
      }),
    );
    progress.finish(
      failed.length === 0 ? 'ok' : 'failed',
      `${refText(object)} is ${failed.length === 0 ? '' : 'not '}there`,
    );
    if (failed.length > 0) return failed;
  }
  return [];
}

interface Wanted {
  readonly needed: readonly string[];
  readonly withinMs: number;
  readonly update: (text: string) => void;
}

/** Where nothing that is needed is lacking, a writer that is not content holds nobody up for long. */
async function untilWhole(session: Session, place: PromisedPlace, { needed, withinMs, update }: Wanted): Promise<void> {
  const { clock, terminal } = session.deps;
  const begun = clock.monotonic();
  const next = `kubectl -n ${place.writer.namespace} describe ${place.writer.kind.toLowerCase()} ${place.writer.name}`;
  await untilSeen(session, withinMs, async () => {
    const seen = promisedState(place, await look(session, place), needed);
    if (seen.state === 'ready') return { found: true };
    update(seen.waitsFor);
    const isPatient = clock.monotonic() - begun < patienceMs;
    if (seen.state === 'usable' && !isPatient) {
      terminal.err(`warning: ${seen.waitsFor}; its Secret holds every key that the stack needs`);
      return { found: true };
    }
    return { waitsFor: `${seen.waitsFor}: ${next}`, isFinal: seen.state === 'lacking' && !isPatient };
  });
}

async function look({ cluster }: Session, { namespace, name, writer }: PromisedPlace): Promise<PromisedSight> {
  return { secret: await cluster.readSecret(namespace, name), writer: await saidBy(cluster, writer) };
}

/** Undefined where its kind has no words that c2l knows, or they may not be read. */
async function saidBy(
  cluster: Pick<Session['cluster'], 'list'>,
  { kind, namespace, name }: ObjectRef,
): Promise<OwnerState | undefined> {
  const type = kind === 'SealedSecret' ? 'Synced' : 'Ready';
  const resource = { ExternalSecret: 'externalsecrets', SealedSecret: 'sealedsecrets' } as const;
  if (kind !== 'ExternalSecret' && kind !== 'SealedSecret') return undefined;
  const listed = await cluster.list(resource[kind], namespace);
  if (listed.state !== 'present') return undefined;
  return stateOf(conditionOf(listed.value.find(({ metadata }) => metadata.name === name)?.status?.conditions, type));
}

async function outcomesOf(object: ObjectRef, run: () => Promise<unknown>): Promise<StepOutcome[]> {
  try {
    await run();
    return [];
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const isInterrupted = error.code === 'interrupted';
    const detail = isInterrupted ? unawaited('c2l bootstrap') : error.message;
    const action = object.kind === 'Secret' ? 'await-secret' : 'apply-object';
    return [{ action, object, outcome: isInterrupted ? 'skipped' : 'failed', detail }];
  }
}
