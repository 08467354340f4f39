import type { ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { keysOf, type SecretPlan } from '../../core/fix/plan-secrets.ts';
import { count } from '../../core/list-text.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import { revisionsIn, type Revision } from '../../core/revisions/revision.ts';
import { OperatorError } from '../../errors.ts';
import { pruneRevisions, removeRevisions } from '../revisions/prune-revisions.ts';
import type { Session } from '../session.ts';
import { unbegun } from '../step-by-step.ts';
import { otherWriter } from './other-writer.ts';
import { noteReplaced, recreateSecret } from './recreate-secret.ts';
import { newSecret, revisionBefore, secretPatch } from './secret-writes.ts';

export interface HowToWrite {
  /** As whose work the revisions are kept. */
  readonly command: string;
  readonly missingNamespaces: readonly string[];
  /** How many revisions of each Secret stay. */
  readonly keep: number;
}

export interface Written {
  readonly outcomes: readonly StepOutcome[];
  /** The plans whose Secret was read back and holds what was planned. */
  readonly written: readonly SecretPlan[];
}

/**
 * Carries out the plans one after the other, each with a way back kept first. Stops at the first failure; what was not
 * begun is listed as skipped.
 */
export async function writeSecrets(session: Session, plans: readonly SecretPlan[], how: HowToWrite): Promise<Written> {
  const outcomes: StepOutcome[] = [];
  const written: SecretPlan[] = [];
  const kept: Secret[] = [];
  const absent = new Set(how.missingNamespaces);
  let stopped: string | undefined;

  for (const plan of plans.filter(({ action }) => action !== 'none')) {
    if (session.deps.signal.aborted) stopped ??= unbegun(`c2l ${how.command}`);
    if (stopped !== undefined) {
      outcomes.push(step(plan, 'skipped', stopped));
      continue;
    }
    try {
      if (absent.delete(plan.object.namespace)) outcomes.push(await createNamespace(session, plan.object.namespace));
      await carryOut(session, plan, { command: how.command, outcomes, kept });
      written.push(plan);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      outcomes.push(step(plan, 'failed', await failureText(session, plan, error, how)));
      stopped = `skipped because Secret ${plan.object.name} could not be written`;
    }
  }
  return { outcomes: [...outcomes, ...(await pruneRevisions(session, kept, how.keep))], written };
}

/** Whoever was faster is named: two people at work on the same outage should talk. */
async function failureText(
  session: Session,
  plan: SecretPlan,
  error: OperatorError,
  { command }: HowToWrite,
): Promise<string> {
  if (error.code !== 'conflict') return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  const other = await otherWriter(session, plan.object);
  return `${error.message}${other === undefined ? '' : `, by ${other}`}; c2l ${command} plans again from what is there now`;
}

async function createNamespace({ cluster }: Session, name: string): Promise<StepOutcome> {
  await cluster.createNamespace(name);
  const object = { kind: 'Namespace', namespace: '', name };
  return { action: 'create-namespace', object, outcome: 'done', detail: 'created' };
}

async function carryOut(
  session: Session,
  plan: SecretPlan,
  { command, outcomes, kept }: { readonly command: string; readonly outcomes: StepOutcome[]; readonly kept: Secret[] },
): Promise<void> {
  if (plan.current === undefined) {
    await settle(session, plan, () => session.cluster.createSecret(newSecret(session, plan)));
    outcomes.push(step(plan, 'done', `created with ${count(plan.values.size, 'key')}, read back`));
    return;
  }
  const { current } = plan;
  const revision = await keepRevision(session, () => revisionBefore(session, plan, current, command));
  outcomes.push(keptStep(plan, revision));
  const at = serverTime(session, revision);
  let isDeleted = false;
  const deleted = (): void => {
    isDeleted = true;
  };
  try {
    await settle(session, plan, () =>
      plan.action === 'recreate'
        ? recreateSecret(session, plan, { current, deleted })
        : session.cluster.patchSecret(secretPatch(plan, current, at)),
    );
  } catch (error) {
    const isRefused = error instanceof OperatorError && error.code === 'conflict' && !isDeleted;
    if (isRefused && (await isTakenBack(session, revision))) outcomes.pop();
    throw error;
  }
  const copy = plan.action === 'recreate' ? await noteReplaced(session, revision) : revision;
  if (copy !== revision) outcomes.splice(-1, 1, keptStep(plan, copy));
  kept.push(copy);
  outcomes.push(step(plan, 'done', `${writtenText(plan)}, read back`));
}

function keptStep({ object }: SecretPlan, copy: Secret): StepOutcome {
  // A copy beside the Secret: what was to be changed is not changed by it.
  return {
    action: 'keep-revision',
    object: revisionRef(copy),
    outcome: 'kept',
    detail: `holds ${object.name} as it was`,
  };
}

/** Its name is the time: somebody else's of the same millisecond may have it. */
async function keepRevision(session: Session, revision: () => Revision, tries = 3): Promise<Secret> {
  try {
    return await session.cluster.createSecret(revision());
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'conflict' || tries === 1) throw error;
    return keepRevision(session, revision, tries - 1);
  }
}

/** A revision of a change that was never made would tell of one in the history. */
async function isTakenBack(session: Session, revision: Secret): Promise<boolean> {
  const removed = await removeRevisions(session, revisionsIn([revision]));
  return removed.some(({ outcome }) => outcome === 'done');
}

function writtenText(plan: SecretPlan): string {
  if (plan.action === 'recreate') return `deleted and created again with ${count(plan.values.size, 'new value')}`;
  const removed = keysOf(plan, 'REMOVE').length;
  const parts = [
    ...(plan.values.size > 0 || removed === 0 ? [`${count(plan.values.size, 'key')} written`] : []),
    ...(removed > 0 ? [`${count(removed, 'key')} removed`] : []),
  ];
  return parts.join(', ');
}

function revisionRef({ metadata }: Secret): ObjectRef {
  return { kind: 'Secret', namespace: metadata.namespace, name: metadata.name };
}

/** The server's own time, which container start times are compared with: a laptop's clock may be minutes off. */
function serverTime({ deps }: Session, revision: Secret): string {
  return revision.metadata.creationTimestamp ?? deps.clock.now().toISOString();
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
  if (after.state === 'present' && holds(session, after.value, plan)) return;
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

function holds(session: Session, { data }: Secret, plan: SecretPlan): boolean {
  const all = plan.action === 'recreate' ? newSecret(session, plan).data : plan.values;
  const isWritten = [...all].every(([key, value]) => data.get(key)?.equals(value) === true);
  return isWritten && !keysOf(plan, 'REMOVE').some((key) => data.has(key));
}

function step(plan: SecretPlan, outcome: StepOutcome['outcome'], detail: string): StepOutcome {
  return { action: stepActions[plan.action], object: plan.object, outcome, detail };
}

const stepActions: Readonly<Record<SecretPlan['action'], StepOutcome['action']>> = {
  create: 'create-secret',
  patch: 'patch-secret',
  recreate: 'recreate-secret',
  sync: 'sync-external-secret',
  seal: 'seal-values',
  none: 'patch-secret',
};
