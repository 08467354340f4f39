import { asPod, isFinished } from '../kubelet/kubelet-pod.ts';
import type { ControlPlane } from './control-plane.ts';

/** Until a controller tries again to create a pod that was refused. */
export const refusedRetryMs = 5000;

interface QuotaSpec {
  readonly hard?: Readonly<Record<string, string | number>>;
}

/** Why the API server would not take one more pod, in its words. Of what a quota limits the sandbox counts pods alone. */
export function quotaRefusal(plane: ControlPlane, namespace: string, pod: string): string | undefined {
  const used = plane.store.list('pods', namespace).filter((each) => !isFinished(asPod(each))).length;
  for (const { metadata, spec } of plane.store.list('resourcequotas', namespace)) {
    const hard = (spec as QuotaSpec | undefined)?.hard?.['pods'];
    if (hard !== undefined && used >= Number(hard)) {
      const amounts = `requested: pods=1, used: pods=${used}, limited: pods=${hard}`;
      return `pods "${pod}" is forbidden: exceeded quota: ${metadata.name}, ${amounts}`;
    }
  }
  return undefined;
}
