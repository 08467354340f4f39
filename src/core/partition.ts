import type { Pod } from './kubernetes-pod.ts';
import type { Workload } from './workloads.ts';

/** Whether a StatefulSet's `partition` keeps its newer template from a pod, also where the pod is made anew. */
export function isBelowPartition(workload: Workload, { metadata }: Pod): boolean {
  if (workload.type !== 'StatefulSet') return false;
  const { partition = 0 } = workload.object.spec.updateStrategy?.rollingUpdate ?? {};
  const ordinal = Number(/-(\d+)$/.exec(metadata.name)?.[1]);
  return ordinal < partition;
}
