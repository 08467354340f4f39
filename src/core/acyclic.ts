import { compareText } from './compare-text.ts';

/** For each node what it points at; nodes that are only pointed at need not be listed. */
export type Edges = ReadonlyMap<string, readonly string[]>;

export interface Acyclic {
  /** Nodes that point nowhere first, then those that point only at earlier levels; sorted within a level. */
  readonly levels: readonly (readonly string[])[];
  /** The edges without those that closed a cycle. */
  readonly edges: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Orders a graph by levels. Cycles are cut, always at the same edge for the same graph. */
export function acyclic(graph: Edges): Acyclic {
  const nodes = [...new Set([...graph.keys(), ...[...graph.values()].flat()])].sort(compareText);
  const edges = new Map(nodes.map((node) => [node, new Set((graph.get(node) ?? []).filter((to) => to !== node))]));
  const waiting = new Map(nodes.map((node) => [node, new Set(edges.get(node))]));
  const users = usersOf(edges);
  const levels: string[][] = [];

  let level = nodes.filter((node) => waiting.get(node)?.size === 0);
  while (waiting.size > 0) {
    if (level.length === 0) {
      const [from, to] = cycleEdge(waiting);
      edges.get(from)?.delete(to);
      waiting.get(from)?.delete(to);
      level = waiting.get(from)?.size === 0 ? [from] : [];
      continue;
    }
    levels.push(level);
    level = settle(level, waiting, users);
  }
  return { levels, edges };
}

/** The same edges seen from their targets. */
export function usersOf(edges: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [from, targets] of edges) {
    for (const to of targets) {
      const list = users.get(to);
      if (list) list.push(from);
      else users.set(to, [from]);
    }
  }
  return users;
}

/** Takes a level off the waiting nodes and returns the nodes that then wait for nothing more. */
function settle(
  level: readonly string[],
  waiting: Map<string, Set<string>>,
  users: ReadonlyMap<string, readonly string[]>,
): string[] {
  const next: string[] = [];
  for (const node of level) waiting.delete(node);
  for (const node of level) {
    for (const user of users.get(node) ?? []) {
      const left = waiting.get(user);
      if (left?.delete(node) === true && left.size === 0) next.push(user);
    }
  }
  return next.sort(compareText);
}

/** Every waiting node waits for another, so walking on from any of them ends in a cycle. */
function cycleEdge(waiting: ReadonlyMap<string, ReadonlySet<string>>): [string, string] {
  const seen = new Set<string>();
  let from = waiting.keys().next().value ?? '';
  for (;;) {
    seen.add(from);
    const to = [...(waiting.get(from) ?? [])].sort(compareText)[0] ?? from;
    if (seen.has(to)) return [from, to];
    from = to;
  }
}
