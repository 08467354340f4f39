import type { RunbookProgress, StepRecord } from '../core/runbook/runbook-progress.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { codeSpan, escapeMarkdown } from './markdown-text.ts';
import { outcomeWords } from './runbook-text.ts';

/** What an incident review reads: who did which step when, what it ran and what that printed. */
export function renderRunbookLog(runbook: Runbook, progress: RunbookProgress): string {
  const values = Object.entries(progress.values).map(([name, value]) => `- ${codeSpan(`${name}=${value}`)}`);
  return [
    `# ${escapeMarkdown(runbook.title)}: log`,
    '',
    `Begun ${progress.startedAt} by ${escapeMarkdown(progress.startedBy)} on ${codeSpan(progress.context)}.`,
    '',
    ...(values.length === 0 ? [] : [...values, '']),
    ...progress.steps.flatMap((record) => logEntry(runbook, record)),
    ...notReached(runbook, progress),
  ].join('\n');
}

function logEntry(runbook: Runbook, record: StepRecord): string[] {
  const { title, outcome, exitCode, by, at, output } = record;
  const commands = runbook.steps.find((step) => step.title === title)?.commands ?? '';
  const how = exitCode === undefined ? outcomeWords[outcome] : `${outcomeWords[outcome]}, exit ${exitCode}`;
  return [
    `## ${escapeMarkdown(title)}: ${how}`,
    '',
    `${at}, ${escapeMarkdown(by)}`,
    '',
    ...fenced('sh', commands),
    ...(output.trim() === '' ? [] : fenced('text', output.trimEnd())),
  ];
}

/** Longer than any fence that the output holds itself. */
function fenced(language: string, text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence, ''];
}

function notReached(runbook: Runbook, { steps }: RunbookProgress): string[] {
  const reached = new Set(steps.map(({ title }) => title));
  const left = runbook.steps.filter(({ title }) => !reached.has(title));
  if (left.length === 0) return [];
  return ['## Not reached', '', ...left.map(({ title }) => `- ${escapeMarkdown(title)}`), ''];
}
