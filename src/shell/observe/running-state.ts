import type { ClusterReader } from '../../cluster-ports.ts';
import type { Listed, Resource } from '../../core/cluster/kubernetes.ts';
import type { Listing, Snapshot } from '../../core/cluster/snapshot.ts';
import type { Scope } from '../session.ts';
import { listEverywhere } from './observe.ts';

/** What moves while components start. */
export type RunningState = Pick<Snapshot, 'pods' | 'deployments' | 'statefulSets' | 'daemonSets' | 'replicaSets'>;

export async function runningState(
  cluster: ClusterReader,
  scope: Pick<Scope, 'all' | 'namespaces'>,
): Promise<RunningState> {
  const list = <R extends Resource>(resource: R): Promise<Listing<Listed[R]>> =>
    listEverywhere(resource, scope, (namespace) => cluster.list(resource, namespace));
  const [pods, deployments, statefulSets, daemonSets, replicaSets] = await Promise.all([
    list('pods'),
    list('deployments'),
    list('statefulsets'),
    list('daemonsets'),
    list('replicasets'),
  ]);
  return { pods, deployments, statefulSets, daemonSets, replicaSets };
}
