import { apiTime } from '../api/api-time.ts';
import type { ExitReason } from '../programs/program.ts';
import type { NodeContainer, NodePod, PodCondition, PodStatus } from './kubelet-pod.ts';

export interface Terminated {
  readonly exitCode: number;
  readonly reason?: ExitReason | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** What a node knows of one container. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: Date }
  | ({ readonly kind: 'terminated' } & Terminated);

export interface ContainerRecord {
  readonly spec: NodeContainer;
  state: ContainerState;
  lastTerminated: Terminated | undefined;
  restartCount: number;
  isReady: boolean;
}

export interface PodRecord {
  readonly init: readonly ContainerRecord[];
  readonly main: readonly ContainerRecord[];
  readonly startTime: Date;
  readonly podIP: string | undefined;
  readonly now: Date;
}

/** Init containers with this policy are sidecars: they run beside the others. */
export function isSidecar({ spec }: ContainerRecord): boolean {
  return spec.restartPolicy === 'Always';
}

export function isInitialised(record: ContainerRecord): boolean {
  return isSidecar(record)
    ? record.state.kind === 'running'
    : record.state.kind === 'terminated' && record.state.exitCode === 0;
}

/** The status that the node reports for a pod. */
export function podStatus(pod: NodePod, record: PodRecord): PodStatus {
  const { init, main, startTime, podIP } = record;
  return {
    ...pod.status,
    phase: phaseOf(pod, record),
    conditions: conditionsOf(pod, record),
    hostIP: '10.250.0.1',
    hostIPs: [{ ip: '10.250.0.1' }],
    ...(podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: apiTime(startTime),
    ...(init.length > 0 && { initContainerStatuses: init.map(statusOf) }),
    containerStatuses: main.map(statusOf),
  };
}

function phaseOf(pod: NodePod, { init, main }: PodRecord): string {
  if (!init.every(isInitialised)) {
    const hasFailed = init.some(({ state }) => state.kind === 'terminated' && state.exitCode !== 0);
    return hasFailed && pod.spec.restartPolicy === 'Never' ? 'Failed' : 'Pending';
  }
  const restarts = pod.spec.restartPolicy ?? 'Always';
  const hasEnded = main.every(({ state }) => state.kind === 'terminated');
  const hasSucceeded = main.every(({ state }) => state.kind === 'terminated' && state.exitCode === 0);
  if (hasEnded && hasSucceeded && restarts !== 'Always') {
    return 'Succeeded';
  }
  if (hasEnded && restarts === 'Never') {
    return 'Failed';
  }
  // A container that never ran keeps the whole pod Pending, whatever runs beside it.
  return main.every(hasStarted) ? 'Running' : 'Pending';
}

function hasStarted({ state, lastTerminated }: ContainerRecord): boolean {
  return state.kind !== 'waiting' || lastTerminated !== undefined;
}

function conditionsOf(pod: NodePod, record: PodRecord): PodCondition[] {
  const { init, main, podIP } = record;
  const completed = ['Succeeded', 'Failed'].includes(phaseOf(pod, record));
  const incomplete = names(init.filter((container) => !isInitialised(container)));
  const unready = names(main.filter(({ isReady }) => !isReady));
  const initialised: Claim = incomplete
    ? {
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: ${incomplete}`,
      }
    : { status: 'True', ...(completed && { reason: 'PodCompleted' }) };
  const ready = readyClaim(unready, completed);
  return [
    condition(pod, record, 'PodReadyToStartContainers', {
      status: podIP !== undefined && !completed ? 'True' : 'False',
    }),
    condition(pod, record, 'Initialized', initialised),
    condition(pod, record, 'Ready', ready.status === 'True' ? gateClaim(pod) : ready),
    condition(pod, record, 'ContainersReady', ready),
    condition(pod, record, 'PodScheduled', { status: 'True' }),
  ];
}

type Claim = Pick<PodCondition, 'status' | 'reason' | 'message'>;

/** Beside its containers, what somebody else is to say of a pod. */
function gateClaim({ spec, status }: NodePod): Claim {
  const closed = (spec.readinessGates ?? []).find(
    (gate) => status?.conditions?.find(({ type }) => type === gate.conditionType)?.status !== 'True',
  );
  if (closed === undefined) return { status: 'True' };
  const message = `corresponding condition of pod readiness gate "${closed.conditionType}" does not exist.`;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message };
}

function readyClaim(unready: string, completed: boolean): Claim {
  if (completed) {
    return { status: 'False', reason: 'PodCompleted' };
  }
  return unready
    ? { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${unready}` }
    : { status: 'True' };
}

function names(records: readonly ContainerRecord[]): string {
  return records.length === 0 ? '' : `[${records.map(({ spec }) => spec.name).join(' ')}]`;
}

function condition(pod: NodePod, { now }: PodRecord, type: string, claim: Claim): PodCondition {
  const before = pod.status?.conditions?.find((each) => each.type === type);
  return {
    type,
    ...claim,
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
    lastTransitionTime:
      before?.status === claim.status && before.lastTransitionTime ? before.lastTransitionTime : apiTime(now),
  };
}

function statusOf(record: ContainerRecord): object {
  const { spec, state, restartCount, isReady, lastTerminated } = record;
  return {
    name: spec.name,
    image: spec.image ?? '',
    imageID: '',
    ready: isReady,
    started: state.kind === 'running',
    restartCount,
    state: stateOf(state),
    lastState: lastTerminated ? stateOf({ kind: 'terminated', ...lastTerminated }) : {},
  };
}

function stateOf(state: ContainerState): object {
  switch (state.kind) {
    case 'waiting':
      return { waiting: { reason: state.reason, ...(state.message !== undefined && { message: state.message }) } };
    case 'running':
      return { running: { startedAt: apiTime(state.startedAt) } };
    case 'terminated': {
      const { exitCode, startedAt, finishedAt } = state;
      const reason = state.reason ?? (exitCode === 0 ? 'Completed' : 'Error');
      return { terminated: { exitCode, reason, startedAt: apiTime(startedAt), finishedAt: apiTime(finishedAt) } };
    }
  }
}
