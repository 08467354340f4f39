import type { DoctorReport } from '../core/reports/doctor-report.ts';
import { doctorSummary } from './doctor-text.ts';
import { codeSpan, escapeMarkdown, markdownTable } from './markdown-text.ts';
import { outcomeMarkdown } from './outcome-markdown.ts';

/** What was examined, as a table. */
export function doctorMarkdown(report: DoctorReport): string {
  const { context, server, verdict, takenAt, examinations, next, outcomes = [] } = report;
  const rows = examinations.map(({ name, state, detail, next: step }) => [
    state,
    escapeMarkdown(name),
    escapeMarkdown(detail),
    step === undefined ? '' : codeSpan(step),
  ]);
  return [
    `# c2l doctor: ${verdict}`,
    '',
    `**${escapeMarkdown(doctorSummary(report))}**`,
    '',
    server === '' ? '- no cluster' : `- context ${codeSpan(context)}, server ${codeSpan(server)}`,
    `- taken ${takenAt}`,
    `- next: ${codeSpan(next)}`,
    '',
    ...(outcomes.length === 0 ? [] : [...outcomeMarkdown(outcomes), '']),
    ...markdownTable(['state', 'what', 'found', 'to do'], rows),
    '',
  ].join('\n');
}
