import { refText } from '../core/cluster/kubernetes.ts';
import { isOpen, type StepOutcome } from '../core/reports/report.ts';
import { codeSpan, escapeMarkdown, markdownTable } from './markdown-text.ts';

/** What became of each step, as a table. */
export function outcomeMarkdown(outcomes: readonly StepOutcome[]): string[] {
  const told = outcomes.filter((step) => step.action !== 'keep-pod' || isOpen(step));
  const rows = told.map(({ action, object, outcome, detail }) => [
    outcome,
    action,
    codeSpan(refText(object)),
    escapeMarkdown(detail),
  ]);
  return markdownTable(['outcome', 'action', 'object', 'detail'], rows);
}
