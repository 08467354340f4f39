import { describe, expect, test } from '@jest/globals';
import type { CauseGraph } from '../../../src/render/audit/cause-graph.ts';
import { layoutGraph, nodeHeight } from '../../../src/render/audit/graph-layout.ts';

function graph(...arrows: readonly string[]): CauseGraph {
  const edges = arrows.map((arrow) => arrow.split('>') as [string, string]);
  const names = [...new Set(edges.flat())];
  const nodes = names.map((id) => ({ id, title: id, state: '', tone: 'bad' as const, isRoot: false }));
  return { nodes, edges, rootsLeftOut: 0 };
}

const wide = Array.from({ length: 12 }, (_, index) => `root>leaf-${index}`);

const graphs: readonly (readonly [string, CauseGraph])[] = [
  ['a chain', graph('a>b', 'b>c')],
  ['a diamond', graph('a>b', 'a>c', 'b>d', 'c>d')],
  ['an arrow over two columns', graph('a>b', 'b>c', 'c>d', 'a>d')],
  ['many leaves', graph(...wide)],
  ['two roots', graph('a>c', 'b>c', 'b>d')],
  ['a circle', graph('a>b', 'b>c', 'c>a')],
  ['nothing', graph()],
];

describe.each(graphs)('%s', (_, drawn) => {
  const { nodes, paths, width, height } = layoutGraph(drawn);

  test('has no node upon another, and all inside the picture', () => {
    for (const [index, one] of nodes.entries()) {
      expect(one.x >= 0 && one.x + one.width <= width).toBe(true);
      expect(one.y >= 0 && one.y + nodeHeight <= height).toBe(true);
      const hit = nodes.slice(index + 1).filter((other) => other.x === one.x && Math.abs(other.y - one.y) < nodeHeight);
      expect(hit).toEqual([]);
    }
  });

  test('begins at the top', () => {
    expect(nodes.length === 0 || Math.min(...nodes.map(({ y }) => y)) === 4).toBe(true);
  });

  test('has an arrow for every edge, around the nodes in between', () => {
    expect(paths).toHaveLength(drawn.edges.length);
    for (const points of paths) {
      for (const { x, y } of points.slice(1, -1)) {
        const covering = nodes.filter(
          (node) => x >= node.x && x <= node.x + node.width && y > node.y && y < node.y + nodeHeight,
        );
        expect(covering).toEqual([]);
      }
    }
  });
});

test('effects stand to the right of their causes', () => {
  const { nodes } = layoutGraph(graph('a>b', 'b>c', 'a>c'));
  const x = (id: string) => nodes.find((node) => node.id === id)!.x;
  expect(x('a') < x('b') && x('b') < x('c')).toBe(true);
});

test('what leads to nothing leaves no gap above what does', () => {
  const { nodes } = layoutGraph(graph('root>first', ...wide, 'leaf-11>end'));
  const tops = nodes.filter(({ id }) => id !== 'root' && id !== 'end').map(({ y }) => y);
  const steps = tops.sort((a, b) => a - b).map((top, index, all) => top - (all[index - 1] ?? top));
  expect(Math.max(...steps)).toBe(78);
});

test.each([
  ['short', 236],
  ['secret/cloudtolocalllm-secrets', 260],
  ['x'.repeat(200), 370],
])('a column is as wide as its titles need, within bounds: %s', (title, width) => {
  expect(layoutGraph(graph(`${title}>b`)).nodes.map((node) => node.width)).toEqual([width, 236]);
});
