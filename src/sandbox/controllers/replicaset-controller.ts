import { isReady, isTerminating } from '../kubelet/kubelet-pod.ts';
import type { NodePod } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { nameSuffix } from './names.ts';
import { controllerOf, createPod, deletePod, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { quotaRefusal, refusedRetryMs } from './pod-quota.ts';
import { WorkQueue } from './work-queue.ts';

interface ReplicaSetSpec {
  readonly replicas?: number;
  readonly template: StoredTemplate;
}

/** Keeps as many pods as a ReplicaSet wants. A pod that terminates does not count: its successor starts beside it. */
export function replicaSetController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const replicaSet = plane.store.get('replicasets', namespace, name);
    if (replicaSet && !isTerminating(replicaSet)) {
      const refusal = reconcile(plane, replicaSet);
      if (refusal !== undefined) {
        queue.add(namespace, name, refusedRetryMs);
      }
    }
  });
  return {
    observe({ resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'replicasets') {
        queue.add(namespace, name);
      }
      const owner = resource === 'pods' ? controllerOf(object) : undefined;
      if (owner?.kind === 'ReplicaSet') {
        queue.add(namespace, owner.name);
      }
    },
  };
}

/** Says why the API server takes no more pods, where it does not. */
function reconcile(plane: ControlPlane, replicaSet: StoredObject): string | undefined {
  const { replicas = 1, template } = replicaSet['spec'] as ReplicaSetSpec;
  const pods = podsOf(plane, replicaSet).filter((pod) => !isTerminating(pod));
  let refusal: string | undefined;
  for (let missing = replicas - pods.length; missing > 0 && refusal === undefined; missing -= 1) {
    const { namespace = '', name } = replicaSet.metadata;
    refusal = quotaRefusal(plane, namespace, `${name}-${nameSuffix()}`);
    if (refusal !== undefined) {
      record(plane, replicaSet, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${refusal}` });
      break;
    }
    const pod = createPod(plane, replicaSet, { template, labels: {} });
    record(plane, replicaSet, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
  }
  const surplus = pods.sort(leastUsefulFirst).slice(0, Math.max(0, pods.length - replicas));
  for (const pod of surplus) {
    deletePod(plane, pod);
    record(plane, replicaSet, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    });
  }
  writeStatus(plane, replicaSet, refusal);
  return refusal;
}

function leastUsefulFirst(a: NodePod, b: NodePod): number {
  return (
    Number(isReady(a)) - Number(isReady(b)) || (a.metadata.creationTimestamp > b.metadata.creationTimestamp ? -1 : 1)
  );
}

function writeStatus(plane: ControlPlane, replicaSet: StoredObject, refusal: string | undefined): void {
  const { namespace, name, generation } = replicaSet.metadata;
  const pods = podsOf(plane, replicaSet).filter((pod) => !isTerminating(pod));
  const ready = pods.filter(isReady).length;
  plane.store.mutate('replicasets', namespace, name, (draft) => {
    const before = draft['status'] as { conditions?: object[] } | undefined;
    draft['status'] = {
      observedGeneration: generation,
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
      ...(refusal !== undefined && {
        // The first refusal stays: each has another name in it, and would be a change that is acted on.
        conditions: before?.conditions ?? [
          { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal },
        ],
      }),
    };
  });
}

type Told = Pick<Parameters<ControlPlane['events']['record']>[1], 'type' | 'reason' | 'message'>;

function record(plane: ControlPlane, replicaSet: StoredObject, told: Told): void {
  plane.events.record(replicaSet, { ...told, component: 'replicaset-controller' });
}
