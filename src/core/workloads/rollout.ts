import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../cluster/kubernetes.ts';
import { shareText } from '../list-text.ts';
import type { Workload } from './workloads.ts';

/** `stuck` where the controller itself has given up waiting. */
export interface RolloutState {
  readonly state: 'done' | 'progressing' | 'stuck';
  readonly detail: string;
}

/** A workload with a rollout; every such `Workload` is one. */
export type Rollable =
  | { readonly type: 'Deployment'; readonly object: Deployment }
  | { readonly type: 'StatefulSet'; readonly object: StatefulSet }
  | { readonly type: 'DaemonSet'; readonly object: DaemonSet };

/** Whether it has a rollout at all. */
export function isRollable(workload: Workload): workload is Extract<Workload, Rollable> {
  return workload.type === 'Deployment' || workload.type === 'StatefulSet' || workload.type === 'DaemonSet';
}

/** Whether the last change of the template has arrived, by the rules of `kubectl rollout status`, in their order. */
export function rolloutState(workload: Rollable): RolloutState {
  switch (workload.type) {
    case 'Deployment':
      return deploymentRollout(workload.object);
    case 'StatefulSet':
      return statefulSetRollout(workload.object);
    case 'DaemonSet':
      return daemonSetRollout(workload.object);
  }
}

function progressing(detail: string): RolloutState {
  return { state: 'progressing', detail };
}

const unobserved = progressing('its controller has not seen the last change yet');

function deploymentRollout({ metadata, spec, status }: Deployment): RolloutState {
  const { replicas, updatedReplicas, availableReplicas } = { ...noPods, ...status };
  const wanted = spec.replicas ?? 1;
  if (isUnobserved(metadata, status)) return unobserved;
  if (status?.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded')) {
    return { state: 'stuck', detail: 'it exceeded its progress deadline' };
  }
  if (updatedReplicas < wanted) return creating(`${shareText(updatedReplicas, wanted, 'new pod')} created`, status);
  if (replicas > updatedReplicas) return progressing(oldText(replicas - updatedReplicas));
  if (availableReplicas < updatedReplicas) {
    return progressing(`${shareText(availableReplicas, updatedReplicas, 'new pod')} available`);
  }
  return { state: 'done', detail: `${shareText(availableReplicas, wanted, 'pod')} available` };
}

function oldText(pods: number): string {
  return pods === 1 ? '1 old pod is still to end' : `${pods} old pods are still to end`;
}

/** What the API server refuses to create, for a quota or by a webhook, it will refuse again. */
function creating(made: string, status: Deployment['status']): RolloutState {
  const refusal = status?.conditions?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True');
  if (refusal === undefined) return progressing(made);
  return { state: 'stuck', detail: `${made}: ${refusal.message ?? 'the API server refuses them'}` };
}

function statefulSetRollout({ metadata, spec, status }: StatefulSet): RolloutState {
  const { readyReplicas, updatedReplicas } = { ...noPods, ...status };
  const wanted = spec.replicas ?? 1;
  if (!status?.observedGeneration || isUnobserved(metadata, status)) return unobserved;
  const ready = `${shareText(readyReplicas, wanted, 'pod')} ready`;
  if (readyReplicas < wanted) return progressing(ready);

  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  // kubectl refuses to answer for OnDelete: nothing rolls out before someone deletes the pods.
  if (type === 'OnDelete') return { state: 'done', detail: ready };
  if (rollingUpdate?.partition !== undefined) {
    const updating = wanted - rollingUpdate.partition;
    return updatedReplicas < updating
      ? progressing(`${shareText(updatedReplicas, updating, 'pod')} updated`)
      : { state: 'done', detail: ready };
  }
  return status.updateRevision === status.currentRevision
    ? { state: 'done', detail: ready }
    : progressing(`${shareText(updatedReplicas, wanted, 'pod')} updated`);
}

function daemonSetRollout({ metadata, spec, status }: DaemonSet): RolloutState {
  const { updatedNumberScheduled, numberAvailable, desiredNumberScheduled: wanted } = { ...noNodes, ...status };
  if (isUnobserved(metadata, status)) return unobserved;
  if (spec.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < wanted) {
    return progressing(`${shareText(updatedNumberScheduled, wanted, 'pod')} updated`);
  }
  const available = `${shareText(numberAvailable, wanted, 'pod')} available`;
  return numberAvailable < wanted ? progressing(available) : { state: 'done', detail: available };
}

const noPods = { replicas: 0, updatedReplicas: 0, availableReplicas: 0, readyReplicas: 0 };
const noNodes = { updatedNumberScheduled: 0, numberAvailable: 0, desiredNumberScheduled: 0 };

function isUnobserved(metadata: ObjectMeta, status: { readonly observedGeneration?: number } | undefined): boolean {
  return (metadata.generation ?? 0) > (status?.observedGeneration ?? 0);
}

/** Whether each pod keeps its template until somebody deletes it. */
export function isOnDelete({ type, object }: Workload): boolean {
  return (type === 'StatefulSet' || type === 'DaemonSet') && object.spec.updateStrategy?.type === 'OnDelete';
}

/** Whether some of its pods keep an older template until somebody goes on: a pause, `OnDelete`, or a partition. */
export function isHeldBack(workload: Workload): boolean {
  if (!isRollable(workload)) return false;
  const { type, object } = workload;
  if (type === 'Deployment') {
    const { replicas, updatedReplicas } = { ...noPods, ...object.status };
    return object.spec.paused === true && replicas > updatedReplicas;
  }
  if (type === 'StatefulSet') return isPartlyUpdated(object);
  const { desiredNumberScheduled, updatedNumberScheduled } = { ...noNodes, ...object.status };
  return isOnDelete(workload) && updatedNumberScheduled < desiredNumberScheduled;
}

function isPartlyUpdated({ spec, status }: StatefulSet): boolean {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const isKept = type === 'OnDelete' || (rollingUpdate?.partition ?? 0) > 0;
  return isKept && status?.updateRevision !== status?.currentRevision;
}
