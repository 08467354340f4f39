import { count } from '../core/list-text.ts';
import { addedWithSecret, keyTimeAnnotations } from '../core/key-times.ts';
import type { ObjectRef } from '../core/kubernetes.ts';
import { keysOf, type SecretPlan } from '../core/plan-secrets.ts';
import type { StepOutcome } from '../core/report.ts';
import { revisionOf } from '../core/revision.ts';
import type { Secret } from '../core/secret.ts';
import { OperatorError } from '../errors.ts';
import type { Session } from './session.ts';

export interface Written {
  readonly outcomes: readonly StepOutcome[];
  /** The plans whose Secret was read back and holds what was planned. */
  readonly written: readonly SecretPlan[];
}

/**
 * Carries out the plans one after the other, each with a way back kept first. Stops at the first failure; what was not
 * begun is listed as skipped.
 */
export async function writeSecrets(
  session: Session,
  plans: readonly SecretPlan[],
  missingNamespaces: readonly string[],
): Promise<Written> {
  const outcomes: StepOutcome[] = [];
  const written: SecretPlan[] = [];
  const absent = new Set(missingNamespaces);
  let stopped: string | undefined;

  for (const plan of plans.filter(({ action }) => action !== 'none')) {
    if (session.deps.signal.aborted) stopped ??= 'interrupted before it was begun; c2l fix-secrets goes on here';
    if (stopped !== undefined) {
      outcomes.push(step(plan, 'skipped', stopped));
      continue;
    }
    try {
      if (absent.delete(plan.object.namespace)) outcomes.push(await createNamespace(session, plan.object.namespace));
      await carryOut(session, plan, outcomes);
      written.push(plan);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      const hint = error.code === 'conflict' ? 'c2l fix-secrets plans again from what is there now' : error.hint;
      outcomes.push(step(plan, 'failed', hint === undefined ? error.message : `${error.message}; ${hint}`));
      stopped = `skipped because Secret ${plan.object.name} could not be written`;
    }
  }
  return { outcomes, written };
}

async function createNamespace({ cluster }: Session, name: string): Promise<StepOutcome> {
  await cluster.createNamespace(name);
  const object = { kind: 'Namespace', namespace: '', name };
  return { action: 'create-namespace', object, outcome: 'done', detail: 'created' };
}

async function carryOut(session: Session, plan: SecretPlan, outcomes: StepOutcome[]): Promise<void> {
  if (plan.current === undefined) {
    await settle(session, plan, () => create(session, plan));
    outcomes.push(step(plan, 'done', `created with ${count(plan.values.size, 'key')}, read back`));
    return;
  }
  const { current } = plan;
  const revision = await keepRevision(session, plan, current);
  outcomes.push({
    action: 'keep-revision',
    object: revisionRef(revision),
    // A copy beside the Secret: what was to be changed is not changed by it.
    outcome: 'kept',
    detail: `holds ${plan.object.name} as it was`,
  });
  await settle(session, plan, () => patch(session, plan, { current, at: serverTime(session, revision) }));
  outcomes.push(step(plan, 'done', `${count(plan.values.size, 'key')} written, read back`));
}

function keepRevision({ cluster, deps }: Session, plan: SecretPlan, current: Secret): Promise<Secret> {
  const { clock, operator, version } = deps;
  const changedKeys = [...keysOf(plan, 'ADD'), ...keysOf(plan, 'CHANGE')];
  return cluster.createSecret(
    revisionOf(current, { at: clock.now(), operator, version, command: 'fix-secrets', changedKeys }),
  );
}

function revisionRef({ metadata }: Secret): ObjectRef {
  return { kind: 'Secret', namespace: metadata.namespace, name: metadata.name };
}

/** The server's own time, which container start times are compared with: a laptop's clock may be minutes off. */
function serverTime({ deps }: Session, revision: Secret): string {
  return revision.metadata.creationTimestamp ?? deps.clock.now().toISOString();
}

function create({ cluster }: Session, { object, type, values }: SecretPlan): Promise<Secret> {
  const { namespace, name } = object;
  const labels = { 'app.kubernetes.io/managed-by': 'c2l' };
  const annotations = addedWithSecret([...values.keys()]);
  return cluster.createSecret({ namespace, name, type, labels, annotations, data: values });
}

function patch(
  { cluster }: Session,
  { object, values }: SecretPlan,
  { current, at }: { current: Secret; at: string },
): Promise<Secret> {
  return cluster.patchSecret({
    namespace: object.namespace,
    name: object.name,
    resourceVersion: current.metadata.resourceVersion ?? '',
    data: values,
    annotations: keyTimeAnnotations(current, [...values.keys()], at),
  });
}

/**
 * Sends a write once and proves it by reading. A write whose answer was lost is not sent again: reading tells whether
 * it arrived.
 */
async function settle(session: Session, plan: SecretPlan, send: () => Promise<Secret>): Promise<void> {
  const { namespace, name } = plan.object;
  let lost: OperatorError | undefined;
  try {
    await send();
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'write-failed') throw error;
    lost = error;
  }

  const after = await session.cluster.readSecret(namespace, name);
  if (after.state === 'present' && holds(after.value, plan)) return;
  if (lost !== undefined) throw lost;
  const found = {
    present: 'holds other values again: something else writes it',
    absent: 'is gone: something else deletes it',
    unreadable: after.state === 'unreadable' ? `could not be read back: ${after.reason}` : '',
  };
  throw new OperatorError('write-failed', `Secret ${namespace}/${name} was written, but ${found[after.state]}`, {
    hint: 'c2l audit',
  });
}

function holds({ data }: Secret, { values }: SecretPlan): boolean {
  return [...values].every(([key, value]) => data.get(key)?.equals(value) === true);
}

function step(plan: SecretPlan, outcome: StepOutcome['outcome'], detail: string): StepOutcome {
  const action = plan.action === 'create' ? 'create-secret' : 'patch-secret';
  return { action, object: plan.object, outcome, detail };
}
