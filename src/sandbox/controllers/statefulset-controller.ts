import { isReady, isTerminating } from '../kubelet/kubelet-pod.ts';
import type { NodePod, NodeVolume } from '../kubelet/kubelet-pod.ts';
import type { NewObject, StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { templateHash } from './names.ts';
import { controllerOf, createPod, deletePod, podsOf } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { quotaRefusal, refusedRetryMs } from './pod-quota.ts';
import { WorkQueue } from './work-queue.ts';

interface StatefulSetSpec {
  readonly replicas?: number;
  readonly template: StoredTemplate;
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  readonly volumeClaimTemplates?: readonly NewObject[];
}

interface StatefulSetStatus {
  readonly currentRevision?: string;
}

const revisionLabel = 'controller-revision-hash';

/**
 * Keeps the numbered pods of StatefulSets, one after the other: nothing happens behind a pod that is not ready. So a
 * pod that is broken by its template stays when the template is corrected, until somebody deletes it.
 */
export function statefulSetController(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const statefulSet = plane.store.get('statefulsets', namespace, name);
    if (statefulSet && !isTerminating(statefulSet)) {
      if (movePods(plane, statefulSet) === 'refused') {
        queue.add(namespace, name, refusedRetryMs);
      }
      writeStatus(plane, statefulSet);
    }
  });
  return {
    observe({ resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'statefulsets') {
        queue.add(namespace, name);
      }
      const owner = resource === 'pods' ? controllerOf(object) : undefined;
      if (owner?.kind === 'StatefulSet') {
        queue.add(namespace, owner.name);
      }
    },
  };
}

function specOf(statefulSet: StoredObject): StatefulSetSpec {
  return statefulSet['spec'] as StatefulSetSpec;
}

function updateRevision(statefulSet: StoredObject): string {
  return `${statefulSet.metadata.name}-${templateHash(specOf(statefulSet).template)}`;
}

/** Whether the API server would not take a pod. */
type Moved = 'refused' | undefined;

function movePods(plane: ControlPlane, statefulSet: StoredObject): Moved {
  const { replicas = 1, podManagementPolicy } = specOf(statefulSet);
  const pods = podsOf(plane, statefulSet);
  const inOrder = podManagementPolicy !== 'Parallel';
  let moved: Moved;
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const pod = pods.find(({ metadata }) => metadata.name === `${statefulSet.metadata.name}-${String(ordinal)}`);
    if (!pod) {
      moved = createOrdinal(plane, statefulSet, ordinal) ?? moved;
    }
    if (inOrder && (!pod || !isReady(pod) || isTerminating(pod))) {
      return moved;
    }
  }
  const surplus = pods.filter((pod) => ordinalOf(pod) >= replicas).sort(highestFirst);
  const [last] = surplus;
  if (last) {
    remove(plane, statefulSet, last);
    return moved;
  }
  replaceOutdated(plane, statefulSet, pods);
  return moved;
}

function replaceOutdated(plane: ControlPlane, statefulSet: StoredObject, pods: readonly NodePod[]): void {
  const { updateStrategy } = specOf(statefulSet);
  if (updateStrategy?.type === 'OnDelete') {
    return;
  }
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const revision = updateRevision(statefulSet);
  for (const pod of [...pods].sort(highestFirst).filter((pod) => ordinalOf(pod) >= partition)) {
    if (isTerminating(pod)) {
      return;
    }
    if (pod.metadata.labels?.[revisionLabel] !== revision) {
      remove(plane, statefulSet, pod);
      return;
    }
    if (!isReady(pod)) {
      return;
    }
  }
}

