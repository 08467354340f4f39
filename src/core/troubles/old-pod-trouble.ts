import { refText } from '../kubernetes.ts';
import { isOnDelete } from '../rollout.ts';
import { isCurrent } from '../secret-needs.ts';
import type { Workload } from '../workloads.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/**
 * A StatefulSet waits for its broken pod before it brings a corrected template, and so for ever; with `OnDelete` a
 * DaemonSet does too.
 */
export function oldPodTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { workload } = troubled;
  const found = troubledPod(troubled);
  if (!keepsBrokenPods(workload) || found === undefined || isCurrent(workload, found.pod)) return undefined;
  const { pod, state } = found;
  const { ref } = workload;
  return {
    code: 'rollout-held-by-old-pod',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, state.container)} is ${state.text}; it still runs the older template and must go before the newer one is tried`,
    fix: `kubectl -n ${ref.namespace} delete pod ${pod.metadata.name}`,
  };
}

function keepsBrokenPods(workload: Workload): boolean {
  return workload.type === 'StatefulSet' || isOnDelete(workload);
}
