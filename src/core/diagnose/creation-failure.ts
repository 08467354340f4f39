import type { KubernetesEvent, ObjectRef } from '../cluster/kubernetes.ts';
import type { Workload } from '../workloads/workloads.ts';

/** Why a controller cannot create pods. A Deployment says it itself; of others only events tell. */
export function creationFailure(
  workload: Workload,
  eventsOf: (ref: ObjectRef) => readonly KubernetesEvent[],
): string | undefined {
  if (workload.type === 'Deployment') {
    return workload.object.status?.conditions?.find(
      ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
    )?.message;
  }
  return eventsOf(workload.ref).findLast(({ reason }) => reason === 'FailedCreate')?.message;
}
