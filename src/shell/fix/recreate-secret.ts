import type { Secret } from '../../core/cluster/secret.ts';
import type { SecretPlan } from '../../core/fix/plan-secrets.ts';
import { replacedAnnotation } from '../../core/revisions/kept-revision.ts';
import { revisionName, revisionsIn } from '../../core/revisions/revision.ts';
import { OperatorError } from '../../errors.ts';
import { removeRevisions } from '../revisions/prune-revisions.ts';
import type { Session } from '../session.ts';
import { identityOf, newSecret } from './secret-writes.ts';

/**
 * Deletes a Secret and creates it again, the same in all but its new values. What it held is kept before: from there a
 * later run creates it where this one does not get to it. `deleted` is called once it was this run that deleted it. Throws `conflict` where somebody else was faster.
 */
export async function recreateSecret(
  session: Session,
  plan: SecretPlan,
  { current, deleted }: { readonly current: Secret; readonly deleted: () => void },
): Promise<Secret> {
  if (await remove(session, current)) deleted();
  try {
    return await session.cluster.createSecret(newSecret(session, plan));
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code === 'conflict') throw error;
    const { namespace, name } = plan.object;
    throw new OperatorError(
      'write-failed',
      `Secret ${namespace}/${name} is deleted, and was not created again: ${error.message}`,
      { hint: `what it held is kept, and comes back with: c2l fix-secrets -n ${namespace}` },
    );
  }
}

/**
 * Notes on the copy that its Secret is there again, so that one which is deleted later is not taken for a run that was
 * killed. Gives the copy that bears the note. The repair is done without it: who may neither change nor make a copy
 * leaves it as it is.
 */
export async function noteReplaced(session: Session, copy: Secret): Promise<Secret> {
  const { namespace, name, resourceVersion = '' } = copy.metadata;
  const annotations = { [replacedAnnotation]: session.deps.clock.now().toISOString() };
  try {
    await session.cluster.patchSecret({ namespace, name, resourceVersion, data: new Map(), annotations });
    return copy;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.code === 'forbidden' ? notedCopy(session, copy, annotations) : copy;
  }
}

/** A Role of the Secrets that a stack names can name no copy, whose name is its time, but may make and remove any. */
async function notedCopy(session: Session, copy: Secret, noted: Readonly<Record<string, string>>): Promise<Secret> {
  const [kept] = revisionsIn([copy]);
  if (kept === undefined) return copy;
  const { metadata, type, data } = copy;
  const { namespace, labels = {} } = metadata;
  const name = revisionName(kept.secretName, session.deps.clock.now());
  const annotations = { ...metadata.annotations, ...noted };
  try {
    const again = await session.cluster.createSecret({ namespace, name, type, labels, annotations, data });
    await removeRevisions(session, [kept]);
    return again;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return copy;
  }
}

/** Whether it was still there. A deletion whose answer was lost is not sent again: reading tells whether it was done. */
async function remove({ cluster }: Session, current: Secret): Promise<boolean> {
  const identity = identityOf(current);
  try {
    return await cluster.deleteSecret(identity);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'write-failed') throw error;
    const left = await cluster.readSecret(identity.namespace, identity.name);
    if (left.state !== 'absent') throw error;
    return true;
  }
}
