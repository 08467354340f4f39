import type { Container, ContainerStatus, Pod, Terminated } from '../../cluster/kubernetes-pod.ts';
import { refText } from '../../cluster/kubernetes.ts';
import { containerStatuses } from '../../workloads/pod-state.ts';
import { howEnded, saidAtEnd } from './container-end.ts';
import { containerNamed, placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** A container that ends again and again: of memory, or of what it says last. */
export function crashTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found?.state.state !== 'failing') return undefined;
  const { pod, state } = found;
  const status = containerStatuses(pod).find(({ name }) => name === state.container);
  const ended = status?.state?.terminated ?? status?.lastState?.terminated;
  if (status === undefined) return undefined;
  return ended?.reason === 'OOMKilled'
    ? outOfMemory(troubled, pod, status)
    : crashing(troubled, pod, { status, ended });
}

function outOfMemory({ workload }: TroubledWorkload, pod: Pod, status: ContainerStatus): Trouble {
  const { ref } = workload;
  const limit = memoryLimit(containerNamed(pod, status.name));
  const limits = limit === undefined ? 'more memory than its node has' : `more memory than its limit of ${limit}`;
  return {
    code: 'container-out-of-memory',
    message: `${refText(ref)} is not ready: ${placeText(workload, pod, status.name)} was killed for taking ${limits}${restarts(status)}`,
    fix:
      ref.kind === 'Pod'
        ? `kubectl -n ${ref.namespace} describe pod ${ref.name}`
        : `kubectl -n ${ref.namespace} set resources ${ref.kind.toLowerCase()} ${ref.name} -c ${status.name} --limits=memory=AMOUNT`,
  };
}

function memoryLimit(container: Container | undefined): string | undefined {
  const limit = container?.resources?.limits?.memory;
  return limit === undefined ? undefined : `${limit}`;
}

function crashing(
  { workload, scene }: TroubledWorkload,
  pod: Pod,
  { status, ended }: { readonly status: ContainerStatus; readonly ended: Terminated | undefined },
): Trouble {
  const { namespace = '', name } = pod.metadata;
  const words = saidAtEnd(scene, pod, { name: status.name, ended });
  const refusal = words === undefined ? refusalText(status) : undefined;
  const told = refusal && scene.lastWords(namespace, refusal);
  return {
    code: 'container-crashing',
    message:
      `${refText(workload.ref)} is not ready: ${placeText(workload, pod, status.name)} ${endText(status, ended)}` +
      restarts(status) +
      (words === undefined ? '' : `; it says: ${words}`) +
      (told === undefined ? '' : `; its node says: ${told}`),
    fix: `kubectl -n ${namespace} logs ${name} -c ${status.name} --previous`,
  };
}

function endText({ state }: ContainerStatus, ended: Terminated | undefined): string {
  return ended === undefined ? `is ${state?.waiting?.reason ?? 'failing'}` : `ends ${howEnded(ended)}`;
}

/** What kept it from being started, or its hook from being run. Of one that ended, kubelet says how long it waits. */
function refusalText({ state }: ContainerStatus): string | undefined {
  return state?.waiting?.reason === 'CrashLoopBackOff' ? undefined : state?.waiting?.message;
}

function restarts({ restartCount = 0 }: ContainerStatus): string {
  return restartCount === 0 ? '' : `, after ${restartCount} restart${restartCount === 1 ? '' : 's'}`;
}
