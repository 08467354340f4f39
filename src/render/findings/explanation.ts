import type { FindingPage, Passage } from '../../core/finding-pages/finding-page.ts';
import { findingPages } from '../../core/finding-pages/finding-pages.ts';
import { findingCodes, type FindingCode } from '../../core/findings/findings.ts';
import { lookedUp, type CodeAnswer, type CodesAnswer, type CodeSummary } from '../../core/reports/answers.ts';
import { nextLines } from '../head-text.ts';
import { paragraph, table } from '../layout.ts';
import type { OutputFormat } from '../output-format.ts';
import type { Style } from '../style.ts';
import { asTyped } from '../typed-program.ts';
import { findingPageMarkdown, findingListMarkdown } from './finding-page-markdown.ts';
import { codesInOrder, pageSections } from './finding-page-sections.ts';

/** All codes, each with one clause. */
export async function renderCodeList(format: OutputFormat, style: Style): Promise<string> {
  if (format === 'markdown') return findingListMarkdown();
  if (format !== 'text') {
    return documentText({ ...lookedUp, command: 'explain', codes: codesInOrder.map(summary) }, format);
  }
  const rows = codesInOrder.map((code) => [
    { text: code },
    { text: findingCodes[code].severity, paint: style.dim },
    { text: findingPages[code].title },
  ]);
  const header = ['CODE', 'SEVERITY', 'MEANS'].map((text) => ({ text, paint: style.dim }));
  return `${[...table([header, ...rows], style.width, 0), '', ...nextLines('c2l explain CODE', style)].join('\n')}\n`;
}

/** What one code means and what to do about it. */
export async function renderFindingPage(code: FindingCode, format: OutputFormat, style: Style): Promise<string> {
  if (format === 'markdown') return findingPageMarkdown(code);
  if (format !== 'text') {
    return documentText({ ...lookedUp, command: 'explain', ...summary(code), ...findingPages[code] }, format);
  }
  return `${pageLines(code, findingPages[code], style).join('\n')}\n`;
}

function summary(code: FindingCode): CodeSummary {
  return { code, ...findingCodes[code], title: findingPages[code].title };
}

async function documentText(document: CodesAnswer | CodeAnswer, format: OutputFormat): Promise<string> {
  if (format === 'yaml') return (await import('../yaml.ts')).toYaml(document);
  return `${JSON.stringify(document, null, 2)}\n`;
}

function pageLines(code: FindingCode, page: FindingPage, style: Style): string[] {
  const { severity, runbook } = findingCodes[code];
  return [
    `${style.bold(code)}  ${style.dim(severity)}`,
    ...paragraph('', page.title, style.width),
    ...pageSections.flatMap(({ part, title }) => [
      '',
      style.bold(title.toUpperCase()),
      ...page[part].flatMap((passage) => passageLines(passage, style)),
    ]),
    '',
    style.dim(asTyped(`runbook: c2l runbook show ${runbook}`, style.program)),
    ...nextLines('c2l audit', style),
  ];
}

function passageLines(passage: Passage, style: Style): string[] {
  if (typeof passage === 'string') return paragraph('  ', passage.replaceAll('`', ''), style.width);
  return passage.lines.map((line) => style.caution(`      ${line}`));
}
