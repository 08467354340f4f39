import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { controllerOf, hasCondition, ownerRef } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { oncePer } from '../once-per.ts';
import type { Workload } from './workloads.ts';

/** The names of nodes that do not work, as far as somebody looked. */
export const lostNodes = oncePer(
  ({ closer }: Snapshot): ReadonlySet<string> =>
    new Set(
      (closer?.nodes ?? [])
        .filter(({ status }) => !hasCondition(status?.conditions, 'Ready'))
        .map(({ metadata }) => metadata.name),
    ),
);

const endingByOwner = oncePer((snapshot: Snapshot): ReadonlyMap<string, readonly Pod[]> => {
  const byOwner = new Map<string, Pod[]>();
  for (const pod of snapshot.pods.items) {
    const owner = isEndingInPlace(pod) ? controllerOf(pod.metadata) : undefined;
    if (owner === undefined) continue;
    const id = refId(ownerRef(owner, pod.metadata));
    byOwner.set(id, [...(byOwner.get(id) ?? []), pod]);
  }
  return byOwner;
});

/** Pods that are being ended and that their StatefulSet makes anew only once they are gone. */
export function endingPods(snapshot: Snapshot, ref: ObjectRef): readonly Pod[] {
  return endingByOwner(snapshot).get(refId(ref)) ?? [];
}

export function isEndingInPlace({ metadata, status }: Pod): boolean {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return metadata.deletionTimestamp !== undefined && !isOver && controllerOf(metadata)?.kind === 'StatefulSet';
}

/** Why a StatefulSet cannot make pods anew: nobody can tell whether those of before still run there. */
export function lostNodeObstacle(
  { type, ref, pods }: Workload,
  lost: ReadonlySet<string>,
  snapshot?: Snapshot,
): string | undefined {
  if (type !== 'StatefulSet' || lost.size === 0) return undefined;
  return heldOnLostNode([...pods, ...(snapshot === undefined ? [] : endingPods(snapshot, ref))], lost);
}

/** What waits until a pod is gone from its node waits in vain. */
export function heldOnLostNode(pods: readonly Pod[], lost: ReadonlySet<string>): string | undefined {
  const node = pods.map(({ spec }) => spec.nodeName).find((name) => name !== undefined && lost.has(name));
  if (node === undefined) return undefined;
  const way = `bring it back, or once it is surely off: kubectl delete node ${node}`;
  return `node ${node} is not ready and lets no pod go: ${way}`;
}
