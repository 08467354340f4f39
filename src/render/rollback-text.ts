import { refText } from '../core/cluster/kubernetes.ts';
import type { RollbackReport } from '../core/fix/secret-reports.ts';
import { utcText } from '../core/utc-text.ts';
import { outcomeLines, remainingLines } from './change-text.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines } from './head-text.ts';
import { paragraph } from './layout.ts';
import { planLines } from './plan-text.ts';
import type { Style } from './style.ts';

export function rollbackText(report: RollbackReport, style: Style): string[] {
  const { revision, plan, outcomes, restarts, dryRun } = report;
  const isAgreed = outcomes.length > 0;
  const by = revision.keptBy === '' ? '' : ` by ${revision.keptBy}`;
  return [
    ...headLines(report, style),
    ...paragraph('', `revision ${revision.id}, kept ${utcText(revision.keptAt)}${by}`, style.width),
    ...(isAgreed && style.isOneScreen ? [] : planLines(plan, style)),
    ...(isAgreed ? ['', ...outcomeLines(outcomes, style)] : []),
    ...remainingLines(report, style),
    ...(restarts.length === 0
      ? []
      : ['', `${dryRun ? 'it would then need' : 'now needed'}: ${commandsHere('c2l restart', style)}, because`]),
    ...restarts.flatMap(({ object, reason }) => paragraph(`  ${refText(object)}  `, reason, style.width)),
    ...closingLines(report, { because: rollbackSummary(report), next: nextAfter(report) }, style),
  ];
}

/** One clause: what was brought back to what. */
function rollbackSummary({ plan, outcomes, dryRun, revision }: RollbackReport): string {
  const [secret] = plan;
  const name = secret === undefined ? '' : refText(secret.object);
  if (secret?.action === 'none') return `${name} holds revision ${revision.id} already`;
  if (dryRun) return `dry run: would bring ${name} back to revision ${revision.id}`;
  const isDone = outcomes.some(({ outcome, action }) => outcome === 'done' && action !== 'prune-revision');
  return isDone ? `${name} holds revision ${revision.id}` : `${name} was not written`;
}

function nextAfter(report: RollbackReport): string {
  const { dryRun, plan, restarts, outcomes } = report;
  const name = plan[0]?.object.name ?? '';
  const isBroken = report.findings.some(({ severity }) => severity === 'error');
  if (dryRun && plan[0]?.action !== 'none') return nextAfterPlan(report, name, isBroken);
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return `c2l history ${name}`;
  if (isBroken) return 'c2l audit';
  return restarts.length > 0 ? 'c2l restart' : 'c2l verify';
}

/** What only adds leaves something missing that was so before. */
function nextAfterPlan({ plan, revision, flags = [] }: RollbackReport, name: string, isBroken: boolean): string {
  if (!isBroken) return ['c2l rollback', name, revision.id, ...flags].join(' ');
  return takesAway(plan) ? `c2l history ${name}` : 'c2l audit';
}

function takesAway(plan: RollbackReport['plan']): boolean {
  return plan.some(({ keys }) => keys.some(({ change }) => change === 'REMOVE' || change === 'CHANGE'));
}
