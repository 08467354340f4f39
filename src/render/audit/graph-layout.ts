import type { CauseGraph, GraphNode } from './cause-graph.ts';

export interface PlacedNode extends GraphNode {
  readonly x: number;
  readonly y: number;
  /** Of all in its column. */
  readonly width: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly nodes: readonly PlacedNode[];
  /** Of each arrow the points that it goes through, pairwise: out of one column, into the next. */
  readonly paths: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

export const nodeHeight = 64;
export const padding = 12;
/** Of a bold title, on average. */
export const characterWidth = 7.85;
const titleCharacters = { least: 27, most: 44 };
const gap = { x: 56, y: 14 };
const margin = 4;

type Edges = CauseGraph['edges'];

/** A node, or the place in a column that is kept free for an arrow to pass. */
interface Slot {
  readonly id: string;
  readonly column: number;
  readonly height: number;
}

/** Columns from left to right, causes before effects; within one, near to what an arrow comes from or leads to. */
export function layoutGraph({ nodes, edges }: CauseGraph): GraphLayout {
  const columnOf = columns(nodes, edges);
  const widths = columnWidths(nodes, columnOf);
  const lefts = widths.map((_, column) => widths.slice(0, column).reduce((sum, width) => sum + width + gap.x, margin));
  const routes = edges.map(([from, to], index) => route(from, to, { columnOf, index }));
  const slots = [
    ...nodes.map(({ id }): Slot => ({ id, column: columnOf.get(id) ?? 0, height: nodeHeight })),
    ...routes.flatMap((ids) => ids.slice(1, -1).map(passage(columnOf))),
  ];
  const byId = new Map(slots.map((slot) => [slot.id, slot]));
  const tops = rows(
    slots,
    routes.flatMap((ids) => ids.slice(1).map((id, index) => [ids[index] ?? '', id] as const)),
  );
  const columnOfSlot = (id: string): number => byId.get(id)?.column ?? 0;
  const left = (id: string): number => lefts[columnOfSlot(id)] ?? margin;
  const right = (id: string): number => left(id) + (widths[columnOfSlot(id)] ?? 0);
  const top = (id: string): number => margin + (tops.get(id) ?? 0);
  const ends = (id: string): [Point, Point] => {
    const y = top(id) + (byId.get(id)?.height ?? 0) / 2;
    return [
      { x: left(id), y },
      { x: right(id), y },
    ];
  };
  return {
    nodes: nodes.map((node) => ({ ...node, x: left(node.id), y: top(node.id), width: right(node.id) - left(node.id) })),
    paths: routes.map((ids) => ids.flatMap(ends).slice(1, -1)),
    width: Math.max(0, ...slots.map(({ id }) => right(id))) + margin,
    height: Math.max(0, ...slots.map(({ id, height }) => top(id) + height)) + margin,
  };
}

/** As the longest title of a column needs it, within bounds. */
function columnWidths(nodes: readonly GraphNode[], columnOf: ReadonlyMap<string, number>): number[] {
  const longest: number[] = [];
  for (const { id, title } of nodes) {
    const column = columnOf.get(id) ?? 0;
    longest[column] = Math.max(longest[column] ?? titleCharacters.least, title.length);
  }
  return longest.map((length) => Math.ceil(2 * padding + characterWidth * Math.min(length, titleCharacters.most)));
}

/** The longest way from a root; an arrow that would close a circle counts for nothing. */
function columns(nodes: readonly GraphNode[], edges: Edges): Map<string, number> {
  const causes = neighbours(edges.map(([from, to]) => [to, from]));
  const known = new Map<string, number>();
  const depth = (id: string, path: ReadonlySet<string>): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const inside = new Set([...path, id]);
    const before = (causes.get(id) ?? []).filter((cause) => !inside.has(cause));
    const own = Math.max(-1, ...before.map((cause) => depth(cause, inside))) + 1;
    known.set(id, own);
    return own;
  };
  for (const { id } of nodes) depth(id, new Set());
  return known;
}

const passageHeight = 8;

/** What an arrow goes through: where it spans several columns, a passage in each of those between. */
function route(
  from: string,
  to: string,
  { columnOf, index }: { readonly columnOf: Map<string, number>; readonly index: number },
): string[] {
  const [start, end] = [columnOf.get(from) ?? 0, columnOf.get(to) ?? 0];
  const between = Array.from({ length: Math.max(0, end - start - 1) }, (_, step) => {
    const id = `passage ${index} ${step}`;
    columnOf.set(id, start + step + 1);
    return id;
  });
  return [from, ...between, to];
}

function passage(columnOf: ReadonlyMap<string, number>): (id: string) => Slot {
  return (id) => ({ id, column: columnOf.get(id) ?? 0, height: passageHeight });
}

/** Once towards the effects and once back, each slot as near to the middle of its neighbours as those above it allow. */
function rows(slots: readonly Slot[], edges: Edges): ReadonlyMap<string, number> {
  const tops = new Map<string, number>();
  const last = Math.max(0, ...slots.map(({ column }) => column));
  const inColumn = Array.from({ length: last + 1 }, (_, column) => slots.filter((slot) => slot.column === column));
  const causes = neighbours(edges.map(([from, to]) => [to, from]));
  const effects = neighbours(edges);
  const settle = (column: readonly Slot[], near: ReadonlyMap<string, readonly string[]>): void => {
    const wanted = column.map((slot): [Slot, number] => [
      slot,
      middle(near.get(slot.id) ?? [], tops) ?? tops.get(slot.id) ?? 0,
    ]);
    let free = 0;
    for (const [slot, place] of wanted.sort(([, left], [, right]) => left - right)) {
      const at = Math.max(place, free);
      tops.set(slot.id, at);
      free = at + slot.height + gap.y;
    }
  };
  for (const column of inColumn) settle(column, causes);
  for (const column of inColumn.toReversed()) {
    settle(column, effects);
    closeRanks(column, effects, tops);
  }
  const highest = Math.min(...tops.values());
  return new Map([...tops].map(([id, top]) => [id, top - highest]));
}

/** What leads to nothing stands next to what follows it: it has no other place that it wants. */
function closeRanks(
  column: readonly Slot[],
  effects: ReadonlyMap<string, readonly string[]>,
  tops: Map<string, number>,
): void {
  const down = column.toSorted((left, right) => (tops.get(right.id) ?? 0) - (tops.get(left.id) ?? 0));
  for (const [index, slot] of down.entries()) {
    const below = down[index - 1];
    if (below !== undefined && !effects.has(slot.id)) {
      tops.set(slot.id, (tops.get(below.id) ?? 0) - gap.y - slot.height);
    }
  }
}

function middle(ids: readonly string[], tops: ReadonlyMap<string, number>): number | undefined {
  const known = ids.flatMap((id) => tops.get(id) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, top) => sum + top, 0) / known.length;
}

function neighbours(edges: Edges): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const list = found.get(from);
    if (list) list.push(to);
    else found.set(from, [to]);
  }
  return found;
}
