import { refText } from '../../cluster/kubernetes.ts';
import { isCurrent } from '../../secrets/secret-needs.ts';
import { isOnDelete } from '../../workloads/rollout.ts';
import type { Workload } from '../../workloads/workloads.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

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
  const way =
    workload.type === 'Deployment'
      ? {
          text: 'its rollouts are paused, which keeps it from the newer one',
          command: `rollout resume ${refText(ref)}`,
        }
      : { text: 'must go before the newer one is tried', command: `delete pod ${pod.metadata.name}` };
  return {
    code: 'rollout-held-by-old-pod',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, state.container)} is ${state.text}; it still runs the older template and ${way.text}`,
    fix: `kubectl -n ${ref.namespace} ${way.command}`,
  };
}

function keepsBrokenPods(workload: Workload): boolean {
  return workload.type === 'Deployment' || workload.type === 'StatefulSet' || isOnDelete(workload);
}
