import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { World } from '../support/worlds.ts';
import { lostNodeName, type Manifest } from './manifests.ts';

/** A node that no kubelet ever spoke for. It bears the name of the row's namespace, and takes nothing but what names it. */
export function lostNode(name: string): object {
  const taints = [{ key: 'c2l.dev/contract', effect: 'NoExecute' }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { unschedulable: true, taints } };
}

/** For a pod, and for what makes pods of a template. */
export function onLostNode(manifest: Manifest, node: string): object {
  const spec = manifest['spec'] as { nodeName?: unknown; template?: Manifest } | undefined;
  if (spec?.template !== undefined) {
    return { ...manifest, spec: { ...spec, template: onLostNode(spec.template, node) } };
  }
  return spec?.nodeName === lostNodeName ? { ...manifest, spec: { ...spec, nodeName: node } } : manifest;
}

/** Nobody but a kubelet ends the pods of a node, and this one has none. */
export async function removeLostNode(world: World, namespace: string): Promise<void> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { body } = await world.send('GET', pods);
  for (const { metadata } of (body['items'] ?? []) as Pod[])
    await world.send('DELETE', `${pods}/${metadata.name}?gracePeriodSeconds=0`);
  await world.send('DELETE', `/api/v1/nodes/${namespace}`);
}
