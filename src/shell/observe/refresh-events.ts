import type { ClusterReader } from '../../cluster-ports.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { isToldByEvents } from '../../core/workloads/creation-refusals.ts';
import type { Scope } from '../session.ts';
import { listEverywhere } from './observe.ts';

/** Events are many: they are read anew only where nothing else could tell why pods are not even made. */
export async function refreshEvents(cluster: ClusterReader, scope: Scope, snapshot: Snapshot): Promise<Snapshot> {
  if (!isToldByEvents(snapshot)) return snapshot;
  const events = await listEverywhere('events', scope, (namespace) => cluster.list('events', namespace));
  return events.gaps.length > 0 ? snapshot : { ...snapshot, events };
}
