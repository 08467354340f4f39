import type { KubeObject } from './worlds.ts';

/** What pods show of the troubles of a `RightsShop`. */
export const troubleSigns: readonly (readonly [string, (pods: readonly KubeObject[]) => boolean])[] = [
  ['a ConfigMap that is not there', shows(/not found/)],
  ['a claim that is not bound', shows(/persistentvolumeclaim/i)],
  ['a gate that nobody opens', shows(/readiness gate/)],
  ['a container that is left alone for a while after its ends', (pods) => pods.some(isLeftAlone)],
];

function shows(sign: RegExp): (pods: readonly KubeObject[]) => boolean {
  return (pods) => sign.test(JSON.stringify(pods));
}

/**
 * From its third end on for twenty seconds and more. kubelet shows it as ended until just before it begins it anew, and
 * only then as CrashLoopBackOff: whoever waits for that word finds a container that runs.
 */
function isLeftAlone({ status }: KubeObject): boolean {
  type Status = { restartCount: number; state?: { running?: object } };
  const statuses = (status as { containerStatuses?: Status[] } | undefined)?.containerStatuses ?? [];
  return statuses.some(({ restartCount, state }) => restartCount >= 2 && state?.running === undefined);
}
