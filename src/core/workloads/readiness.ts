import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { count, shareText } from '../list-text.ts';
import { oncePer, oncePerPair } from '../once-per.ts';
import { replicasBefore } from './cut-off-restart.ts';
import { podState, type PodState } from './pod-state.ts';
import type { Workload } from './workloads.ts';

/** Whether a workload does its work, and if not, the pod that shows best why. */
export interface Readiness {
  readonly isReady: boolean;
  /** In counts: `0 of 2 pods are ready`. */
  readonly detail: string;
  readonly worst?: SeenPod;
}

interface SeenPod {
  readonly pod: string;
  readonly state: PodState;
}

/** Events by the uid of the pod they are about, oldest first: warnings, and the course of pulls. */
export type PodEvents = ReadonlyMap<string, readonly KubernetesEvent[]>;

const pulls: ReadonlySet<string> = new Set(['Pulling', 'Pulled']);

export function podEvents({ events }: Pick<Snapshot, 'events'>): PodEvents {
  return eventsByPod(events);
}

const eventsByPod = oncePer(({ items }: Snapshot['events']): PodEvents => {
  const byPod = new Map<string, KubernetesEvent[]>();
  for (const event of items) {
    const { kind, uid } = event.involvedObject;
    if (kind !== 'Pod' || uid === undefined) continue;
    if (event.type !== 'Warning' && !pulls.has(event.reason ?? '')) continue;
    const list = byPod.get(uid);
    if (list) list.push(event);
    else byPod.set(uid, [event]);
  }
  for (const list of byPod.values()) list.sort(byTime);
  return byPod;
});

export function byTime(left: KubernetesEvent, right: KubernetesEvent): number {
  return timeOf(left) < timeOf(right) ? -1 : 1;
}

export function timeOf(event: KubernetesEvent): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
}

const noEvents: PodEvents = new Map();

export const readiness = oncePerPair((workload: Workload, events: PodEvents = noEvents): Readiness => {
  const before = replicasBefore(workload.ref.kind, workload.object.metadata, workload.replicas);
  if (before !== undefined) {
    return { isReady: false, detail: `is scaled to 0 by a restart that did not end, and had ${count(before, 'pod')}` };
  }
  const seen = workload.pods.map((pod) => ({
    pod: pod.metadata.name,
    state: podState(pod, events.get(pod.metadata.uid ?? '')),
  }));
  const [ready, wanted] = counts(workload, seen);
  const worst = worstPod(seen);
  const hurts = worst !== undefined && (worst.state.state === 'blocked' || worst.state.state === 'failing');
  const isReady = ready >= wanted && !hurts;
  return { isReady, detail: countText(workload, ready, wanted), ...(worst && !isReady ? { worst } : {}) };
});

function countText(workload: Workload, ready: number, wanted: number): string {
  if (wanted > 0) return workload.type === 'Job' ? 'is running' : `${shareText(ready, wanted, 'pod')} ready`;
  switch (workload.type) {
    case 'CronJob':
      return workload.object.spec.suspend === true ? 'is suspended' : 'runs on its schedule';
    case 'Job':
      return 'is suspended';
    case 'DaemonSet':
      return 'no node matches';
    case 'Deployment':
    case 'StatefulSet':
    case 'Other':
      return 'is scaled to 0';
  }
}

/** How many pods are ready and should be. A Job is judged by its pods alone: one that runs is as it should be. */
function counts(workload: Workload, seen: readonly SeenPod[]): [ready: number, wanted: number] {
  const wanted = workload.replicas;
  switch (workload.type) {
    case 'Deployment':
    case 'StatefulSet':
      return [workload.object.status?.readyReplicas ?? 0, wanted];
    case 'DaemonSet':
      return [workload.object.status?.numberReady ?? 0, wanted];
    case 'Job':
    case 'CronJob':
      return [wanted, wanted];
    case 'Other':
      return [seen.filter(({ state }) => state.state === 'ready').length, wanted];
  }
}

const weight: Record<PodState['state'], number> = {
  blocked: 0,
  failing: 1,
  starting: 2,
  'waiting-on-dependency': 3,
  ready: 4,
  terminating: 5,
  finished: 6,
};

function worstPod(seen: readonly SeenPod[]): SeenPod | undefined {
  let worst: SeenPod | undefined;
  for (const each of seen) {
    const { state } = each.state;
    if (state === 'ready' || (worst && weight[worst.state.state] <= weight[state])) continue;
    worst = each;
  }
  return worst;
}
