import type { RestoreSyncReport } from '../core/fix/secret-reports.ts';
import { outcomeLines, remainingLines } from './change-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count } from './layout.ts';
import type { Style } from './style.ts';

export function restoreSyncText(report: RestoreSyncReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...remainingLines(report, style),
    ...closingLines(report, { because: summary(report), next: nextAfter(report) }, style),
  ];
}

function summary({ outcomes, dryRun }: RestoreSyncReport): string {
  if (outcomes.length === 0) return 'nothing is paused';
  if (dryRun) return `dry run: would end ${count(outcomes.length, 'pause')}`;
  const ended = outcomes.filter(({ outcome }) => outcome === 'done').length;
  return ended === outcomes.length
    ? `${count(ended, 'pause')} ended`
    : `${ended} of ${count(outcomes.length, 'pause')} ended`;
}

function nextAfter({ outcomes, dryRun }: RestoreSyncReport): string {
  if (dryRun && outcomes.length > 0) return 'c2l restore-sync';
  return outcomes.some(({ outcome }) => outcome === 'failed') ? 'c2l restore-sync' : 'c2l audit';
}
