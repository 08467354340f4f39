import type { ContainerStatus, Pod } from '../cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import { hasCondition } from '../cluster/object-owners.ts';
import { isSidecar, podStatusText } from './pod-status-text.ts';

export type PodStateWord =
  'ready' | 'starting' | 'waiting-on-dependency' | 'blocked' | 'failing' | 'terminating' | 'finished';

/** Where a pod stands. `container`, `reason` and `message` tell what holds it up. */
export interface PodState {
  /** `blocked`: kubelet or the scheduler cannot start it; `failing`: it was started and ended badly. */
  readonly state: PodStateWord;
  /** The STATUS column of kubectl. */
  readonly text: string;
  readonly container?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Reasons with which kubelet refuses to start a container, as opposed to being busy with it. */
const refusals: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
  'ImageInspectError',
  'PreCreateHookError',
]);

const failures: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'RunContainerError',
  'PreStartHookError',
  'PostStartHookError',
]);

/** Held back on purpose, by who made the pod or by a queue, until that one removes its gate. */
export const schedulingGated = 'SchedulingGated';

/** Events about what must be there before the first container starts. */
const setupReasons: ReadonlySet<string> = new Set(['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);

/** `events` are those of the pod, oldest first; only they tell why a volume cannot be mounted. */
export function podState(pod: Pod, events: readonly KubernetesEvent[] = []): PodState {
  const isLeaving = pod.metadata.deletionTimestamp !== undefined;
  const isFinished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (!isLeaving && !isFinished && hasCondition(pod.status?.conditions, 'Ready')) return readyState(pod);
  const text = podStatusText(pod);
  if (isFinished) return { state: 'finished', text };
  if (isLeaving) return { state: 'terminating', text };
  return { text, ...heldUp(pod, events) };
}

function heldUp(pod: Pod, events: readonly KubernetesEvent[]): Told {
  return unscheduled(pod) ?? troubledContainer(pod) ?? setupFailure(pod, events) ?? patience(pod);
}

/** Most pods are, and of those nobody asks for the text. */
function readyState(pod: Pod): PodState {
  return {
    state: 'ready',
    get text() {
      return podStatusText(pod);
    },
  };
}

type Told = Omit<PodState, 'text'>;

function unscheduled(pod: Pod): Told | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition === undefined) return undefined;
  return {
    state: condition.reason === schedulingGated ? 'starting' : 'blocked',
    ...told(condition.reason, condition.message),
  };
}

function troubledContainer(pod: Pod): Told | undefined {
  const statuses = containerStatuses(pod);
  return firstTold(statuses, refused) ?? firstTold(statuses, failed);
}

/** Of a pod that something else holds up as well: the first container that was started and ended badly. */
export function failingState(pod: Pod): PodState | undefined {
  const found = firstTold(containerStatuses(pod), failed);
  return found && { text: podStatusText(pod), ...found };
}

function firstTold(
  statuses: readonly ContainerStatus[],
  tell: (status: ContainerStatus) => Told | undefined,
): Told | undefined {
  for (const status of statuses) {
    const answer = tell(status);
    if (answer) return { ...answer, container: status.name };
  }
  return undefined;
}

function refused({ state }: ContainerStatus): Told | undefined {
  const { reason = '', message } = state?.waiting ?? {};
  return refusals.has(reason) ? { state: 'blocked', ...told(reason, message) } : undefined;
}

function failed({ state }: ContainerStatus): Told | undefined {
  const { reason = '', message } = state?.waiting ?? {};
  if (failures.has(reason)) return { state: 'failing', ...told(reason, message) };
  const exitCode = state?.terminated?.exitCode ?? 0;
  return exitCode === 0
    ? undefined
    : { state: 'failing', ...told(state?.terminated?.reason, `exited with code ${exitCode}`) };
}

/** Events last an hour: they speak of a pod's present only while none of its containers was ever started. */
function setupFailure(pod: Pod, events: readonly KubernetesEvent[]): Told | undefined {
  if (containerStatuses(pod).some(({ state }) => state?.running ?? state?.terminated)) return undefined;
  const event = events.findLast(({ reason }) => setupReasons.has(reason ?? ''));
  return event ? { state: 'blocked', ...told(event.reason, event.message) } : undefined;
}

/** Of init containers first, in the order of the pod. */
export function containerStatuses({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** An init container that runs waits for something; everything else is on its way. */
function patience(pod: Pod): Told {
  const sidecars = new Set(pod.spec.initContainers?.filter(isSidecar).map(({ name }) => name));
  const running = pod.status?.initContainerStatuses?.find(
    ({ name, state }) => state?.running !== undefined && !sidecars.has(name),
  );
  if (running) return { state: 'waiting-on-dependency', container: running.name };
  const unready = pod.status?.containerStatuses?.find(({ ready, state }) => ready !== true && state?.running);
  return unready ? { state: 'starting', container: unready.name, reason: 'NotReady' } : { state: 'starting' };
}

function told(reason: string | undefined, message: string | undefined): { reason?: string; message?: string } {
  return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}
