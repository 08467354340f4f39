import type { Scene } from './diagnosis-scene.ts';
import type { Finding } from './findings.ts';
import { refId, type Node, type ObjectRef } from './kubernetes.ts';
import { newFinding } from './new-finding.ts';
import { hasCondition } from './object-owners.ts';
import { podState } from './pod-state.ts';

/** Nodes that do not work and hold pods that are not ready. */
export function diagnoseNodes(scene: Scene): Finding[] {
  const lost = (scene.snapshot.closer?.nodes ?? []).filter(({ status }) => !hasCondition(status?.conditions, 'Ready'));
  return lost.flatMap((node) => {
    const users = heldBy(scene, node.metadata.name);
    return users.length === 0 ? [] : toFinding(scene, node, users);
  });
}

/** Whether a workload's pod is held by one of these nodes. */
export function nodeOf(scene: Scene, ref: ObjectRef): string | undefined {
  const { worst } = scene.readiness.get(refId(ref)) ?? {};
  const workload = scene.byId.get(refId(ref));
  return workload?.pods.find(({ metadata }) => metadata.name === worst?.pod)?.spec.nodeName;
}

function heldBy({ workloads }: Scene, node: string): ObjectRef[] {
  return workloads
    .filter(({ pods }) => pods.some((pod) => pod.spec.nodeName === node && podState(pod).state !== 'ready'))
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
