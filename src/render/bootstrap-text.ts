import type { WalkReport } from '../core/reports/walk-report.ts';
import { againOptions, quoted } from '../core/sources/source-option.ts';
import { closingLines, headLines } from './head-text.ts';
import { repairCommand, rootsOf } from './repair-command.ts';
import { failedCheckLines, phaseLines, walkSummary } from './stabilize-text.ts';
import type { Style } from './style.ts';

/** The end of the walk: each phase has told its own story when it ended. */
export function bootstrapText(report: WalkReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...phaseLines(report.phases, style),
    ...failedCheckLines(report, style),
    ...closingLines(report, { because: walkSummary(report), next: nextAfterBootstrap(report) }, style),
  ];
}

/** What to type next. */
export function nextAfterBootstrap(report: WalkReport): string {
  const { verdict, phases, findings, error } = report;
  if (verdict === 'ok') return phases.some((phase) => phase.verdict === 'skipped') ? again(report) : 'c2l backup';
  if (verdict === 'declined' || verdict === 'interrupted' || verdict === 'partial') return again(report);
  if (error?.hint !== undefined) return error.hint;
  return repairCommand(rootsOf(findings), report) ?? 'c2l audit';
}

/** Without what it was given it would fill the cluster from elsewhere. */
function again(report: WalkReport): string {
  const { manifests = [] } = report;
  const named = manifests.map((path) => `--manifests ${quoted(path)}`);
  return ['c2l bootstrap', ...named, ...againOptions(report)].join(' ');
}
