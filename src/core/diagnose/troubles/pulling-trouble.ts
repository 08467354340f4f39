import { refText } from '../../cluster/kubernetes.ts';
import { utcText } from '../../utc-text.ts';
import { timeOf } from '../../workloads/readiness.ts';
import { describePod, placeText, troubledPod, type Trouble, type TroubledWorkload } from './trouble.ts';

/**
 * A node that has begun to fetch an image and has told no end of it: a registry that hangs is given up after minutes
 * only, and until then no status says anything.
 */
export function pullingTrouble(troubled: TroubledWorkload): Trouble | undefined {
  const found = troubledPod(troubled);
  if (found?.state.state !== 'starting' || found.state.reason !== undefined) return undefined;
  const { scene, workload } = troubled;
  const { pod } = found;
  const event = scene.events.get(pod.metadata.uid ?? '')?.at(-1);
  const image = event?.reason === 'Pulling' ? /^Pulling image "([^"]+)"/.exec(event.message ?? '')?.[1] : undefined;
  if (event === undefined || image === undefined) return undefined;
  return {
    code: 'workload-not-ready',
    message: `${refText(workload.ref)} is not ready: ${placeText(workload, pod, undefined)} waits for image ${image}, which its node has been pulling since ${utcText(timeOf(event))}`,
    fix: describePod(pod),
  };
}
