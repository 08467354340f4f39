import type { Passage } from '../../core/finding-pages/finding-page.ts';
import { findingPages } from '../../core/finding-pages/finding-pages.ts';
import { findingCodes, type FindingCode } from '../../core/findings/findings.ts';
import { codesInOrder, pageSections } from './finding-page-sections.ts';

/** The reference of all codes, as it stands in the documentation. */
export function findingCodesMarkdown(): string {
  const intro = [
    '# Finding codes',
    '',
    'Generated from the table that `c2l explain` prints; `npm run docs` writes it anew. A code never changes its meaning.',
    '',
    ...listLines((code) => `[\`${code}\`](#${code})`),
  ];
  return `${[...intro, ...codesInOrder.flatMap((code) => ['', ...pageLines(code, '##')])].join('\n')}\n`;
}

export function findingListMarkdown(): string {
  return `${listLines((code) => `\`${code}\``).join('\n')}\n`;
}

export function findingPageMarkdown(code: FindingCode): string {
  return `${pageLines(code, '#').join('\n')}\n`;
}

/** Columns as Prettier aligns them, so that a generated file needs no second pass. */
function listLines(nameOf: (code: FindingCode) => string): string[] {
  const rows = [
    ['code', 'severity', 'means'],
    ...codesInOrder.map((code) => [nameOf(code), findingCodes[code].severity, findingPages[code].title]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(rows[0] ?? [], ' '), line([], '-'), ...rows.slice(1).map((row) => line(row, ' '))];
}

function pageLines(code: FindingCode, heading: string): string[] {
  const { severity, runbook } = findingCodes[code];
  const page = findingPages[code];
  return [
    `${heading} ${code}`,
    '',
    `**${severity}**: ${page.title}. Runbook: [${runbook}](../runbooks/${runbook}.md).`,
    ...pageSections.flatMap(({ part, title }) => ['', `${heading}# ${title}`, ...page[part].flatMap(passageLines)]),
  ];
}

function passageLines(passage: Passage): string[] {
  if (typeof passage === 'string') return ['', passage];
  return ['', '```sh', ...passage.lines, '```'];
}
