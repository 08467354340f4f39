import { isReady, isTerminating } from '../kubelet/kubelet-pod.ts';
import type { NodePod } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { nameSuffix, templateHash } from './names.ts';
import { controllerOf, createPod, deletePod, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { quotaRefusal, refusedRetryMs } from './pod-quota.ts';
import { WorkQueue } from './work-queue.ts';

interface DaemonSetSpec {
  readonly template: StoredTemplate;
  readonly updateStrategy?: { readonly type?: string };
}

const component = 'daemonset-controller';
const revisionLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** Keeps one pod of each DaemonSet on the one node there is. */
export function daemonSetController(plane: ControlPlane): Controller {
  const hashes = new Map<string, string>();
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const daemonSet = plane.store.get('daemonsets', namespace, name);
    if (daemonSet && !isTerminating(daemonSet)) {
      const counted = countTemplates(plane, daemonSet, hashes);
      if (movePod(plane, counted) === 'refused') queue.add(namespace, name, refusedRetryMs);
      writeStatus(plane, counted);
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

/** The API server counts a DaemonSet's templates in an annotation, which its pods bear as a label. */
function countTemplates(plane: ControlPlane, daemonSet: StoredObject, hashes: Map<string, string>): StoredObject {
  const { namespace, name, uid } = daemonSet.metadata;
  const hash = templateHash((daemonSet['spec'] as DaemonSetSpec).template);
  if (hashes.get(uid) === hash) return daemonSet;
  hashes.set(uid, hash);
  return plane.store.mutate('daemonsets', namespace, name, ({ metadata }) => {
    const counted = Number(metadata.annotations?.[generationAnnotation] ?? 0) + 1;
    metadata.annotations = { ...metadata.annotations, [generationAnnotation]: String(counted) };
  });
}

function movePod(plane: ControlPlane, daemonSet: StoredObject): 'refused' | undefined {
  const { template, updateStrategy } = daemonSet['spec'] as DaemonSetSpec;
  const [pod] = podsOf(plane, daemonSet);
  if (!pod) {
    const labels = {
      [revisionLabel]: templateHash(template),
      [generationLabel]: daemonSet.metadata.annotations?.[generationAnnotation] ?? '1',
    };
    const name = `${daemonSet.metadata.name}-${nameSuffix()}`;
    const refusal = quotaRefusal(plane, daemonSet.metadata.namespace ?? '', name);
    if (refusal !== undefined) {
      const message = `Error creating: ${refusal}`;
      plane.events.record(daemonSet, { type: 'Warning', reason: 'FailedCreate', message, component });
      return 'refused';
    }
    const created = createPod(plane, daemonSet, { template, labels });
    plane.events.record(daemonSet, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${created.metadata.name}`,
      component,
    });
  } else if (!isTerminating(pod) && isOutdated(daemonSet, pod) && updateStrategy?.type !== 'OnDelete') {
    deletePod(plane, pod);
  }
  return undefined;
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
