import type { Snapshot } from '../core/snapshot.ts';
import type { Stack } from '../core/stack.ts';
import type { ClusterReader } from '../ports.ts';
import { readNamedSecrets } from './read-named-secrets.ts';

/** Reads what only a first look can tell to be needed. Of a healthy cluster that may be listed this is nothing. */
export async function lookCloser(
  cluster: ClusterReader,
  snapshot: Snapshot,
  stack: Stack | undefined,
): Promise<Snapshot> {
  return { ...snapshot, secrets: await readNamedSecrets(cluster, snapshot, stack) };
}
