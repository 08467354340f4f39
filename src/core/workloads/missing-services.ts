import type { Snapshot } from '../cluster/snapshot.ts';
import { waitedForHosts } from './init-waits.ts';
import type { Workload } from './workloads.ts';

/** Names of the Services that a workload's init containers wait for and that are not there, as far as one could look. */
export function missingServices({ services, namespaces }: Snapshot, { podSpec, ref }: Workload): string[] {
  if (services.gaps.length > 0) return [];
  const there = new Set(services.items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  const missing = waitedForHosts(podSpec, ref.namespace).filter(
    ({ namespace, name }) => namespaces.includes(namespace) && !there.has(`${namespace}/${name}`),
  );
  return [...new Set(missing.map(({ name }) => name))];
}
