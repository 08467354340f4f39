import type { Pod } from '../cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import { hasCondition } from '../cluster/object-owners.ts';
import { isLater } from '../secrets/write-time.ts';
import { timeOf } from './readiness.ts';

/** kubelet tries again within about two minutes, and tells of a pod that has failed often once in five at least. */
const silenceMs = 10 * 60_000;

export interface MountTimes {
  /** When any Secret that the pod refers to was written last. */
  readonly writtenAt: string;
  /** The newest time that the cluster itself told. */
  readonly seenAt: string;
}

/**
 * Of a pod's `FailedMount` events those that still hold: events stay for an hour, and a pod that got its volumes since may
 * be held up by something else. Its sandbox is made after them; and a failure of which kubelet says nothing any more,
 * long after the Secret came, is over.
 */
export function standingFailures(
  { status }: Pod,
  events: readonly KubernetesEvent[],
  { writtenAt, seenAt }: MountTimes,
): readonly KubernetesEvent[] {
  if (hasCondition(status?.conditions, 'PodReadyToStartContainers')) return [];
  return events.filter((event) => {
    const told = timeOf(event);
    const since = isLater(told, writtenAt) ? told : writtenAt;
    return !(Date.parse(seenAt) - Date.parse(since) > silenceMs);
  });
}
