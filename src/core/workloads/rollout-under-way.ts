import type { Pod } from '../cluster/kubernetes-pod.ts';
import { isBelowPartition } from './partition.ts';
import { isRollable, rolloutState } from './rollout.ts';
import type { Workload } from './workloads.ts';

/** On a template whose pods were restarted, by `kubectl rollout restart` too. */
export const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt';

/** Whether a new pod in its place would have another template, which its controller brings by itself or at its end. */
export function isBehindTemplate(workload: Workload, pod: Pod): boolean {
  if (workload.type !== 'StatefulSet' || isBelowPartition(workload, pod)) return false;
  const { spec, status } = workload.object;
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  if (revision === undefined || status?.updateRevision === undefined) return false;
  return revision !== status.updateRevision && spec.updateStrategy?.type !== 'OnDelete';
}

/**
 * Whether a pod that runs is about to be renewed by a rollout that was begun: another restart would renew once more
 * what the first one has brought already. Pods of a Deployment's earlier template are not looked at anyway.
 */
export function isBeingRenewed(workload: Workload, pod: Pod): boolean {
  if (workload.type === 'StatefulSet') return isBehindTemplate(workload, pod);
  if (workload.type !== 'DaemonSet' || workload.object.spec.updateStrategy?.type === 'OnDelete') return false;
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = workload.object.status ?? {};
  return rolloutState(workload).state === 'progressing' && updatedNumberScheduled < desiredNumberScheduled;
}

/** When somebody last had a workload restarted, as its template says. */
export function restartedAt(workload: Workload | undefined): string | undefined {
  if (workload === undefined || !isRollable(workload)) return undefined;
  return workload.object.spec.template.metadata?.annotations?.[restartedAtAnnotation];
}

/** How far a restart is that somebody began and nobody saw end; undefined where there is none. */
export function restartUnderWay(workload: Workload): string | undefined {
  if (!isRollable(workload)) return undefined;
  const { state, detail } = rolloutState(workload);
  return restartedAt(workload) !== undefined && state === 'progressing' ? detail : undefined;
}
