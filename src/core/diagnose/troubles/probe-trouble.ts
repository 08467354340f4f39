import type { Pod } from '../../cluster/kubernetes-pod.ts';
import { refText } from '../../cluster/kubernetes.ts';
import { placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/** A container that runs and does not pass its probe, with what the probe got. */
export function probeTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found?.state.state !== 'starting' || found.state.reason !== 'NotReady') return undefined;
  const { ref } = troubled.workload;
  const { pod, state } = found;
  const failure = probeFailure(troubled, pod);
  if (failure === undefined) return undefined;
  const container = state.container ?? '';
  return {
    code: 'readiness-probe-failing',
    message: `${refText(ref)} is not ready: ${placeText(troubled.workload, pod, container)} runs and does not pass its ${failure}`,
    fix: `kubectl -n ${ref.namespace} logs ${pod.metadata.name} -c ${container}`,
  };
}

/** `readiness probe: HTTP probe failed with statuscode: 503`. What a program answers may hold anything. */
function probeFailure({ scene, workload }: TroubledWorkload, { metadata }: Pod): string | undefined {
  const event = scene.events.get(metadata.uid ?? '')?.findLast(({ reason }) => reason === 'Unhealthy');
  const told = /^(Readiness|Startup) probe (?:failed|errored): ?(.*)/s.exec(event?.message ?? '');
  if (told === null) return undefined;
  const [, probe = '', answer = ''] = told;
  const [said = ''] = scene.redact(workload.ref.namespace, answer).trim().split('\n');
  return `${probe.toLowerCase()} probe${said === '' ? '' : `: ${said}`}`;
}
