import type { DaemonSet, Deployment, StatefulSet } from './kubernetes.ts';

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

function deploymentRollout({ metadata, spec, status = {} }: Deployment): RolloutState {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions } = status;
  const wanted = spec.replicas ?? 1;
  if ((metadata.generation ?? 0) > observedGeneration) return unobserved;
  const progress = conditions?.find(({ type }) => type === 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    return { state: 'stuck', detail: 'it exceeded its progress deadline' };
  }
  if (updatedReplicas < wanted) return progressing(`${updatedReplicas} of ${wanted} new pods are created`);
  if (replicas > updatedReplicas) return progressing(`${replicas - updatedReplicas} old pods are still to end`);
  if (availableReplicas < updatedReplicas) {
    return progressing(`${availableReplicas} of ${updatedReplicas} new pods are available`);
  }
  return { state: 'done', detail: `${availableReplicas} of ${wanted} pods are available` };
}

function statefulSetRollout({ metadata, spec, status = {} }: StatefulSet): RolloutState {
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
  const wanted = spec.replicas ?? 1;
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) return unobserved;
  if (readyReplicas < wanted) return progressing(`${readyReplicas} of ${wanted} pods are ready`);
  if (type === 'OnDelete') {
    return {
      state: 'done',
      detail: `${readyReplicas} of ${wanted} pods are ready; a new template waits for their deletion`,
    };
  }
  if (rollingUpdate?.partition !== undefined) {
    const updating = Math.max(wanted - rollingUpdate.partition, 0);
    return updatedReplicas < updating
      ? progressing(`${updatedReplicas} of ${updating} pods are updated`)
      : { state: 'done', detail: `${readyReplicas} of ${wanted} pods are ready` };
  }
  if (status.updateRevision !== status.currentRevision) {
    return progressing(`${updatedReplicas} of ${wanted} pods are updated`);
  }
  return { state: 'done', detail: `${readyReplicas} of ${wanted} pods are ready` };
}

function daemonSetRollout({ metadata, spec, status = {} }: DaemonSet): RolloutState {
  const { observedGeneration = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  const wanted = status.desiredNumberScheduled ?? 0;
  if ((metadata.generation ?? 0) > observedGeneration) return unobserved;
  if (spec.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < wanted) {
    return progressing(`${updatedNumberScheduled} of ${wanted} pods are updated`);
  }
  if (numberAvailable < wanted) return progressing(`${numberAvailable} of ${wanted} pods are available`);
  return { state: 'done', detail: `${numberAvailable} of ${wanted} pods are available` };
}
