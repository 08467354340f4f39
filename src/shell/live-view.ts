import type { Listed, Resource } from '../core/kubernetes.ts';
import type { Listing, Snapshot } from '../core/snapshot.ts';
import type { ClusterReader } from '../cluster-ports.ts';
import type { Clock } from '../ports.ts';
import { listEverywhere } from './observe.ts';
import { refreshEvents } from './refresh-events.ts';
import type { Scope } from './session.ts';

/** Younger than this, an answer is shared by all who wait at the same time. */
const freshMs = 200;

/** The running state of the cluster, read anew as it ages: workloads and pods, on top of one full snapshot. */
export function createLiveView(
  { cluster, scope, clock }: { readonly cluster: ClusterReader; readonly scope: Scope; readonly clock: Clock },
  first: Snapshot,
): () => Promise<Snapshot> {
  let latest = Promise.resolve(first);
  let readAt = clock.monotonic();
  return () => {
    if (clock.monotonic() - readAt >= freshMs) {
      readAt = clock.monotonic();
      latest = refreshed(cluster, scope, first);
    }
    return latest;
  };
}

async function refreshed(cluster: ClusterReader, scope: Scope, first: Snapshot): Promise<Snapshot> {
  const list = <R extends Resource>(resource: R): Promise<Listing<Listed[R]>> =>
    listEverywhere(resource, scope, (namespace) => cluster.list(resource, namespace));
  const [pods, deployments, statefulSets, daemonSets, replicaSets] = await Promise.all([
    list('pods'),
    list('deployments'),
    list('statefulsets'),
    list('daemonsets'),
    list('replicasets'),
  ]);
  const seen = { ...first, pods, deployments, statefulSets, daemonSets, replicaSets };
  return refreshEvents(cluster, scope, seen);
}
