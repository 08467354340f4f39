import type { ApplyReport } from '../core/reports/apply-report.ts';
import type { StepOutcome } from '../core/reports/report.ts';
import { outcomeLines } from './change-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count } from './layout.ts';
import type { Style } from './style.ts';

/** A phase of a walk: what became of each object that was not as the manifests say. */
export function applyText(report: ApplyReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...outcomeLines(report.outcomes, style),
    ...closingLines(report, { because: applySummary(report), next: 'c2l bootstrap' }, style),
  ];
}

/** One clause: how much was applied, and how much was there. */
export function applySummary({ outcomes, unchanged, dryRun }: ApplyReport): string {
  const amount = (outcome: StepOutcome['outcome'], ...actions: StepOutcome['action'][]): number =>
    outcomes.filter((step) => step.outcome === outcome && actions.includes(step.action)).length;
  const outcome = dryRun ? 'planned' : 'done';
  const namespaces = amount(outcome, 'create-namespace');
  const applied = amount(outcome, 'apply-object');
  const synced = amount(outcome, 'sync-application');
  const failed = outcomes.filter((step) => step.outcome === 'failed').length;
  const parts = [
    ...(namespaces > 0 ? [`${count(namespaces, 'namespace')} created`] : []),
    ...(applied > 0 ? [`${count(applied, 'object')} applied`] : []),
    ...(synced > 0 ? [`${count(synced, 'Application')} synced`] : []),
    ...(unchanged > 0 ? [`${count(unchanged, 'object')} as the manifests say`] : []),
    ...(amount('kept', 'leave-object') > 0 ? [`${amount('kept', 'leave-object')} left alone`] : []),
    ...(failed > 0 ? [`${count(failed, 'step')} failed`] : []),
  ];
  return parts.length === 0 ? 'nothing to apply' : `${dryRun ? 'dry run: ' : ''}${parts.join(', ')}`;
}
