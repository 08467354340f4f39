import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { secretReferences } from '../secrets/references.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import { applySecretPlans } from './apply-secret-plans.ts';
import type { SecretPlan } from './plan-secrets.ts';

const lastOfAll = '9999-12-31T23:59:59Z';

/** The snapshot once the plans are carried out: whatever runs began before it, also by a server's clock that is ahead. */
export function afterWrites(snapshot: Snapshot, plans: readonly SecretPlan[]): Snapshot {
  return { ...applySecretPlans({ ...snapshot, takenAt: lastOfAll }, plans), takenAt: snapshot.takenAt };
}

/** The workloads that take a Secret, and their pods, by `refId`. */
export function usersOf({ namespace, name }: ObjectRef, snapshot: Snapshot): ReadonlySet<string> {
  const takes = ({ ref, podSpec, pods }: Workload): boolean =>
    ref.namespace === namespace &&
    [podSpec, ...pods.map(({ spec }) => spec)].some((spec) =>
      secretReferences(ref, spec).some(({ secret }) => secret === name),
    );
  return new Set(
    workloads(snapshot)
      .filter(takes)
      .flatMap(({ id, pods }) => [id, ...pods.map(({ metadata }) => refId(refOf('Pod', metadata)))]),
  );
}
