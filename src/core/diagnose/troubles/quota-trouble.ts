import { refText, type KubernetesEvent, type ObjectRef } from '../../cluster/kubernetes.ts';
import type { Workload } from '../../workloads/workloads.ts';
import type { Trouble, TroubledWorkload } from './trouble.ts';

/** Pods that the API server did not even let a controller create, because a quota is used up. */
export function quotaTrouble({ scene, workload }: TroubledWorkload): Trouble | undefined {
  const told = creationFailure(workload, (ref) => scene.eventsOf(ref));
  const [, quota, amounts] = /exceeded quota: ([^,\s]+), (.*)$/.exec(told ?? '') ?? [];
  if (quota === undefined) return undefined;
  const { ref } = workload;
  return {
    code: 'quota-exceeded',
    object: { kind: 'ResourceQuota', namespace: ref.namespace, name: quota },
    message: `resourcequota/${quota} is used up (${amounts ?? ''}), so ${refText(ref)} cannot create its pods`,
    fix: `kubectl -n ${ref.namespace} describe resourcequota ${quota}`,
  };
}

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
