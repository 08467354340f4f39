import type { EndpointSlice } from '../cluster/kubernetes.ts';
import { count } from '../list-text.ts';

export interface EndpointsJudgement {
  readonly isEnough: boolean;
  readonly detail: string;
}

/** Whether a Service leads to enough ready pods, by its slices. */
export function judgeEndpoints(
  { service, min }: { readonly service: string; readonly min: number },
  slices: readonly EndpointSlice[],
): EndpointsJudgement {
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  const endpoints = own.flatMap(({ endpoints: listed = [] }) => listed);
  // The API wants what it does not know to be taken as ready.
  const ready = endpoints.filter(({ conditions }) => conditions?.ready ?? true).length;
  if (endpoints.length === 0) return { isEnough: false, detail: 'has no endpoints: no running pod fits its selector' };
  const isEnough = ready >= min;
  const missing = isEnough ? '' : ` where ${min} must be`;
  return { isEnough, detail: `${ready} of ${count(endpoints.length, 'endpoint')} ready${missing}` };
}
