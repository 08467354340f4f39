import { apiTime } from '../api/api-time.ts';
import { asPod, isFinished } from '../kubelet/kubelet-pod.ts';
import type { NodePod } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { WorkQueue } from './work-queue.ts';

export const nodeName = 'sandbox-node';

/** What the one node has to give, in thousandths of a processor. */
export const nodeMilliCpu = 4000;

const nodeMemoryMi = 16 * 1024;

const retryMs = 5000;

/** Binds pods to the node as long as it has room for what they request. */
export function scheduler(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const object = plane.store.get('pods', namespace, name);
    if (!object || asPod(object).spec.nodeName !== undefined) {
      return;
    }
    const obstacle = obstacleFor(plane, asPod(object));
    if (obstacle === undefined) {
      bind(plane, asPod(object));
    } else {
      refuse(plane, asPod(object), obstacle);
      queue.add(namespace, name, retryMs);
    }
  });
  return {
    observe({ type, resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (type === 'ADDED' && resource === 'pods') {
        queue.add(namespace, name);
      }
      if (resource === 'persistentvolumeclaims') {
        for (const pod of plane.store.list('pods', namespace).map(asPod)) {
          if (pod.spec.nodeName === undefined) queue.add(namespace, pod.metadata.name);
        }
      }
    },
  };
}

function obstacleFor(plane: ControlPlane, pod: NodePod): string | undefined {
  const claims = (pod.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  const absent = claims.find((name) => !plane.store.get('persistentvolumeclaims', pod.metadata.namespace, name));
  if (absent !== undefined) {
    return `0/1 nodes are available: persistentvolumeclaim "${absent}" not found. not found`;
  }
  if (claims.some((name) => !isBound(plane.store.get('persistentvolumeclaims', pod.metadata.namespace, name)))) {
    return '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
  }
  return nodeObstacle(plane, pod);
}

function isBound(claim: StoredObject | undefined): boolean {
  return (claim?.['status'] as { phase?: string } | undefined)?.phase === 'Bound';
}

const unhelpful =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

function nodeObstacle(plane: ControlPlane, pod: NodePod): string | undefined {
  if (Object.keys(pod.spec.nodeSelector ?? {}).length > 0) {
    return `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. ${unhelpful}`;
  }
  const taken = plane.store
    .list('pods')
    .map(asPod)
    .filter((other) => other.spec.nodeName === nodeName && !isFinished(other));
  const used = (of: (each: NodePod) => number): number => taken.reduce((total, other) => total + of(other), of(pod));
  const lacking = [
    ...(used(milliCpu) > nodeMilliCpu ? ['1 Insufficient cpu'] : []),
    ...(used(memoryMi) > nodeMemoryMi ? ['1 Insufficient memory'] : []),
  ];
  return lacking.length === 0 ? undefined : `0/1 nodes are available: ${lacking.join(', ')}. ${unhelpful}`;
}

/** In mebibytes; of the units only those with which people write memory. */
function memoryMi(pod: NodePod): number {
  const factors: Readonly<Record<string, number>> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, Ti: 1024 * 1024 };
  return pod.spec.containers
    .map(({ resources }) => /^(\d+)([KMGT]i)$/.exec(resources?.requests?.['memory'] ?? ''))
    .reduce((total, parts) => total + Number(parts?.[1] ?? 0) * (factors[parts?.[2] ?? ''] ?? 0), 0);
}

function milliCpu(pod: NodePod): number {
  const requests = pod.spec.containers.map(({ resources }) => resources?.requests?.['cpu'] ?? '0');
  return requests
    .map((cpu) => (cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000))
    .reduce((total, cpu) => total + cpu, 0);
}

function bind(plane: ControlPlane, pod: NodePod): void {
  const { namespace, name } = pod.metadata;
  plane.events.record(pod, {
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    component: 'default-scheduler',
  });
  plane.store.mutate('pods', namespace, name, (draft) => {
    const bound = asPod(draft);
    bound.spec = { ...bound.spec, nodeName };
    bound.status = { ...bound.status, conditions: [scheduled(plane, 'True')] };
  });
}

function refuse(plane: ControlPlane, pod: NodePod, message: string): void {
  const { namespace, name } = pod.metadata;
  plane.events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
  plane.store.mutate('pods', namespace, name, (draft) => {
    const kept = asPod(draft);
    const [before] = kept.status?.conditions ?? [];
    const refused = { ...scheduled(plane, 'False'), reason: 'Unschedulable', message };
    kept.status = { ...kept.status, conditions: [before?.message === message ? before : refused] };
  });
}

function scheduled(
  plane: ControlPlane,
  status: 'True' | 'False',
): { type: 'PodScheduled'; status: 'True' | 'False'; lastProbeTime: null; lastTransitionTime: string } {
  return { type: 'PodScheduled', status, lastProbeTime: null, lastTransitionTime: apiTime(plane.clock.now()) };
}
