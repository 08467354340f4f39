import type { Pod } from '../../cluster/kubernetes-pod.ts';
import { refText } from '../../cluster/kubernetes.ts';
import { isCurrent } from '../../secrets/secret-needs.ts';
import { lossText, placeOfLoss } from '../../workloads/data-in-pod.ts';
import { isOnDelete } from '../../workloads/rollout.ts';
import type { Workload } from '../../workloads/workloads.ts';
import { describePod, placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/**
 * A StatefulSet waits for its broken pod before it brings a corrected template, and so for ever; with `OnDelete` a
 * DaemonSet does too. A Deployment brings none as long as it is paused.
 */
export function oldPodTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { workload } = troubled;
  const found = troubledPod(troubled);
  if (!keepsBrokenPods(workload) || found === undefined || isCurrent(workload, found.pod)) return undefined;
  const { pod, state } = found;
  const { ref } = workload;
  const way = wayOn(troubled, pod);
  return {
    code: 'rollout-held-by-old-pod',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, state.container)} is ${state.text}; it still runs the older template and ${way.text}`,
    fix: way.fix,
  };
}

function wayOn({ workload, scene }: TroubledWorkload, pod: Pod): { readonly text: string; readonly fix: string } {
  const { namespace } = workload.ref;
  if (workload.type === 'Deployment') {
    const text = 'its rollouts are paused, which keeps it from the newer one';
    return { text, fix: `kubectl -n ${namespace} rollout resume ${refText(workload.ref)}` };
  }
  const text = 'must go before the newer one is tried';
  const place = placeOfLoss(workload, [pod], scene.stack);
  if (place === undefined) return { text, fix: `kubectl -n ${namespace} delete pod ${pod.metadata.name}` };
  return { text: `${text}; ${lossText(place)} with it: save it first`, fix: describePod(pod) };
}

function keepsBrokenPods(workload: Workload): boolean {
  return workload.type === 'Deployment' || workload.type === 'StatefulSet' || isOnDelete(workload);
}
