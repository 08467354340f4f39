import { refText } from '../kubernetes.ts';
import { isCurrent } from '../secret-needs.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** A StatefulSet waits for its broken pod before it brings a corrected template, and so for ever. */
export function oldPodTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const { workload } = troubled;
  const found = troubledPod(troubled);
  if (workload.type !== 'StatefulSet' || found === undefined || isCurrent(workload, found.pod)) return undefined;
  const { pod, state } = found;
  const { ref } = workload;
  return {
    code: 'rollout-held-by-old-pod',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, state.container)} is ${state.text}; it still runs the older template and must go before the newer one is tried`,
    fix: `kubectl -n ${ref.namespace} delete pod ${pod.metadata.name}`,
  };
}
