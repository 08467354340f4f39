import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { secretReferences } from '../secrets/references.ts';
import type { Stack } from '../stack/stack.ts';
import { dataInPod } from '../workloads/data-in-pod.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import type { SecretFault } from './secret-fault.ts';

/** A pod that is to start anew: what runs keeps the environment that it was started with. */
export interface EvictedPod {
  readonly pod: ObjectRef;
  readonly uid: string;
  readonly workload: ObjectRef;
}

/** Those whose data would be lost with their pods. */
export function volatileWorkloads(snapshot: Snapshot, stack: Stack | undefined): Workload[] {
  return workloads(snapshot).filter((workload) => reasonToKeep(workload, stack) === dataWouldBeLost);
}

/** A pod that uses what is broken and stays all the same. */
export interface KeptPod {
  readonly pod: ObjectRef;
  readonly reason: string;
}

/** The pods that start anew for the fault, and those that must not; of `others` only, whatever else goes anyway. */
export function consumers(
  faults: readonly SecretFault[],
  others: readonly Workload[],
  stack: Stack | undefined,
): { readonly evict: readonly EvictedPod[]; readonly keep: readonly KeptPod[] } {
  const evict: EvictedPod[] = [];
  const keep: KeptPod[] = [];
  for (const workload of others) {
    if (!usesBroken(workload, faults) && !pullsWithBroken(workload, faults)) continue;
    const reason = reasonToKeep(workload, stack);
    for (const each of workload.pods) {
      const pod = refOf('Pod', each.metadata);
      if (reason !== undefined) keep.push({ pod, reason });
      else evict.push({ pod, uid: each.metadata.uid ?? '', workload: workload.ref });
    }
  }
  return { evict, keep };
}

/** An image that is on the node starts without its pull secret. */
export function usesBroken({ ref, podSpec }: Workload, faults: readonly SecretFault[]): boolean {
  return secretReferences(ref, podSpec).some(
    ({ secret, key, via, optional }) =>
      !optional &&
      via !== 'imagePullSecrets' &&
      via !== 'serviceAccount' &&
      faults.some(
        (fault) =>
          fault.secret.metadata.name === secret &&
          fault.secret.metadata.namespace === ref.namespace &&
          (key === undefined || fault.keys.includes(key)),
      ),
  );
}

/** Where the credentials are the fault, whoever names them starts anew: an image that must be pulled shows it. */
function pullsWithBroken({ podSpec, pods }: Workload, faults: readonly SecretFault[]): boolean {
  // Those of a ServiceAccount stand in its pods alone.
  const named = [podSpec, ...pods.map(({ spec }) => spec)].flatMap(({ imagePullSecrets = [] }) => imagePullSecrets);
  return faults.some(({ isForPulls, secret }) => isForPulls && named.some(({ name }) => name === secret.metadata.name));
}

const dataWouldBeLost = 'its data lies in the pod, and would be lost with it';

/** Why pods must not be deleted, in a drill or on its way back. */
export function reasonToKeep(workload: Workload, stack: Stack | undefined): string | undefined {
  const { ref, type } = workload;
  if (type === 'Job' || type === 'CronJob') return 'its Job counts a deleted pod as a failure';
  if (type === 'Other' && ref.kind !== 'ReplicaSet') return 'no controller would start it again';
  return dataInPod(workload, stack).length === 0 ? undefined : dataWouldBeLost;
}

/** The pods that have started since with what was changed: they may hold other values than the Secrets hold now. */
export function outdatedPods(
  snapshot: Snapshot,
  stack: Stack | undefined,
  { changed, since }: { readonly changed: ReadonlySet<string>; readonly since: string },
): EvictedPod[] {
  return workloads(snapshot).flatMap((workload) => {
    const { ref, podSpec, pods } = workload;
    if (reasonToKeep(workload, stack) !== undefined) return [];
    const uses = secretReferences(ref, podSpec).some(
      ({ secret, key, via }) =>
        via !== 'imagePullSecrets' &&
        via !== 'serviceAccount' &&
        (key === undefined
          ? [...changed].some((id) => id.startsWith(`${ref.namespace}/${secret}/`))
          : changed.has(`${ref.namespace}/${secret}/${key}`)),
    );
    if (!uses) return [];
    return pods
      .filter((pod) => startOf(pod) >= since)
      .map(({ metadata }) => ({ pod: refOf('Pod', metadata), uid: metadata.uid ?? '', workload: ref }));
  });
}

function startOf({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? '';
}

export function podsText(pods: readonly { readonly pod: ObjectRef }[]): string {
  return pods.map(({ pod }) => refText(pod)).join(', ');
}
