import { htmlStyle } from './html-style.ts';
import { Markup, markup } from './markup.ts';

/** One file that needs nothing else: no script, no font, no picture, and no leave to fetch any. */
export function htmlPage(title: string, body: readonly (Markup | undefined)[]): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${Markup.trusted(htmlStyle)}</style>
</head>
<body>
${body}</body>
</html>
`.text;
}

export interface HtmlTable {
  readonly header: readonly string[];
  /** Text, or what is painted already. */
  readonly rows: readonly (readonly (string | Markup)[])[];
}

/** Wide ones scroll by themselves. */
export function htmlTable({ header, rows }: HtmlTable): Markup {
  const titles = header.map((text) => markup`<th>${text}</th>`);
  const lines = rows.map((cells) => markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`);
  return markup`<div class="scroll"><table>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines}</tbody>
</table></div>
`;
}
