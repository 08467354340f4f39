import type { Pod, Probe } from '../cluster/kubernetes-pod.ts';
import { refId, type KubernetesEvent } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { creationRefusal } from '../workloads/creation-refusals.ts';
import { endingPods } from '../workloads/lost-nodes.ts';
import { containerStatuses, podState } from '../workloads/pod-state.ts';
import { timeOf } from '../workloads/readiness.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { Scene } from './diagnosis-scene.ts';
import { containerNamed } from './troubles/trouble.ts';

/** What a start takes where nobody says otherwise: kubelet's own retries come within it. */
const usualMs = 30_000;

/**
 * Since when a workload is on its way, in the API's form, where no time has passed in which it could have become ready:
 * all of its pods that are not are young, or on their way out, and nothing of them was refused or has failed before.
 * Undefined of every other.
 */
export function startingSince({ snapshot, events }: Scene, workload: Workload): string | undefined {
  const { pods } = workload;
  const now = Date.parse(snapshot.takenAt);
  if (pods.length === 0) return replacedSince(snapshot, workload);
  const since: string[] = [];
  for (const pod of pods) {
    const { state, container } = podState(pod, events.get(pod.metadata.uid ?? ''));
    if (state === 'ready') continue;
    if (state !== 'starting' && state !== 'waiting-on-dependency') return undefined;
    const begun = startOf(pod, container);
    if (begun === undefined || now - Date.parse(begun.at) > begun.graceMs || isAhead(begun.at, now)) return undefined;
    since.push(begun.at);
  }
  return since.sort()[0];
}

/** Of a StatefulSet without a pod, whose last one is about to be gone or was ended just now: it makes the next one then. */
function replacedSince(snapshot: Snapshot, workload: Workload): string | undefined {
  const { type, ref } = workload;
  if (type !== 'StatefulSet' || creationRefusal(workload, snapshot) !== undefined) return undefined;
  const now = Date.parse(snapshot.takenAt);
  const ending = endingPods(snapshot, ref).flatMap(({ metadata }) => metadata.deletionTimestamp ?? []);
  const isOwn = ({ kind = '', namespace, name = '' }: KubernetesEvent['involvedObject']): boolean =>
    namespace === ref.namespace &&
    (kind === 'StatefulSet' ? name === ref.name : kind === 'Pod' && name.replace(/-\d+$/, '') === ref.name);
  const ended = snapshot.events.items
    .filter(({ reason = '', involvedObject }) => endings.has(reason) && isOwn(involvedObject))
    .map(timeOf);
  const last = [...ending, ...ended].sort((left, right) => Date.parse(left) - Date.parse(right)).at(-1);
  // Until its time is over a pod that ends is given what it needs.
  if (last === undefined || now - Date.parse(last) > usualMs) return undefined;
  if (ending.length === 0 && isAhead(last, now)) return undefined;
  return Date.parse(last) > now ? snapshot.takenAt : last;
}

/** What is told of a pod when it is ended, and of its StatefulSet. */
const endings: ReadonlySet<string> = new Set(['Killing', 'SuccessfulDelete', 'SuccessfulCreate']);

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
