import type { Workload } from '../workloads/workloads.ts';
import type { ObjectRef, Service } from './kubernetes.ts';

/** A name in the cluster's DNS, taken apart. */
export interface ServiceHost {
  readonly namespace: string;
  readonly name: string;
}

/** Resolves the host of a Service to the workloads whose pods it selects. */
export function serviceTargets(
  services: readonly Service[],
  found: readonly Workload[],
): (host: ServiceHost) => readonly ObjectRef[] {
  const byName = new Map(
    services.map((service) => [`${service.metadata.namespace ?? ''}/${service.metadata.name}`, service]),
  );
  const selecting = new Set(services.flatMap(({ spec }) => Object.keys(spec?.selector ?? {})));
  const byLabel = new Map<string, Workload[]>();
  for (const workload of found) {
    for (const label of selecting) {
      const value = workload.labels[label];
      if (value === undefined) continue;
      const id = `${workload.ref.namespace}/${label}=${value}`;
      const list = byLabel.get(id);
      if (list) list.push(workload);
      else byLabel.set(id, [workload]);
    }
  }

  return ({ namespace, name }) => {
    const selector = Object.entries(byName.get(`${namespace}/${name}`)?.spec?.selector ?? {});
    const candidates = selector.map(([label, value]) => byLabel.get(`${namespace}/${label}=${value}`) ?? []);
    const fewest = candidates.reduce((least, list) => (list.length < least.length ? list : least), candidates[0] ?? []);
    return fewest
      .filter(({ labels }) => selector.every(([label, value]) => labels[label] === value))
      .map(({ ref }) => ref);
  };
}
