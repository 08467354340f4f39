import type { ClusterProbe, ClusterReader } from '../../cluster-ports.ts';
import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import { refId } from '../../core/cluster/kubernetes.ts';
import type { Unreadable } from '../../core/cluster/observed.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { Stack } from '../../core/stack/stack.ts';
import type { PlannedCheck } from '../../core/verify/checks.ts';
import type { LikelyCause } from '../../core/verify/verify-report.ts';
import { podState } from '../../core/workloads/pod-state.ts';
import { workloads, type Workload } from '../../core/workloads/workloads.ts';
import type { LiveView } from '../observe/live-view.ts';

/** What one try of a check gave. */
export interface Attempt {
  readonly outcome: 'pass' | 'fail' | 'unreadable';
  readonly detail: string;
  /** Whether another try can end differently. */
  readonly canHeal: boolean;
  readonly likely?: LikelyCause;
}

export interface CheckWorld {
  readonly cluster: ClusterReader & ClusterProbe;
  readonly stack: Stack | undefined;
  readonly view: LiveView;
}

export type CheckOf<K extends PlannedCheck['kind']> = Extract<PlannedCheck, { kind: K }>;

export function pass(detail: string): Attempt {
  return { outcome: 'pass', detail, canHeal: false };
}

export function fail(detail: string, canHeal = true): Attempt {
  return { outcome: 'fail', detail, canHeal };
}

/** A right that is missing stays missing; a server that does not answer may come back. */
export function notRead({ cause, reason }: Pick<Unreadable, 'cause' | 'reason'>): Attempt {
  return { outcome: 'unreadable', detail: reason, canHeal: cause !== 'forbidden' && cause !== 'unauthorized' };
}

export function workloadOf(snapshot: Snapshot, { object }: PlannedCheck): Workload | undefined {
  return workloads(snapshot).find(({ ref }) => refId(ref) === refId(object));
}

export function readyPod(snapshot: Snapshot, check: PlannedCheck): Pod | undefined {
  return workloadOf(snapshot, check)?.pods.find((pod) => podState(pod).state === 'ready');
}

/** The container that serves a port, as far as the pod tells. */
export function servingContainer({ spec }: Pod, port: number): string {
  const serving = spec.containers.find(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port));
  return (serving ?? spec.containers[0])?.name ?? '';
}
