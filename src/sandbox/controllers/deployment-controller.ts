import { isTerminating } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { deploymentStatus, untilDeadlineMs } from './deployment-status.ts';
import { templateHash } from './names.ts';
import { controlledBy, controllerOf, controllerReference, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { WorkQueue } from './work-queue.ts';

interface DeploymentSpec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly template: StoredTemplate;
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
  };
}

interface ReplicaSet extends StoredObject {
  spec: { replicas: number };
  status?: {
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; message: string }[];
  };
}

interface Room {
  readonly replicas: number;
  readonly surge: number;
  readonly minAvailable: number;
}

const hashLabel = 'pod-template-hash';
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Turns Deployments into ReplicaSets and moves the pods from the one of the old template to the one of the new. */
export function deploymentController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const deployment = plane.store.get('deployments', namespace, name);
    if (deployment && !isTerminating(deployment)) {
      const again = reconcile(plane, deployment);
      if (again !== undefined) {
        queue.add(namespace, name, again);
      }
    }
  });
  return {
    observe({ type, resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'deployments') {
        queue.add(namespace, name);
      }
      // With strategy Recreate the end of the last old pod is what it waits for.
      const replicaSet = resource === 'pods' && type === 'DELETED' ? replicaSetOf(plane, object) : object;
      const owner = replicaSet?.kind === 'ReplicaSet' ? controllerOf(replicaSet) : undefined;
      if (owner?.kind === 'Deployment') {
        queue.add(namespace, owner.name);
      }
    },
  };
}

function replicaSetOf(plane: ControlPlane, pod: StoredObject): StoredObject | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === 'ReplicaSet' ? plane.store.get('replicasets', pod.metadata.namespace, owner.name) : undefined;
}

/** Says after how many milliseconds to look again without a change, if at all. */
function reconcile(plane: ControlPlane, deployment: StoredObject): number | undefined {
  const spec = deployment['spec'] as DeploymentSpec;
  const hash = templateHash(spec.template);
  const all = replicaSetsOf(plane, deployment);
  const known = all.find(({ metadata }) => metadata.labels?.[hashLabel] === hash);
  const old = all.filter((replicaSet) => replicaSet !== known);
  if (spec.paused === true && !known) {
    observePaused(plane, deployment);
    return undefined;
  }
  const current = known ?? createReplicaSet(plane, deployment, hash, all.length + 1);
  const room = roomOf(spec);
  if (spec.strategy?.type === 'Recreate') {
    recreate(plane, deployment, { current, old, room });
  } else if (spec.paused !== true) {
    scaleUp(plane, deployment, { current, old, room });
    scaleDownOld(plane, deployment, { current, old, room });
  }
  return writeStatus(plane, deployment, { spec, room, name: current.metadata.name, created: known === undefined });
}

/** Of a template that is not rolled out yet no pod is. */
function observePaused({ store }: ControlPlane, { metadata }: StoredObject): void {
  store.mutate('deployments', metadata.namespace, metadata.name, (draft) => {
    const status = { ...(draft['status'] as object | undefined), observedGeneration: metadata.generation };
    Reflect.deleteProperty(status, 'updatedReplicas');
    draft['status'] = status;
  });
}

/** Copies, in which `scale` keeps count of what it has asked for. */
function replicaSetsOf(plane: ControlPlane, deployment: StoredObject): ReplicaSet[] {
  return controlledBy(plane, deployment, 'replicasets').map(countable);
}

function countable(object: StoredObject): ReplicaSet {
  const replicaSet = object as ReplicaSet;
  return { ...replicaSet, spec: { ...replicaSet.spec } };
}

function createReplicaSet(plane: ControlPlane, deployment: StoredObject, hash: string, revision: number): ReplicaSet {
  const { template } = deployment['spec'] as DeploymentSpec;
  const { name, namespace } = deployment.metadata;
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const created = plane.store.create('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: { [revisionAnnotation]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
  plane.store.mutate('deployments', namespace, name, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [revisionAnnotation]: String(revision) };
  });
  return countable(created);
}

function roomOf({ replicas = 1, strategy }: DeploymentSpec): Room {
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, replicas, Math.ceil);
  const unavailable = share(maxUnavailable, replicas, Math.floor);
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { replicas, surge, minAvailable: Math.max(0, replicas - least) };
}

