import type { ContainerStatus, Pod } from '../cluster/kubernetes-pod.ts';
import { isSidecar } from './pod-status-text.ts';

/** How long a workload must stay ready before it is believed, where the stack says nothing else. */
export const defaultSteadyMs = 1000;

/** kubelet forgets a back-off after so long a run: what ran longer before it ended is no crash looper. */
const longestLoopMs = 600_000;

/** What ended sooner than this may end as soon again; what ran longer and ended once is no loop yet. */
export const briefMs = 60_000;

/** Clocks of this machine and of the nodes may differ by that much without anybody being at fault. */
const clockToleranceMs = 5000;

/** One run of a container; after a restart it is another. */
export interface ContainerRun {
  /** Unique and stable. */
  readonly id: string;
  readonly pod: string;
  readonly container: string;
  readonly restarts: number;
  readonly startedAt: number;
  /** How long the run before took, where it ended soon enough to be part of a loop. */
  readonly lastedBeforeMs?: number;
  readonly endedWith?: string;
}

/** What is to stay up: the containers that run on, of pods that are neither finished nor on their way out. */
export function containerRuns(pods: readonly Pod[]): ContainerRun[] {
  return pods
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running')
    .flatMap((pod) => lastingStatuses(pod).map((status) => runOf(pod, status)));
}

function lastingStatuses({ spec, status }: Pod): ContainerStatus[] {
  const sidecars = new Set(spec.initContainers?.filter(isSidecar).map(({ name }) => name));
  const beside = (status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name));
  return [...beside, ...(status?.containerStatuses ?? [])];
}

function runOf({ metadata }: Pod, status: ContainerStatus): ContainerRun {
  const { name, restartCount: restarts = 0, state } = status;
  return {
    id: `${metadata.uid ?? metadata.name}/${name}/${restarts}`,
    pod: metadata.name,
    container: name,
    restarts,
    startedAt: Date.parse(state?.running?.startedAt ?? ''),
    ...(restarts > 0 && runBefore(status, restarts === 1 ? briefMs : longestLoopMs)),
  };
}

function runBefore(
  { lastState }: ContainerStatus,
  longestMs: number,
): Pick<ContainerRun, 'lastedBeforeMs' | 'endedWith'> {
  const { startedAt = '', finishedAt = '', reason, exitCode } = lastState?.terminated ?? {};
  const lastedBeforeMs = Date.parse(finishedAt) - Date.parse(startedAt);
  if (!(lastedBeforeMs >= 0 && lastedBeforeMs < longestMs)) return {};
  return { lastedBeforeMs, endedWith: endText({ reason, exitCode }) };
}

function endText({
  reason,
  exitCode,
}: {
  readonly reason: string | undefined;
  readonly exitCode: number | undefined;
}): string {
  return reason === 'OOMKilled' || exitCode === undefined ? (reason ?? 'an unknown end') : `exit code ${exitCode}`;
}

export interface Steadiness {
  /** How much longer it must be watched; 0 where it is steady. */
  readonly missingMs: number;
  /** Why it is not believed yet, of the one that needs longest. */
  readonly detail: string;
}

/**
 * Whether what is ready now may be believed. A container that never ended must have run for the steady time; one that
 * was restarted must outlive its last run by it, since a crash looper is ready in between. Time counts as it was seen
 * by who looks, or as the object tells it, less what clocks may differ by.
 */
export function steadiness(
  runs: readonly ContainerRun[],
  {
    steadyMs,
    now,
    seenMs,
  }: { readonly steadyMs: number; readonly now: number; readonly seenMs: (id: string) => number },
): Steadiness {
  let worst: Steadiness = { missingMs: 0, detail: '' };
  for (const run of runs) {
    const told = Number.isNaN(run.startedAt) ? 0 : now - run.startedAt - clockToleranceMs;
    const neededMs = steadyMs + (steadyMs === 0 ? 0 : (run.lastedBeforeMs ?? 0));
    const missingMs = Math.max(0, neededMs - Math.max(told, seenMs(run.id)));
    if (missingMs > worst.missingMs) worst = { missingMs, detail: unsteady(run, steadyMs) };
  }
  return worst;
}

function unsteady({ pod, container, restarts, lastedBeforeMs, endedWith }: ContainerRun, steadyMs: number): string {
  const who = `container ${container} of pod ${pod}`;
  if (lastedBeforeMs === undefined) return `${who} has not run for ${steadyMs / 1000} s yet`;
  const times = restarts === 1 ? 'once' : `${restarts} times`;
  return (
    `${who} was restarted ${times}, ended with ${endedWith ?? 'an unknown end'} after ` +
    `${Math.round(lastedBeforeMs / 1000)} s the last time, and has not run longer than that yet`
  );
}

/** The containers that ended since they were first seen ready, by the runs of then and of now. */
export function restartedSince(first: readonly ContainerRun[], now: readonly ContainerRun[]): string | undefined {
  const restartsThen = new Map(first.map((run) => [run.id.slice(0, run.id.lastIndexOf('/')), run.restarts]));
  const ended = now.find(
    ({ id, restarts }) => restarts > (restartsThen.get(id.slice(0, id.lastIndexOf('/'))) ?? restarts),
  );
  if (ended === undefined) return undefined;
  const why = ended.endedWith === undefined ? '' : `: it ended with ${ended.endedWith}`;
  return `container ${ended.container} of pod ${ended.pod} was restarted while it was verified${why}`;
}
