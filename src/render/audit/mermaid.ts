import type { CauseGraph, Tone } from './cause-graph.ts';

/** Readable on the light and the dark page of whoever shows it. */
const classes: Record<Tone, string> = {
  bad: 'fill:#fbe4e4,stroke:#b3261e,color:#3b0b08',
  caution: 'fill:#fdf0d5,stroke:#9a6700,color:#3d2a00',
  good: 'fill:#dff3e4,stroke:#1a7f37,color:#0b2e14',
  neutral: 'fill:#eceff3,stroke:#57606a,color:#1f2328',
};

/** The graph as a Mermaid flowchart, without the fence around it. */
export function mermaidLines({ nodes, edges }: CauseGraph): string[] {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  return [
    'flowchart LR',
    ...nodes.map(({ title, state, tone }, index) => `  n${index}["${label(title)}<br/>${label(state)}"]:::${tone}`),
    ...edges.map(([from, to]) => `  ${names.get(from) ?? ''} --> ${names.get(to) ?? ''}`),
    ...Object.entries(classes).map(([tone, look]) => `  classDef ${tone} ${look}`),
  ];
}

const mostCharacters = 120;

/** Everything that could end a label, begin a directive or a tag is written by its number, as Mermaid reads it. */
function label(text: string): string {
  const short = text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
  return short.replace(/[^\p{L}\p{N} .,:/_()+=-]/gu, (character) => `#${character.codePointAt(0) ?? 32};`);
}
