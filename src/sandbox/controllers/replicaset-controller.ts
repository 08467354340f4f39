import { isReady, isTerminating } from '../kubelet-pod.ts';
import type { NodePod } from '../kubelet-pod.ts';
import type { StoredObject } from '../object-store.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { controllerOf, createPod, deletePod, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
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
      reconcile(plane, replicaSet);
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

function reconcile(plane: ControlPlane, replicaSet: StoredObject): void {
  const { replicas = 1, template } = replicaSet['spec'] as ReplicaSetSpec;
  const pods = podsOf(plane, replicaSet).filter((pod) => !isTerminating(pod));
  for (let missing = replicas - pods.length; missing > 0; missing -= 1) {
    const pod = createPod(plane, replicaSet, { template, labels: {} });
    record(plane, replicaSet, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
  const surplus = pods.sort(leastUsefulFirst).slice(0, Math.max(0, pods.length - replicas));
  for (const pod of surplus) {
    deletePod(plane, pod);
    record(plane, replicaSet, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
  writeStatus(plane, replicaSet);
}

function leastUsefulFirst(a: NodePod, b: NodePod): number {
  return (
    Number(isReady(a)) - Number(isReady(b)) || (a.metadata.creationTimestamp > b.metadata.creationTimestamp ? -1 : 1)
  );
}

function writeStatus(plane: ControlPlane, replicaSet: StoredObject): void {
  const { namespace, name, generation } = replicaSet.metadata;
  const pods = podsOf(plane, replicaSet).filter((pod) => !isTerminating(pod));
  const ready = pods.filter(isReady).length;
  plane.store.mutate('replicasets', namespace, name, (draft) => {
    draft['status'] = {
      observedGeneration: generation,
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    };
  });
}

function record(plane: ControlPlane, replicaSet: StoredObject, reason: string, message: string): void {
  plane.events.record(replicaSet, { type: 'Normal', reason, message, component: 'replicaset-controller' });
}
