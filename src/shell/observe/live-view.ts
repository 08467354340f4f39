import type { ClusterReader } from '../../cluster-ports.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { Clock } from '../../ports.ts';
import type { Scope } from '../session.ts';
import { refreshEvents } from './refresh-events.ts';
import { runningState } from './running-state.ts';

/** Younger than this, an answer is shared by those that wait for a change. */
const freshMs = 200;

/** Of a cluster that is asked only when an answer has aged, and by nobody while an answer is on its way. */
export type LiveView = (options?: {
  /** What was asked before this moment of the monotonic clock does not count. */
  readonly since?: number;
  /** What is older is read anew. */
  readonly maxAgeMs?: number;
}) => Promise<Snapshot>;

/** The running state of the cluster, read anew as it ages: workloads and pods, on top of one full snapshot. */
export function createLiveView(
  { cluster, scope, clock }: { readonly cluster: ClusterReader; readonly scope: Scope; readonly clock: Clock },
  first: Snapshot,
): LiveView {
  let latest: Look = { begun: clock.monotonic(), seen: Promise.resolve(first), ended: clock.monotonic() };
  return ({ since = -Infinity, maxAgeMs = freshMs } = {}) => {
    const { begun, ended } = latest;
    const isFresh = ended === undefined || clock.monotonic() - ended < maxAgeMs;
    if (!isFresh || begun < since) {
      const look: Look = { begun: clock.monotonic(), seen: refreshed(cluster, scope, first), ended: undefined };
      latest = look;
      void look.seen.finally(() => (look.ended = clock.monotonic())).catch(() => undefined);
    }
    return latest.seen;
  };
}

interface Look {
  readonly begun: number;
  readonly seen: Promise<Snapshot>;
  /** Undefined while it is under way. */
  ended: number | undefined;
}

async function refreshed(cluster: ClusterReader, scope: Scope, first: Snapshot): Promise<Snapshot> {
  return refreshEvents(cluster, scope, { ...first, ...(await runningState(cluster, scope)) });
}
