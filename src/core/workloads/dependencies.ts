import { acyclic, usersOf, type Edges } from '../acyclic.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import { serviceTargets } from '../cluster/service-targets.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import { oncePerPair } from '../once-per.ts';
import { namespaceOf, type Stack, type StackComponent } from '../stack/stack.ts';
import { waitedForHosts } from './init-waits.ts';
import { workloads } from './workloads.ts';

/** Which workload needs which others to work. Free of cycles. */
export interface DependencyGraph {
  readonly refs: ReadonlyMap<string, ObjectRef>;
  /** By `refId`: what it depends on directly. */
  readonly dependsOn: ReadonlyMap<string, ReadonlySet<string>>;
  /** By `refId`: who depends on it directly. */
  readonly usedBy: ReadonlyMap<string, readonly string[]>;
  /** By `refId`: one more than the highest of what it depends on. What has no edge at all is left out, and is at 0. */
  readonly levels: ReadonlyMap<string, number>;
}

/** Joins what the stack declares with what init containers are seen to wait for. */
export const dependencyGraph = oncePerPair((snapshot: Snapshot, stack: Stack | undefined): DependencyGraph => {
  const found = workloads(snapshot);
  const refs = new Map<string, ObjectRef>();
  const edges = new Map<string, Set<string>>();
  const add = (id: string, ref: ObjectRef, needs: readonly ObjectRef[]): void => {
    refs.set(id, ref);
    // Most of a cluster waits for nothing.
    if (needs.length === 0) return;
    const targets = edges.get(id) ?? new Set<string>();
    for (const need of needs) {
      const needId = refId(need);
      refs.set(needId, need);
      targets.add(needId);
    }
    edges.set(id, targets);
  };

  const targetsOf = serviceTargets(snapshot.services.items, found);
  for (const workload of found) {
    const hosts = waitedForHosts(workload.podSpec, workload.ref.namespace);
    add(workload.id, workload.ref, hosts.flatMap(targetsOf));
  }
  for (const [ref, needs] of declaredDependencies(stack)) add(refId(ref), ref, needs);

  const { edges: dependsOn, levels } = acyclic(toEdges(edges));
  const levelOf = new Map(levels.flatMap((ids, level) => ids.map((id) => [id, level] as const)));
  return { refs, dependsOn, usedBy: usersOf(dependsOn), levels: levelOf };
});

/** The object that a stack component stands for. */
export function componentRef(stack: Stack, component: StackComponent): ObjectRef {
  const [kind = '', name = ''] = component.workload.split('/');
  return { kind, namespace: namespaceOf(stack, component), name };
}

function declaredDependencies(stack: Stack | undefined): (readonly [ObjectRef, ObjectRef[]])[] {
  if (stack === undefined) return [];
  const byName = new Map(stack.components.map((component) => [component.name, componentRef(stack, component)]));
  return stack.components.map((component) => [
    componentRef(stack, component),
    component.dependsOn.flatMap((name) => byName.get(name) ?? []),
  ]);
}

function toEdges(edges: ReadonlyMap<string, ReadonlySet<string>>): Edges {
  return new Map([...edges].map(([from, targets]) => [from, [...targets]]));
}

/** Everything that cannot work without the given objects, themselves left out, nearest first. */
export function dependents(graph: DependencyGraph, ...roots: readonly ObjectRef[]): readonly ObjectRef[] {
  const seen = new Set(roots.map(refId));
  const ordered: ObjectRef[] = [];
  let level = [...seen];
  while (level.length > 0) {
    const next = new Set(level.flatMap((id) => graph.usedBy.get(id) ?? []).filter((id) => !seen.has(id)));
    level = [...next].sort(compareText);
    for (const id of level) {
      seen.add(id);
      const ref = graph.refs.get(id);
      if (ref) ordered.push(ref);
    }
  }
  return ordered;
}

/** Dependencies before what depends on them. */
export function byLevel(graph: DependencyGraph, refs: readonly ObjectRef[]): readonly ObjectRef[] {
  const distinct = new Map(refs.map((ref) => [refId(ref), ref]));
  return [...distinct]
    .sort(
      ([left], [right]) => (graph.levels.get(left) ?? 0) - (graph.levels.get(right) ?? 0) || compareText(left, right),
    )
    .map(([, ref]) => ref);
}

/** What the object depends on directly, by `refId` order. */
export function dependenciesOf(graph: DependencyGraph, ref: ObjectRef): readonly ObjectRef[] {
  const ids = [...(graph.dependsOn.get(refId(ref)) ?? [])].sort(compareText);
  return ids.flatMap((id) => graph.refs.get(id) ?? []);
}

/** Names in levels: each level needs only earlier ones, so a level can be worked on at once. */
export function dependencyOrder(
  components: readonly { readonly name: string; readonly dependsOn: readonly string[] }[],
): readonly (readonly string[])[] {
  const names = new Set(components.map(({ name }) => name));
  return acyclic(new Map(components.map(({ name, dependsOn }) => [name, dependsOn.filter((to) => names.has(to))])))
    .levels;
}
