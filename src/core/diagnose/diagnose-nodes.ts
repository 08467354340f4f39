import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, type Node, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { endingPods, lostNodes } from '../workloads/lost-nodes.ts';
import { podState } from '../workloads/pod-state.ts';
import type { Scene } from './diagnosis-scene.ts';

/** Nodes that do not work and hold pods that are not ready. */
export function diagnoseNodes(scene: Scene): Finding[] {
  const lost = lostNodes(scene.snapshot);
  const nodes = (scene.snapshot.closer?.nodes ?? []).filter(({ metadata }) => lost.has(metadata.name));
  return nodes.flatMap((node) => {
    const users = heldBy(scene, node.metadata.name);
    return users.length === 0 ? [] : toFinding(scene, node, users);
  });
}

/** Whether a workload's pod is held by one of these nodes. */
export function nodeOf(scene: Scene, ref: ObjectRef): string | undefined {
  const { worst } = scene.readiness.get(refId(ref)) ?? {};
  const workload = scene.byId.get(refId(ref));
  const pod = workload?.pods.find(({ metadata }) => metadata.name === worst?.pod);
  return (pod ?? endingPods(scene.snapshot, ref)[0])?.spec.nodeName;
}

function heldBy({ workloads, snapshot }: Scene, node: string): ObjectRef[] {
  const isHeld = (pod: Pod): boolean => pod.spec.nodeName === node && podState(pod).state !== 'ready';
  return workloads
    .filter(({ ref, pods }) => [...pods, ...endingPods(snapshot, ref)].some(isHeld))
    .map(({ ref }) => ref);
}

function toFinding(scene: Scene, { metadata, status }: Node, users: readonly ObjectRef[]): Finding {
  const { name } = metadata;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const why = [ready?.reason, ready?.message].filter((text) => text !== undefined && text !== '').join(': ');
  return newFinding('node-not-ready', {
    object: { kind: 'Node', namespace: '', name },
    message: `node/${name} is not ready${why === '' ? '' : ` (${why})`}: nothing is known of the pods on it`,
    blocks: scene.blocks(users),
    fix: `kubectl describe node ${name}`,
  });
}