function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * of);
}

interface Sets {
  readonly current: ReplicaSet;
  readonly old: readonly ReplicaSet[];
  readonly room: Room;
}

function scaleUp(plane: ControlPlane, deployment: StoredObject, { current, old, room }: Sets): void {
  const total = sum(old, wished) + current.spec.replicas;
  const free = Math.max(0, room.replicas + room.surge - total);
  const target = Math.min(room.replicas, current.spec.replicas + free);
  scale(plane, deployment, current, target);
}

/** Broken old pods go first: they keep nobody waiting. Healthy ones go as new ones become available. */
function scaleDownOld(plane: ControlPlane, deployment: StoredObject, { current, old, room }: Sets): void {
  const newlyUnavailable = current.spec.replicas - availableOf(current);
  let removable = sum(old, wished) + current.spec.replicas - room.minAvailable - newlyUnavailable;
  for (const replicaSet of old) {
    const broken = Math.min(removable, replicaSet.spec.replicas - availableOf(replicaSet));
    if (broken > 0) {
      scale(plane, deployment, replicaSet, replicaSet.spec.replicas - broken);
      removable -= broken;
    }
  }
  let spare = Math.min(removable, sum(old, availableOf) + availableOf(current) - room.minAvailable);
  for (const replicaSet of old) {
    const fewer = Math.min(spare, replicaSet.spec.replicas);
    if (fewer > 0) {
      scale(plane, deployment, replicaSet, replicaSet.spec.replicas - fewer);
      spare -= fewer;
    }
  }
}

function recreate(plane: ControlPlane, deployment: StoredObject, { current, old, room }: Sets): void {
  for (const replicaSet of old) {
    scale(plane, deployment, replicaSet, 0);
  }
  if (old.every((replicaSet) => podsOf(plane, replicaSet).length === 0)) {
    scale(plane, deployment, current, room.replicas);
  }
}

function scale(plane: ControlPlane, deployment: StoredObject, replicaSet: ReplicaSet, replicas: number): void {
  const from = replicaSet.spec.replicas;
  if (from === replicas) {
    return;
  }
  const { namespace, name } = replicaSet.metadata;
  replicaSet.spec.replicas = replicas;
  plane.store.mutate('replicasets', namespace, name, (draft) => {
    (draft as ReplicaSet).spec.replicas = replicas;
  });
  plane.events.record(deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${replicas > from ? 'up' : 'down'} replica set ${name} from ${String(from)} to ${String(replicas)}`,
    component: 'deployment-controller',
  });
}

interface Written {
  readonly spec: DeploymentSpec;
  readonly room: Room;
  readonly name: string;
  readonly created: boolean;
}

function writeStatus(plane: ControlPlane, deployment: StoredObject, written: Written): number | undefined {
  const { spec, room, name, created } = written;
  const all = replicaSetsOf(plane, deployment);
  const updated = all.filter(({ metadata }) => metadata.name === name);
  const progressDeadlineSeconds = spec.progressDeadlineSeconds ?? 600;
  const now = plane.clock.now();
  const counts = {
    replicas: sum(all, podsIn),
    updatedReplicas: sum(updated, podsIn),
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas ?? 0),
    availableReplicas: sum(all, availableOf),
  };
  const { namespace, name: deploymentName } = deployment.metadata;
  const after = plane.store.mutate('deployments', namespace, deploymentName, (draft) => {
    draft['status'] = deploymentStatus(draft, {
      ...room,
      progressDeadlineSeconds,
      newReplicaSet: name,
      created,
      counts,
      failure: all.flatMap(({ status }) => status?.conditions ?? []).find(({ type }) => type === 'ReplicaFailure')
        ?.message,
      now,
    });
  });
  const left = untilDeadlineMs(after['status'], progressDeadlineSeconds, now);
  return left === undefined ? undefined : Math.max(left, 0) + 1000;
}

function podsIn({ status }: ReplicaSet): number {
  return status?.replicas ?? 0;
}

function wished({ spec }: ReplicaSet): number {
  return spec.replicas;
}

function availableOf({ status }: ReplicaSet): number {
  return status?.availableReplicas ?? 0;
}

function sum(sets: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number): number {
  return sets.reduce((total, replicaSet) => total + of(replicaSet), 0);
}
