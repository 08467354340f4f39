import type { SyncPlan } from '../core/external-guard.ts';
import { stateOf } from '../core/finding-owner.ts';
import { refText } from '../core/kubernetes.ts';
import type { StepOutcome } from '../core/report.ts';
import { conditionOf } from '../core/secret-writers.ts';
import { OperatorError } from '../errors.ts';
import type { Session } from './session.ts';

const pollMs = 250;
const longestWaitMs = 30_000;
/** A failure from before the sync was asked for stands until its controller has looked again. */
const patienceMs = 5000;

/** Has External Secrets take the values from its store now, and waits until the Secret holds them. */
export async function syncExternals(session: Session, plans: readonly SyncPlan[]): Promise<StepOutcome[]> {
  return Promise.all(plans.map((plan) => syncExternal(session, plan)));
}

async function syncExternal(session: Session, plan: SyncPlan): Promise<StepOutcome> {
  const step = (outcome: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'sync-external-secret',
    object: plan.secret,
    outcome,
    detail,
  });
  if (session.deps.signal.aborted) {
    return step('skipped', 'interrupted before it was begun; c2l fix-secrets goes on here');
  }
  const { namespace, name } = plan.external;
  try {
    const at = session.deps.clock.now().toISOString();
    await session.cluster.annotate({ resource: 'externalsecrets', namespace, name, annotations: { 'force-sync': at } });
    const wrong = await untilSynced(session, plan);
    return wrong === undefined
      ? step('done', `written by ${refText(plan.external)}, read back`)
      : step('failed', wrong);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return step('failed', error.message);
  }
}

/** Why it did not come to be; undefined once the Secret holds every key. */
async function untilSynced(session: Session, plan: SyncPlan): Promise<string | undefined> {
  const { clock, signal } = session.deps;
  const begun = clock.monotonic();
  for (;;) {
    const { isDone, wrong } = await look(session, plan);
    if (isDone) return undefined;
    const waited = clock.monotonic() - begun;
    if (waited > longestWaitMs || (wrong !== undefined && waited > patienceMs)) {
      return `${refText(plan.external)} ${wrong ?? 'did not sync within 30 s'}: put the value into its store, then c2l fix-secrets`;
    }
    await clock.sleep(pollMs, signal);
  }
}

async function look(
  { cluster }: Session,
  { external, secret, keys, refreshedAt }: SyncPlan,
): Promise<{ isDone: boolean; wrong?: string }> {
  const listed = await cluster.list('externalsecrets', external.namespace);
  if (listed.state !== 'present') return { isDone: false, wrong: 'can no longer be read' };
  const status = listed.value.find(({ metadata }) => metadata.name === external.name)?.status;
  const { ready, reason } = stateOf(conditionOf(status?.conditions, 'Ready'));
  if (ready === 'false') return { isDone: false, wrong: `is not ready (${reason ?? 'no reason told'})` };
  const found = await cluster.readSecret(secret.namespace, secret.name);
  const holdsAll = found.state === 'present' && keys.every((key) => found.value.data.has(key));
  if (holdsAll) return { isDone: ready === 'true' };
  const isNewer = status?.refreshTime !== undefined && status.refreshTime !== refreshedAt;
  return { isDone: false, ...(isNewer && ready === 'true' ? { wrong: 'synced, but its store has no such key' } : {}) };
}
