import { refId, type KubernetesEvent } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { oncePer } from '../once-per.ts';
import { byTime } from './readiness.ts';
import { workloads, type Workload } from './workloads.ts';

const creations: ReadonlySet<string> = new Set(['FailedCreate', 'SuccessfulCreate', 'SuccessfulDelete']);

/** Why the API server refuses the pods of a workload. A Deployment says it itself, the others by their last event. */
export function creationRefusal(workload: Workload, snapshot: Snapshot): string | undefined {
  if (workload.type === 'Deployment') {
    return workload.object.status?.conditions?.find(
      ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
    )?.message;
  }
  if (!lacksPods(workload)) return undefined;
  const last = lastCreations(snapshot).get(refId(workload.ref));
  return last?.reason === 'FailedCreate' ? last.message : undefined;
}

/** Whether events alone could tell what holds a workload up. */
export function isToldByEvents(snapshot: Snapshot): boolean {
  return workloads(snapshot).some(lacksPods);
}

function lacksPods({ type, pods, replicas }: Workload): boolean {
  return (type === 'StatefulSet' || type === 'DaemonSet') && pods.length < replicas;
}

/** A refusal of an hour ago is over when a pod was made since. */
const lastCreations = oncePer(({ events }: Snapshot): ReadonlyMap<string, KubernetesEvent> => {
  const told = events.items.filter(({ reason }) => creations.has(reason ?? '')).sort(byTime);
  return new Map(
    told.map((event) => {
      const { kind = '', namespace = '', name = '' } = event.involvedObject;
      return [refId({ kind, namespace, name }), event];
    }),
  );
});
