import { lookedUp, type RunbooksAnswer } from '../core/reports/answers.ts';
import {
  lastRecords,
  stepsLeft,
  type RunbookProgress,
  type StepOutcome,
  type StepRecord,
} from '../core/runbook/runbook-progress.ts';
import type { Runbook, RunbookStep } from '../core/runbook/runbook.ts';
import { nextLines } from './head-text.ts';
import { count, paragraph, table } from './layout.ts';
import type { OutputFormat } from './output-format.ts';
import type { Style } from './style.ts';
import { asTyped } from './typed-program.ts';

export const outcomeWords: Readonly<Record<StepOutcome, string>> = {
  done: 'done',
  failed: 'FAILED',
  declined: 'declined',
  'broken-off': 'broken off',
  skipped: 'skipped',
  'by-hand': 'done by hand',
};

/** One line for each runbook. */
export function renderRunbookList(runbooks: readonly Runbook[], style: Style): string {
  const lines = runbooks.flatMap(({ name, title, steps }) => [
    `${style.bold(name)}  ${count(steps.length, 'step')}`,
    ...paragraph('    ', title, style.width),
  ]);
  return [...lines, '', ...nextLines('c2l runbook show NAME, then c2l runbook run NAME', style), ''].join('\n');
}

export async function renderRunbooksAnswer(runbooks: readonly Runbook[], format: OutputFormat): Promise<string> {
  const answer: RunbooksAnswer = {
    ...lookedUp,
    command: 'runbook list',
    runbooks: runbooks.map(({ name, title, steps }) => ({ name, title, steps: steps.length })),
  };
  return format === 'yaml' ? (await import('./yaml.ts')).toYaml(answer) : `${JSON.stringify(answer, null, 2)}\n`;
}

/** The whole of it for a terminal: prose wrapped, commands whole so that they can be copied. */
export function renderRunbook(runbook: Runbook, style: Style): string {
  const steps = runbook.steps.flatMap((step, index) => [
    ...prose(step.explanation, style),
    '',
    ...stepHead(step, { number: index + 1, of: runbook.steps.length }, style),
    '',
  ]);
  return [
    ...titleLines(runbook.title, style),
    '',
    ...runbook.values.flatMap((value) => valueLines(value, style)),
    ...(runbook.values.length === 0 ? [] : ['']),
    ...steps,
    ...prose(runbook.afterwards, style),
    '',
    ...nextLines(['c2l runbook run', runbook.name, style.flags].join(' ').trim(), style),
    '',
  ].join('\n');
}

export function titleLines(title: string, style: Style): string[] {
  return paragraph('', title, style.width).map((line) => style.bold(line));
}

/** A value with what it is for behind it, or beneath where the line is too short for both. */
function valueLines({ name, example, about }: Runbook['values'][number], style: Style): string[] {
  const setting = `  ${name}=${example}`;
  const whole = about === '' ? setting : `${setting}  (${about})`;
  return whole.length <= style.width ? [whole] : [setting, ...paragraph('    ', `(${about})`, style.width)];
}

/** What a step is called and would run. */
export function stepHead(
  step: RunbookStep,
  place: { readonly number: number; readonly of: number },
  style: Style,
): string[] {
  return [
    ...titleLines(`step ${place.number} of ${place.of}: ${step.title}`, style),
    ...step.commands.split('\n').map((line) => `    ${line}`),
    ...(step.check === undefined ? [] : [style.dim(`    then checked by: ${step.check}`)]),
  ];
}

/** Markdown without its marks, wrapped; tables, lists and examples keep their lines. */
export function prose(markdown: string, style: Style): string[] {
  return markdown
    .split(/\n\s*\n/)
    .flatMap((block, index) => [...(index === 0 ? [] : ['']), ...proseBlock(block, style)]);
}

function proseBlock(block: string, style: Style): string[] {
  const heading = /^#+ (.+)$/.exec(block);
  if (heading !== null) return titleLines(plain(heading[1] ?? ''), style);
  if (block.startsWith('```'))
    return block
      .split('\n')
      .slice(1, -1)
      .map((line) => `    ${line}`);
  if (/^(\||    )/.test(block)) return block.split('\n');
  const items = plain(block).split(/\n(?=\s*(?:[-*]|\d+\.) )/);
  return items.flatMap((item) => {
    const [indent = ''] = /^\s*(?:[-*]|\d+\.) /.exec(item) ?? [];
    const [first = '', ...rest] = paragraph(
      ' '.repeat(indent.length),
      item.slice(indent.length).replaceAll(/\s+/g, ' '),
      style.width,
    );
    return [indent + first.slice(indent.length), ...rest];
  });
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/\*\*|`/g, '');
}

/** How a run ended: each step with what became of it. */
export function renderRun(
  runbook: Runbook,
  progress: RunbookProgress,
  ending: { readonly logPath: string; readonly next: string; readonly style: Style },
): string {
  const records = lastRecords(progress);
  const rows = runbook.steps.map(({ title }, index) => [
    { text: `${index + 1}.` },
    { text: title },
    { text: recordText(records.get(title)) },
  ]);
  const { style } = ending;
  const isComplete = stepsLeft(runbook, progress).length === 0;
  // What is left to people is a sentence, and no shell has to join its lines.
  const next = isComplete
    ? paragraph('next: ', asTyped(ending.next, style.program), style.width)
    : nextLines(ending.next, style);
  return [...table(rows, style.width, 0), '', ...fileLines('log:', ending.logPath, style), ...next, ''].join('\n');
}

/** A path stays whole, so that it can be copied. */
export function fileLines(label: string, path: string, { width }: Style): string[] {
  const line = `${label} ${path}`;
  return line.length <= width ? [line] : [label, `  ${path}`];
}

function recordText(record: StepRecord | undefined): string {
  return record === undefined ? 'not yet' : outcomeWords[record.outcome];
}
