import type { Container, ContainerStatus, Pod } from '../cluster/kubernetes-pod.ts';
import { hasCondition } from '../cluster/object-owners.ts';

/** The STATUS column of kubectl. The order of the tests is kubectl's own. */
export function podStatusText(pod: Pod): string {
  const { metadata, status = {} } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  const init = initText(pod);
  if (init !== undefined && !hasCondition(status.conditions, 'Initialized')) return init;
  return mainText(pod, init ?? startText(pod));
}

function startText({ status = {} }: Pod): string {
  const isGated = status.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated === true ? 'SchedulingGated' : status.reason || (status.phase ?? 'Unknown');
}

/** The first init container that is neither over nor a started sidecar decides; undefined where there is none. */
function initText(pod: Pod): string | undefined {
  const specs = pod.spec.initContainers ?? [];
  const sidecars = new Set(specs.filter(isSidecar).map(({ name }) => name));
  const statuses = pod.status?.initContainerStatuses ?? [];
  const index = statuses.findIndex(
    ({ name, state, started }) => state?.terminated?.exitCode !== 0 && !(started === true && sidecars.has(name)),
  );
  const state = statuses[index]?.state ?? {};
  if (index < 0) return undefined;
  if (state.terminated) return `Init:${endText(state.terminated)}`;
  const { reason = '' } = state.waiting ?? {};
  return reason === '' || reason === 'PodInitializing' ? `Init:${index}/${specs.length}` : `Init:${reason}`;
}

export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** Of several main containers that do not run, the first decides. */
function mainText(pod: Pod, start: string): string {
  const statuses = pod.status?.containerStatuses ?? [];
  const [text = start] = statuses.flatMap(stoppedText);
  const hasRunning = statuses.some(({ ready, state }) => ready === true && state?.running !== undefined);
  if (text !== 'Completed' || !hasRunning) return text;
  return hasCondition(pod.status?.conditions, 'Ready') ? 'Running' : 'NotReady';
}

function stoppedText({ state = {} }: ContainerStatus): string[] {
  if (state.waiting?.reason) return [state.waiting.reason];
  return state.terminated ? [endText(state.terminated)] : [];
}

function endText({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode?: number }): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}
