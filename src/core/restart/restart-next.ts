import { notReadyCodes } from '../findings/findings.ts';
import type { StepOutcome } from '../reports/report.ts';
import type { RestartReport } from './restart-report.ts';

/** Ended with what to type next: `remedy` where nothing else is wrong than that something is not ready. Where only some consumers were meant, they are meant by every restart that it names. */
export function withNext(report: Omit<RestartReport, 'next'>, remedy?: string): RestartReport {
  const { affectedBy } = report;
  const outcomes =
    affectedBy === undefined ? report.outcomes : report.outcomes.map((step) => ofAffected(step, affectedBy));
  return { ...report, outcomes, next: nextAfter(report, remedy) };
}

function restartCommand(affectedBy: string | undefined): string {
  return affectedBy === undefined ? 'c2l restart' : `c2l restart --affected-by ${affectedBy}`;
}

function ofAffected(step: StepOutcome, affectedBy: string): StepOutcome {
  return { ...step, detail: step.detail.replace(/c2l restart\b(?! --affected-by)/g, restartCommand(affectedBy)) };
}

function nextAfter(
  { verdict, dryRun, outcomes, findings, affectedBy }: Omit<RestartReport, 'next'>,
  remedy: string | undefined,
): string {
  const again = restartCommand(affectedBy);
  if (verdict === 'interrupted') return again;
  if (verdict === 'ok') return dryRun && outcomes.some(({ outcome }) => outcome === 'planned') ? again : 'c2l verify';
  const root = findings.find(({ severity, causes }) => severity === 'error' && causes.length === 0);
  if (remedy !== undefined && (root === undefined || notReadyCodes.has(root.code))) return remedy;
  // What is ready and was not proven, only its checks can tell more of.
  const isUnproven = outcomes.some(isSkippedRestart) && !outcomes.some(({ outcome }) => outcome === 'failed');
  return root?.fix ?? (isUnproven ? 'c2l verify' : 'c2l audit');
}

/** Not begun, because of what it depends on or at an interruption. */
export function isSkippedRestart({ action, outcome }: StepOutcome): boolean {
  return action === 'restart-workload' && outcome === 'skipped';
}

/** Pods were looked at and waited for, and nothing was begun. */
export function isOnlyWait({ outcomes }: Pick<RestartReport, 'outcomes'>): boolean {
  return outcomes.every(({ action }) => action === 'wait-ready' || action === 'keep-pod');
}

/** Everything was done, and something did not become ready after it. */
export function isOnlyLate({ outcomes }: Pick<RestartReport, 'outcomes'>): boolean {
  const undone = outcomes.filter(({ outcome }) => outcome === 'failed' || outcome === 'skipped');
  return undone.length > 0 && undone.every(({ action, outcome }) => action === 'wait-ready' && outcome === 'failed');
}
