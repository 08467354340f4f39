import type { FindingReference } from './findings.ts';
import { refText, type ObjectRef } from './kubernetes.ts';
import type { ObjectMeta } from './kubernetes-metadata.ts';
import type { SecretPlan } from './plan-secrets.ts';
import type { StepOutcome } from './report.ts';
import type { Requirement } from './requirements.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What still has to happen where an immutable Secret was created again: a kubelet asks for one only once, and keeps it
 * as long as any pod of its node refers to it. New pods get the old one too, unless all are gone at one time.
 */
export function heldSecrets(
  plans: readonly SecretPlan[],
  all: readonly Requirement[],
  snapshot: Snapshot,
): StepOutcome[] {
  const held = plans.filter(({ action }) => action === 'recreate').map(({ object }) => object);
  const users = new Map<string, { readonly user: FindingReference; readonly secret: ObjectRef }>();
  for (const secret of held) {
    const needs = all.filter((each) => each.secret === secret.name && each.namespace === secret.namespace);
    for (const user of needs.flatMap(({ references }) => references)) users.set(refText(user), { user, secret });
  }
  return [...users.values()]
    .filter(({ user }) => replicasOf(user, snapshot) !== 0)
    .map(({ user, secret }) => ({
      action: 'restart-workload',
      object: { kind: user.kind, namespace: user.namespace, name: user.name },
      outcome: 'planned',
      detail: `to do: kubelet gives its pods the old ${refText(secret)} until none of them is left on a node: ${letGo(user, snapshot)}`,
    }));
}

function letGo(user: ObjectRef, snapshot: Snapshot): string {
  const replicas = replicasOf(user, snapshot);
  if (replicas === undefined) return 'delete all that use it at one time';
  return 'c2l restart scales all that use it to 0 and back';
}

/** Undefined for what has none. */
function replicasOf({ kind, namespace, name }: ObjectRef, { deployments, statefulSets }: Snapshot): number | undefined {
  const scalable = kind === 'Deployment' ? deployments : kind === 'StatefulSet' ? statefulSets : undefined;
  const isMeant = ({ metadata }: { metadata: ObjectMeta }): boolean =>
    metadata.name === name && metadata.namespace === namespace;
  return scalable && (scalable.items.find(isMeant)?.spec.replicas ?? 1);
}
