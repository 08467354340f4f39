import type { Scene } from './diagnosis-scene.ts';
import type { Pod, Probe } from './kubernetes-pod.ts';
import { refId } from './kubernetes.ts';
import { containerStatuses, podState } from './pod-state.ts';
import { containerNamed } from './troubles/trouble.ts';
import type { Workload } from './workloads.ts';

/** What a start takes where nobody says otherwise: kubelet's own retries come within it. */
const usualMs = 30_000;

/**
 * Since when a workload is on its way, in the API's form, where no time has passed in which it could have become ready:
 * all of its pods that are not are young, and nothing of them was refused or has failed before. Undefined of every other.
 */
export function startingSince({ snapshot, events }: Scene, { pods }: Workload): string | undefined {
  const now = Date.parse(snapshot.takenAt);
  const since: string[] = [];
  for (const pod of pods) {
    const { state, container } = podState(pod, events.get(pod.metadata.uid ?? ''));
    if (state === 'ready' || state === 'finished' || state === 'terminating') continue;
    if (state !== 'starting' && state !== 'waiting-on-dependency') return undefined;
    const begun = startOf(pod, container);
    if (begun === undefined || now - Date.parse(begun.at) > begun.graceMs || isAhead(begun.at, now)) return undefined;
    since.push(begun.at);
  }
  return since.sort()[0];
}

/** As `startingSince`, of it and of all that it holds up. */
export function isStarting(scene: Scene, workload: Workload): boolean {
  const isUp = (id: string): boolean => scene.readiness.get(id)?.isReady !== false;
  const held = scene.blocks([workload.ref]).filter((ref) => !isUp(refId(ref)));
  return held.every((ref) => {
    const found = scene.byId.get(refId(ref));
    return found === undefined || startingSince(scene, found) !== undefined;
  });
}

/** A clock that runs behind the server's makes everything young. */
function isAhead(time: string, now: number): boolean {
  return Date.parse(time) - now > 5000;
}

function startOf(pod: Pod, container: string | undefined): { at: string; graceMs: number } | undefined {
  const statuses = containerStatuses(pod);
  if (statuses.some(({ restartCount = 0 }) => restartCount > 0)) return undefined;
  const startedAt = statuses.find(({ name }) => name === container)?.state?.running?.startedAt;
  const at = startedAt ?? pod.metadata.creationTimestamp;
  const graceMs = startedAt === undefined ? usualMs : graceOf(containerNamed(pod, container)?.readinessProbe);
  return at === undefined ? undefined : { at, graceMs };
}

/** What the API assumes of a probe is as long as the usual time. */
function graceOf({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe = {}): number {
  return (initialDelaySeconds + periodSeconds * failureThreshold) * 1000;
}
