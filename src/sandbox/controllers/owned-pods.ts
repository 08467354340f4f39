import { apiTime } from '../api/api-time.ts';
import { asPod, isFinished } from '../kubelet/kubelet-pod.ts';
import type { NodePod, NodePodSpec } from '../kubelet/kubelet-pod.ts';
import type { StoredObject, StoredOwnerReference } from '../store/stored-object.ts';
import type { ControlPlane } from './control-plane.ts';
import { nameSuffix } from './names.ts';
import { admitPod } from './pod-admission.ts';

export interface StoredTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: NodePodSpec;
}

export function controllerReference(owner: StoredObject): StoredOwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function controllerOf(object: StoredObject): StoredOwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The objects of a resource that this one controls. */
export function controlledBy(plane: ControlPlane, owner: StoredObject, resource: string): StoredObject[] {
  return plane.store
    .list(resource, owner.metadata.namespace)
    .filter((object) => controllerOf(object)?.uid === owner.metadata.uid);
}

/** The pods of a controller that have not ended: those that terminate are among them. */
export function podsOf(plane: ControlPlane, owner: StoredObject): NodePod[] {
  return controlledBy(plane, owner, 'pods')
    .map(asPod)
    .filter((pod) => !isFinished(pod));
}

export interface PodWish {
  readonly template: StoredTemplate;
  readonly labels: Readonly<Record<string, string>>;
  /** A name of its own, else one generated from the owner's. */
  readonly name?: string;
  /** What to do to the spec before it is admitted. */
  readonly spec?: Partial<NodePodSpec>;
}

export function createPod(plane: ControlPlane, owner: StoredObject, wish: PodWish): StoredObject {
  const { labels, annotations } = wish.template.metadata ?? {};
  const generateName = `${owner.metadata.name}-`;
  const pod = admitPod(plane.store, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: wish.name ?? `${generateName}${nameSuffix()}`,
      generateName,
      ...(owner.metadata.namespace !== undefined && { namespace: owner.metadata.namespace }),
      labels: { ...labels, ...wish.labels },
      ...(annotations && { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...structuredClone(wish.template.spec), ...wish.spec },
  });
  return plane.store.create('pods', pod);
}

/** Asks for a pod's end: its node takes it away, or nobody has to where it never got to one. */
export function deletePod(plane: ControlPlane, pod: NodePod): void {
  const { namespace, name, deletionTimestamp } = pod.metadata;
  if (pod.spec.nodeName === undefined || isFinished(pod)) {
    plane.store.remove('pods', namespace, name);
    return;
  }
  if (deletionTimestamp !== undefined) {
    return;
  }
  const seconds = pod.spec.terminationGracePeriodSeconds ?? 30;
  plane.store.mutate('pods', namespace, name, ({ metadata }) => {
    metadata.deletionTimestamp = apiTime(new Date(plane.clock.now().getTime() + seconds * 1000));
    metadata.deletionGracePeriodSeconds = seconds;
  });
}