function createOrdinal(plane: ControlPlane, statefulSet: StoredObject, ordinal: number): Moved {
  const { template, volumeClaimTemplates = [] } = specOf(statefulSet);
  const name = `${statefulSet.metadata.name}-${String(ordinal)}`;
  const claims = volumeClaimTemplates.map((claim) => ({ claim, claimName: `${claim.metadata.name ?? ''}-${name}` }));
  for (const { claim, claimName } of claims) {
    createClaim(plane, statefulSet, { claim, claimName, pod: name });
  }
  const claimed: NodeVolume[] = claims.map(({ claim, claimName }) => ({
    name: claim.metadata.name ?? '',
    persistentVolumeClaim: { claimName },
  }));
  const owner = statefulSet.metadata.name;
  const refusal = quotaRefusal(plane, statefulSet.metadata.namespace ?? '', name);
  if (refusal !== undefined) {
    const message = `Create Pod ${name} in StatefulSet ${owner} failed error: ${refusal}`;
    record(plane, statefulSet, 'FailedCreate', message);
    return 'refused';
  }
  createPod(plane, statefulSet, {
    template,
    name,
    labels: {
      'apps.kubernetes.io/pod-index': String(ordinal),
      [revisionLabel]: updateRevision(statefulSet),
      'statefulset.kubernetes.io/pod-name': name,
    },
    spec: { volumes: [...claimed, ...(template.spec.volumes ?? [])], ...{ hostname: name } },
  });
  record(
    plane,
    statefulSet,
    'SuccessfulCreate',
    `Create Pod ${name} in StatefulSet ${statefulSet.metadata.name} successful`,
  );
  return undefined;
}

function createClaim(
  plane: ControlPlane,
  statefulSet: StoredObject,
  { claim, claimName, pod }: { claim: NewObject; claimName: string; pod: string },
): void {
  const { namespace, name } = statefulSet.metadata;
  if (plane.store.get('persistentvolumeclaims', namespace, claimName)) {
    return;
  }
  plane.store.create('persistentvolumeclaims', {
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName,
      ...(namespace !== undefined && { namespace }),
      labels: { ...specOf(statefulSet).template.metadata?.labels },
    },
    status: { phase: 'Pending' },
  });
  record(plane, statefulSet, 'SuccessfulCreate', `Create Claim ${claimName} Pod ${pod} in StatefulSet ${name} success`);
}

function remove(plane: ControlPlane, statefulSet: StoredObject, pod: NodePod): void {
  if (isTerminating(pod)) {
    return;
  }
  deletePod(plane, pod);
  const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${statefulSet.metadata.name} successful`;
  record(plane, statefulSet, 'SuccessfulDelete', message);
}

function ordinalOf(pod: NodePod): number {
  return Number(pod.metadata.name.split('-').at(-1));
}

function highestFirst(a: NodePod, b: NodePod): number {
  return ordinalOf(b) - ordinalOf(a);
}

function writeStatus(plane: ControlPlane, statefulSet: StoredObject): void {
  const { namespace, name, generation } = statefulSet.metadata;
  const { replicas = 1 } = specOf(statefulSet);
  const revision = updateRevision(statefulSet);
  const pods = podsOf(plane, statefulSet).filter((pod) => !isTerminating(pod));
  const updated = pods.filter(({ metadata }) => metadata.labels?.[revisionLabel] === revision);
  const ready = pods.filter(isReady).length;
  const current = (statefulSet['status'] as StatefulSetStatus | undefined)?.currentRevision ?? revision;
  const complete = updated.length === replicas && ready === replicas;
  const currentRevision = complete ? revision : current;
  const currentReplicas = pods.filter(({ metadata }) => metadata.labels?.[revisionLabel] === currentRevision).length;
  plane.store.mutate('statefulsets', namespace, name, (draft) => {
    draft['status'] = {
      observedGeneration: generation,
      replicas: pods.length,
      availableReplicas: ready,
      ...(ready > 0 && { readyReplicas: ready }),
      ...(currentReplicas > 0 && { currentReplicas }),
      ...(updated.length > 0 && { updatedReplicas: updated.length }),
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
    };
  });
}

function record(plane: ControlPlane, statefulSet: StoredObject, reason: string, message: string): void {
  const type = reason.startsWith('Failed') ? 'Warning' : 'Normal';
  plane.events.record(statefulSet, { type, reason, message, component: 'statefulset-controller' });
}
