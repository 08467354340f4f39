import type { Pod } from '../cluster/kubernetes-pod.ts';
import { keptSecrets } from '../secrets/kept-secrets.ts';
import { podNeed } from '../secrets/pod-need.ts';
import type { SecretsView } from '../secrets/secrets-view.ts';
import { containerStatuses } from '../workloads/pod-state.ts';

/**
 * What new pods tell of the Secret that kubelet gave them: `held` where one lacks what only the old one lacks, `begun`
 * where kubelet has read it for all of them.
 */
export function releaseProof(pods: readonly Pod[], wanted: number, view: SecretsView): 'held' | 'begun' | 'not yet' {
  if (pods.some((pod) => keptSecrets(pod, podNeed(pod, view), view).length > 0)) return 'held';
  return pods.length >= wanted && pods.every(hasBegun) ? 'begun' : 'not yet';
}

/** Whether kubelet came so far with the first of its containers that it must have read what that one needs. */
function hasBegun(pod: Pod): boolean {
  const statuses = containerStatuses(pod);
  return statuses.some(({ state, lastState }) => isPast(state) || isPast(lastState));
}

function isPast(state: { readonly running?: unknown; readonly terminated?: unknown } | undefined): boolean {
  return state?.running !== undefined || state?.terminated !== undefined;
}
