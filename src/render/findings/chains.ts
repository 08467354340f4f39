import type { ComponentState } from '../../core/audit/component-state.ts';
import { refId, type ObjectRef } from '../../core/cluster/kubernetes.ts';

/**
 * Blocked workloads as paths along the dependencies, causes first: `postgres-auth -> api-backend -> web`. Each
 * workload is followed once; where two paths meet, the second ends at the meeting point.
 */
export function chains(blocked: readonly ObjectRef[], components: readonly ComponentState[]): string[] {
  const inside = new Map(blocked.map((ref) => [refId(ref), ref.name]));
  const known = components.filter(({ object }) => inside.has(refId(object)));
  const idOf = new Map(known.map(({ component, object }) => [component, refId(object)]));
  const dependsOn = new Map(
    known.map(({ object, dependsOn: names }) => [refId(object), names.flatMap((name) => idOf.get(name) ?? [])]),
  );
  const dependents = (id: string): string[] => [...inside.keys()].filter((other) => dependsOn.get(other)?.includes(id));

  const followed = new Set<string>();
  const follow = (id: string, path: readonly string[]): string[] => {
    const here = [...path, inside.get(id) ?? id];
    if (followed.has(id)) return [here.join(' -> ')];
    followed.add(id);
    const next = dependents(id);
    return next.length === 0 ? [here.join(' -> ')] : next.flatMap((other) => follow(other, here));
  };
  const roots = [...inside.keys()].filter((id) => (dependsOn.get(id) ?? []).length === 0);
  const fromRoots = roots.flatMap((id) => follow(id, []));
  // A cycle has no root; the cluster may hold one although a stack file may not.
  const rest = [...inside.keys()].filter((id) => !followed.has(id)).flatMap((id) => follow(id, []));
  // The longest first: it tells how far the damage reaches.
  return [...fromRoots, ...rest].sort((left, right) => right.split(' -> ').length - left.split(' -> ').length);
}
