import type { Container } from '../cluster/kubernetes-pod.ts';
import { refId, type ConfigMap, type ObjectRef } from '../cluster/kubernetes.ts';
import { serviceTargets } from '../cluster/service-targets.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { namedServices, waitedForHosts } from '../workloads/init-waits.ts';
import type { Workload } from '../workloads/workloads.ts';
import { environment } from './environment.ts';

/** One workload that seems to need another, and what says so. */
export interface DependencyGuess {
  readonly from: ObjectRef;
  readonly on: ObjectRef;
  readonly why: string;
}

/** Variables of which the value as a whole may be the name of a Service. */
const hostVariable = /(HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|SERVICE|UPSTREAM|BROKERS?)$/i;

/**
 * What waits in init containers, and what environments name. Free of cycles: two Services that call each other name
 * each other, and neither has to be up first; what waits is believed before what names.
 */
export function guessDependencies(
  snapshot: Snapshot,
  found: readonly Workload[],
  configMaps: readonly ConfigMap[],
): readonly DependencyGuess[] {
  const targetsOf = serviceTargets(snapshot.services.items, found);
  const waits = found.flatMap((workload) =>
    waitedForHosts(workload.podSpec, workload.ref.namespace).flatMap((host) =>
      targetsOf(host).map((on) => ({ from: workload.ref, on, why: `an init container waits for ${host.name}` })),
    ),
  );
  const names = found.flatMap((workload) =>
    namedIn(workload, configMaps).flatMap(({ host, why }) =>
      targetsOf(host).map((on) => ({ from: workload.ref, on, why })),
    ),
  );
  return withoutCycles(distinct([...waits, ...names].filter(({ from, on }) => refId(from) !== refId(on))));
}

interface NamedHost {
  readonly host: { readonly namespace: string; readonly name: string };
  readonly why: string;
}

function namedIn({ podSpec, ref }: Workload, configMaps: readonly ConfigMap[]): NamedHost[] {
  const containers: readonly Container[] = [...(podSpec.initContainers ?? []), ...podSpec.containers];
  return containers.flatMap((container) =>
    [...environment(container, ref.namespace, configMaps)].flatMap(([name, source]) => {
      if (source.from !== 'text') return [];
      const hosts = namedServices(source.text, ref.namespace, hostVariable.test(name));
      return hosts.map((host) => ({ host, why: `variable ${name} names ${host.name}` }));
    }),
  );
}

function distinct(guesses: readonly DependencyGuess[]): DependencyGuess[] {
  const byEdge = new Map<string, DependencyGuess>();
  for (const guess of guesses) {
    const id = `${refId(guess.from)} ${refId(guess.on)}`;
    if (!byEdge.has(id)) byEdge.set(id, guess);
  }
  return [...byEdge.values()];
}

function withoutCycles(guesses: readonly DependencyGuess[]): DependencyGuess[] {
  const edges = new Map<string, Set<string>>();
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(edges.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  return guesses.filter(({ from, on }) => {
    if (reaches(refId(on), refId(from), new Set())) return false;
    edges.set(refId(from), (edges.get(refId(from)) ?? new Set()).add(refId(on)));
    return true;
  });
}
