import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { Workload } from './workloads.ts';

/** Whether a StatefulSet's `partition` keeps its newer template from a pod, also where the pod is made anew. */
export function isBelowPartition(workload: Workload, { metadata }: Pod): boolean {
  if (workload.type !== 'StatefulSet') return false;
  const { updateStrategy, ordinals } = workload.object.spec;
  const { partition = 0 } = updateStrategy?.rollingUpdate ?? {};
  const ordinal = Number(/-(\d+)$/.exec(metadata.name)?.[1]);
  // The partition counts pods from the first one on.
  return ordinal < (ordinals?.start ?? 0) + partition;
}
