import type { ClusterWriter } from '../../cluster-ports.ts';
import type { Secret } from '../../core/cluster/secret.ts';
import { keysOf, type SecretPlan } from '../../core/fix/plan-secrets.ts';
import { isUntouched } from '../../core/fix/planned-secret.ts';
import { addedWithSecret, keyTimeAnnotations, recreatedAnnotations } from '../../core/revisions/key-times.ts';
import { revisionOf, type Revision, type RevisionContext } from '../../core/revisions/revision.ts';
import { createdBy } from '../../core/revisions/secret-creation.ts';
import type { Session } from '../session.ts';

type NewSecret = Parameters<ClusterWriter['createSecret']>[0];
type SecretPatch = Parameters<ClusterWriter['patchSecret']>[0];

/** The copy that is kept of a Secret before a plan is carried out on it. */
export function revisionBefore(session: Session, plan: SecretPlan, current: Secret, command: string): Revision {
  const changes = plan.keys.filter((planned) => !isUntouched(planned));
  return copyBefore(session, current, { command, changes, values: plan.values });
}

/** The copy that is kept of a Secret before a command that touches it, which may change none of its keys. */
export function copyBefore(
  { deps }: Session,
  current: Secret,
  change: Pick<RevisionContext, 'command' | 'changes' | 'values'>,
): Revision {
  const { clock, operator, version } = deps;
  return revisionOf(current, { at: clock.now(), operator, version, fingerprints: deps.fingerprints(), ...change });
}

export function newSecret({ deps }: Session, plan: SecretPlan): NewSecret {
  const { object, type, values, marks, current } = plan;
  if (current !== undefined) return successor(current, values, keysOf(plan, 'REMOVE'));
  const { namespace, name } = object;
  const labels = marks?.labels ?? { 'app.kubernetes.io/managed-by': 'c2l' };
  const annotations = { ...marks?.annotations, ...addedWithSecret([...values.keys()]), [createdBy]: deps.operator };
  return { ...marks, namespace, name, type, labels, annotations, data: values };
}

/** Exactly the Secret that was planned from. */
export function identityOf({ metadata }: Secret): Parameters<ClusterWriter['deleteSecret']>[0] {
  const { namespace, name, uid = '', resourceVersion = '' } = metadata;
  return { namespace, name, uid, resourceVersion };
}

/** What takes the place of an immutable Secret: the same in all but its new values, and without what is taken away. */
function successor(
  { metadata, type, immutable, data, ...rest }: Secret,
  values: SecretPlan['values'],
  removed: readonly string[],
): NewSecret {
  const { namespace, name, labels = {}, ownerReferences = [] } = metadata;
  const noted = recreatedAnnotations({ metadata, type, immutable, data, ...rest }, [...values.keys()]);
  const annotations = { ...metadata.annotations, ...noted };
  const whole = new Map([...data, ...values].filter(([key]) => !removed.includes(key)));
  return { namespace, name, type, labels, annotations, ownerReferences, immutable, data: whole };
}

/** `at` is when its keys count as written. */
export function secretPatch(plan: SecretPlan, current: Secret, at: string): SecretPatch {
  const { object, values } = plan;
  return {
    namespace: object.namespace,
    name: object.name,
    resourceVersion: current.metadata.resourceVersion ?? '',
    data: values,
    remove: keysOf(plan, 'REMOVE'),
    annotations: keyTimeAnnotations(current, [...values.keys()], at),
  };
}
