import { refText } from '../../core/cluster/kubernetes.ts';
import type { ExternalSecret } from '../../core/cluster/secret-writer-objects.ts';
import { stateOf } from '../../core/owners/finding-owner.ts';
import { conditionOf } from '../../core/owners/secret-writers.ts';
import type { SyncMark } from '../../core/owners/sync-plan.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';
import { unbegun } from '../step-by-step.ts';
import { fillStore, type FilledSync } from './fill-stores.ts';

const pollMs = 250;
const longestWaitMs = 30_000;
/** A failure from before the sync was asked for stands until its controller has looked again. */
const patienceMs = 5000;

/**
 * Puts into their stores what those lack, has External Secrets take the values now, and waits until the Secrets hold
 * them.
 */
export async function syncExternals(session: Session, fills: readonly FilledSync[]): Promise<StepOutcome[]> {
  const outcomes = await Promise.all(
    fills.map(async (filled) => {
      const stored = await fillStore(session, filled);
      return [...(stored === undefined ? [] : [stored]), await syncExternal(session, filled, stored)];
    }),
  );
  return outcomes.flat();
}

async function syncExternal(
  session: Session,
  filled: FilledSync,
  stored: StepOutcome | undefined,
): Promise<StepOutcome> {
  const plan = filled.sync;
  const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'sync-external-secret',
    object: plan.secret,
    outcome,
    detail,
  });
  if (stored !== undefined && stored.outcome !== 'done') {
    return step('skipped', `skipped because ${refText(plan.store)} could not be given what it lacks`);
  }
  if (session.deps.signal.aborted) return step('skipped', unbegun('c2l fix-secrets'));
  const { namespace, name } = plan.external;
  try {
    const at = session.deps.clock.now().toISOString();
    await session.cluster.annotate({ resource: 'externalsecrets', namespace, name, annotations: { 'force-sync': at } });
    const wrong = await untilSynced(session, filled);
    return wrong === undefined
      ? step('done', `written by ${refText(plan.external)} (creationPolicy ${plan.policy}), read back`)
      : step('failed', wrong);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return step('failed', error.message);
  }
}

/** Why it did not come to be; undefined once the Secret holds every key. */
async function untilSynced(session: Session, filled: FilledSync): Promise<string | undefined> {
  const { clock } = session.deps;
  const { external, keys, places } = filled.sync;
  const begun = clock.monotonic();
  const { isDone, wrong } = await lookUntil(
    session.deps,
    { everyMs: pollMs, deadline: begun + longestWaitMs },
    () => look(session, filled),
    (seen) => seen.isDone || (seen.wrong !== undefined && clock.monotonic() - begun > patienceMs),
  );
  if (isDone) return undefined;
  const lacking = keys.map((key) => `${key} into ${places.get(key) ?? 'its store'}`).join(', ');
  return `${refText(external)} ${wrong ?? 'did not sync within 30 s'}: put ${lacking}, then c2l fix-secrets`;
}

async function look(
  { cluster }: Session,
  { sync: { external, secret, keys, before }, values }: FilledSync,
): Promise<{ isDone: boolean; wrong?: string }> {
  const listed = await cluster.list('externalsecrets', external.namespace);
  if (listed.state !== 'present') return { isDone: false, wrong: 'can no longer be read' };
  const status = listed.value.find(({ metadata }) => metadata.name === external.name)?.status;
  const { ready, reason } = stateOf(conditionOf(status?.conditions, 'Ready'));
  if (ready === 'false') return { isDone: false, wrong: `is not ready (${reason ?? 'no reason told'})` };
  if (ready !== 'true' || !isNewer(status, before)) return { isDone: false };
  const found = await cluster.readSecret(secret.namespace, secret.name);
  const data = found.state === 'present' ? found.value.data : new Map<string, SecretValue>();
  if (keys.some((key) => !data.has(key))) return { isDone: false, wrong: 'synced, but its store has no such key' };
  const isStored = values.every(({ entry, value }) => data.get(entry.wanted.key)?.equals(value) === true);
  return isStored ? { isDone: true } : { isDone: false, wrong: 'synced, but wrote another value than was stored' };
}

/** Its times are of whole seconds: two syncs within one are told apart by what they were asked for. */
function isNewer(status: ExternalSecret['status'], { refreshTime, syncedResourceVersion }: SyncMark): boolean {
  return status?.refreshTime !== refreshTime || status?.syncedResourceVersion !== syncedResourceVersion;
}
