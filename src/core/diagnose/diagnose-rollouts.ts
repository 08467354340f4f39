import { refId, refText } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { count } from '../list-text.ts';
import { isCurrent } from '../secrets/secret-needs.ts';
import { lossText, placeOfLoss } from '../workloads/data-in-pod.ts';
import { podState } from '../workloads/pod-state.ts';
import { isOnDelete } from '../workloads/rollout.ts';
import { describePod } from './troubles/trouble.ts';
import type { Scene } from './diagnosis-scene.ts';

/** A newer template that nobody brings: with `OnDelete` each pod keeps the older one until it is deleted. */
export function diagnoseRollouts(scene: Scene, roots: readonly Finding[]): Finding[] {
  const held = roots.filter(({ code }) => code === 'rollout-held-by-old-pod').map(({ object }) => refId(object));
  return scene.workloads.flatMap((workload) => {
    const { ref } = workload;
    if (!isOnDelete(workload) || held.includes(refId(ref))) return [];
    const old = workload.pods.filter((pod) => !isCurrent(workload, pod));
    // One that serves nobody is missed by nobody.
    const first = old.find((pod) => podState(pod).state !== 'ready') ?? old[0];
    if (first === undefined) return [];
    const place = placeOfLoss(workload, [first], scene.stack);
    const loses = place === undefined ? '' : `; ${lossText(place)} with a pod: save it before you delete one`;
    return newFinding('rollout-waits-for-delete', {
      object: ref,
      message: `${refText(ref)} has a newer template that ${count(old.length, 'pod')} ${old.length === 1 ? 'does' : 'do'} not run: its update strategy is OnDelete${loses}`,
      fix: place === undefined ? `kubectl -n ${ref.namespace} delete pod ${first.metadata.name}` : describePod(first),
    });
  });
}
