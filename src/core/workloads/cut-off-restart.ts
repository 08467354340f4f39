import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';

/** How many pods a workload had that is scaled to 0 for a moment: a run that is killed then is ended by the next. */
export const replicasAnnotation = 'c2l.dev/replicas-before-restart';

/** How many pods a workload had before a restart that scaled it to 0 and was cut off; undefined of every other. */
export function replicasBefore(kind: string, { annotations }: ObjectMeta, replicas: number): number | undefined {
  if ((kind !== 'Deployment' && kind !== 'StatefulSet') || replicas !== 0) return undefined;
  const before = Number(annotations?.[replicasAnnotation]);
  return Number.isInteger(before) && before > 0 ? before : undefined;
}
