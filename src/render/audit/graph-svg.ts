import { wrap } from '../layout.ts';
import { markup, type Markup } from '../markup.ts';
import type { CauseGraph } from './cause-graph.ts';
import { characterWidth, layoutGraph, nodeHeight, padding, type GraphLayout, type PlacedNode } from './graph-layout.ts';

/** The graph as one inline picture; its colors come from the page's style sheet, by class. */
export function graphSvg(graph: CauseGraph): Markup {
  const { nodes, paths, width, height } = layoutGraph(graph);
  return markup`<svg class="chain" role="img" aria-label="what holds up what" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
${paths.map(pathMarkup)}${nodes.map(nodeMarkup)}</svg>`;
}

/** From column to column by a curve, through a column by a straight line. */
function pathMarkup(points: GraphLayout['paths'][number]): Markup {
  const steps = points.map(({ x, y }, index) => {
    const before = points[index - 1];
    if (before === undefined) return `M${x} ${y}`;
    if (index % 2 === 0) return `L${x} ${y}`;
    const bend = (x - before.x) / 2;
    return `C${before.x + bend} ${before.y} ${x - bend} ${y} ${x} ${y}`;
  });
  return markup`<path class="edge" d="${steps.join(' ')}" marker-end="url(#arrow)"/>\n`;
}

const stateCharacterWidth = 6.2;
const stateLines = 2;

function nodeMarkup({ x, y, width, title, state, tone, isRoot }: PlacedNode): Markup {
  const room = width - 2 * padding;
  const states = lines(state, Math.floor(room / stateCharacterWidth)).map(
    (line, index) => markup`<text class="state" x="${x + padding}" y="${y + 37 + index * 15}">${line}</text>`,
  );
  return markup`<g class="node ${tone}${isRoot ? ' root' : ''}"><title>${title}: ${state}</title><rect x="${x}" y="${y}" width="${width}" height="${nodeHeight}" rx="6"/><text class="name" x="${x + padding}" y="${y + 20}">${short(title, Math.floor(room / characterWidth))}</text>${states}</g>\n`;
}

/** What does not fit stands in the title that a pointer shows. */
function lines(text: string, stateCharacters: number): string[] {
  const all = wrap(text, stateCharacters);
  const shown = all.slice(0, stateLines).map((line) => short(line, stateCharacters));
  const last = short(shown.at(-1) ?? '', stateCharacters - 1).replace(/…$/, '');
  return all.length <= stateLines ? shown : [...shown.slice(0, -1), `${last}…`];
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
