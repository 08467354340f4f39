import type { Container, ContainerStatus, KubernetesEvent, Pod } from './kubernetes.ts';
import { hasCondition } from './object-owners.ts';

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

/** `events` are those of the pod; only they tell why a volume cannot be mounted. */
export function podState(pod: Pod, events: readonly KubernetesEvent[] = []): PodState {
  const text = podStatusText(pod);
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return { state: 'finished', text };
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'terminating', text };
  if (hasCondition(pod.status?.conditions, 'Ready')) return { state: 'ready', text };
  return { text, ...(unscheduled(pod) ?? troubledContainer(pod) ?? mountFailure(events) ?? patience(pod)) };
}

type Told = Omit<PodState, 'text'>;

function unscheduled(pod: Pod): Told | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition === undefined) return undefined;
  return { state: 'blocked', ...told(condition.reason, condition.message) };
}

function troubledContainer(pod: Pod): Told | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return firstTold(statuses, refused) ?? firstTold(statuses, failed);
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

function mountFailure(events: readonly KubernetesEvent[]): Told | undefined {
  const event = events.findLast(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume');
  return event ? { state: 'blocked', ...told(event.reason, event.message) } : undefined;
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

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** kubectl's STATUS column. The order of the tests is kubectl's own. */
function podStatusText(pod: Pod): string {
  const { metadata, status = {} } = pod;
  if (metadata.deletionTimestamp !== undefined && status.reason === 'NodeLost') return 'Unknown';
  if (metadata.deletionTimestamp !== undefined && !isTerminal(status.phase)) return 'Terminating';

  const gated = status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const start = gated === true ? 'SchedulingGated' : (status.reason ?? status.phase ?? 'Unknown');
  const init = initText(pod);
  if (init !== undefined && !hasCondition(status.conditions, 'Initialized')) return init;
  return mainText(pod, init ?? start);
}

function isTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** The first init container that is neither over nor a started sidecar decides; undefined when there is none. */
function initText(pod: Pod): string | undefined {
  const specs = new Map(pod.spec.initContainers?.map((container) => [container.name, container]));
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { state = {}, started } = status;
    if (state.terminated?.exitCode === 0) continue;
    const spec = specs.get(status.name);
    if (spec && isSidecar(spec) && started === true) continue;
    if (state.terminated) return `Init:${endText(state.terminated)}`;
    const reason = state.waiting?.reason ?? '';
    return reason === '' || reason === 'PodInitializing' ? `Init:${index}/${specs.size}` : `Init:${reason}`;
  }
  return undefined;
}

function mainText(pod: Pod, start: string): string {
  const statuses = pod.status?.containerStatuses ?? [];
  const reasons = statuses.flatMap(({ state = {} }) => {
    if (state.waiting?.reason) return [state.waiting.reason];
    return state.terminated ? [endText(state.terminated)] : [];
  });
  const text = reasons[0] ?? start;
  const hasRunning = statuses.some(({ ready, state }) => ready === true && state?.running !== undefined);
  if (text !== 'Completed' || !hasRunning) return text;
  return hasCondition(pod.status?.conditions, 'Ready') ? 'Running' : 'NotReady';
}

function endText({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode?: number }): string {
  if (reason !== undefined && reason !== '') return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}
