import { isReady, isTerminating } from '../kubelet-pod.ts';
import type { NodePod } from '../kubelet-pod.ts';
import type { StoredObject } from '../object-store.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { templateHash } from './names.ts';
import { controllerOf, createPod, deletePod, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { WorkQueue } from './work-queue.ts';

interface DaemonSetSpec {
  readonly template: StoredTemplate;
  readonly updateStrategy?: { readonly type?: string };
}

const revisionLabel = 'controller-revision-hash';

/** Keeps one pod of each DaemonSet on the one node there is. */
export function daemonSetController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const daemonSet = plane.store.get('daemonsets', namespace, name);
    if (daemonSet && !isTerminating(daemonSet)) {
      movePod(plane, daemonSet);
      writeStatus(plane, daemonSet);
    }
  });
  return {
    observe({ resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'daemonsets') {
        queue.add(namespace, name);
      }
      const owner = resource === 'pods' ? controllerOf(object) : undefined;
      if (owner?.kind === 'DaemonSet') {
        queue.add(namespace, owner.name);
      }
    },
  };
}

function movePod(plane: ControlPlane, daemonSet: StoredObject): void {
  const { template, updateStrategy } = daemonSet['spec'] as DaemonSetSpec;
  const [pod] = podsOf(plane, daemonSet);
  if (!pod) {
    const labels = { [revisionLabel]: templateHash(template), 'pod-template-generation': '1' };
    const created = createPod(plane, daemonSet, { template, labels });
    plane.events.record(daemonSet, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${created.metadata.name}`,
      component: 'daemonset-controller',
    });
  } else if (!isTerminating(pod) && isOutdated(daemonSet, pod) && updateStrategy?.type !== 'OnDelete') {
    deletePod(plane, pod);
  }
}

function isOutdated(daemonSet: StoredObject, pod: NodePod): boolean {
  const { template } = daemonSet['spec'] as DaemonSetSpec;
  return pod.metadata.labels?.[revisionLabel] !== templateHash(template);
}

function writeStatus(plane: ControlPlane, daemonSet: StoredObject): void {
  const { namespace, name, generation } = daemonSet.metadata;
  const pods = podsOf(plane, daemonSet).filter((pod) => !isTerminating(pod));
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => !isOutdated(daemonSet, pod)).length;
  plane.store.mutate('daemonsets', namespace, name, (draft) => {
    draft['status'] = {
      observedGeneration: generation,
      currentNumberScheduled: pods.length,
      desiredNumberScheduled: 1,
      numberMisscheduled: 0,
      numberReady: ready,
      ...(updated > 0 && { updatedNumberScheduled: updated }),
      ...(ready > 0 ? { numberAvailable: ready } : { numberUnavailable: 1 }),
    };
  });
}
