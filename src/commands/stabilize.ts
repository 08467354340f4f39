import type { Snapshot } from '../core/cluster/snapshot.ts';
import { takenBy } from '../core/fix/fix-flags.ts';
import type { FixReport } from '../core/fix/secret-reports.ts';
import type { StepOutcome } from '../core/reports/report.ts';
import type { Phase } from '../core/reports/walk-report.ts';
import { isOnlyWait } from '../core/restart/restart-next.ts';
import type { RestartReport } from '../core/restart/restart-report.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { summaryOf } from '../render/summary.ts';
import { createPauseKeeper } from '../shell/argocd/pause-keeper.ts';
import type { ValueOptions } from '../shell/fix/fix-options.ts';
import { runFix } from '../shell/fix/fix-secrets.ts';
import { proveRestart, runRestart } from '../shell/restart/restart.ts';
import type { Session } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { runVerify } from '../shell/verify/verify.ts';
import { audit } from './audit.ts';
import type { CommandResult } from './run-report.ts';
import { walkThrough, type WalkStep } from './walk-phases.ts';

export interface StabilizeOptions extends ValueOptions {
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
  readonly keep: number;
  /** For how long owners that would undo a write may be kept from it, through all phases. */
  readonly pauseSyncMs?: number | undefined;
  readonly waitOnly: boolean;
  /** Longest wait for recovery, in all. */
  readonly timeoutMs: number;
  readonly output: OutputFormat;
  readonly verbose: boolean;
}

/** From what is wrong to the proof that nothing is. */
export async function stabilize(session: Session, options: StabilizeOptions): Promise<CommandResult> {
  const { signal } = session.deps;
  const keeper = createPauseKeeper(session);
  const beforeWrite = (after: Snapshot): Promise<void> => proveRestart(session, after, options);
  // What nothing was written for, a long wait does not heal, and only the proof can name why.
  let isAlone = true;
  const fix = async (): Promise<FixReport> => {
    const report = await runFix(session, { ...options, keeper, beforeWrite, mayLack: true });
    isAlone = report.outcomes.every(({ outcome }) => outcome !== 'done');
    return report;
  };
  const steps: readonly WalkStep[] = [
    { name: 'audit', body: () => untilInterrupted(audit(session), signal) },
    { name: 'fix-secrets', body: fix },
    { name: 'restart', body: async () => endOfWait(await runRestart(session, { ...options, isAlone }), isAlone) },
    {
      name: 'verify',
      body: () => untilInterrupted(runVerify(session, { timeoutMs: options.timeoutMs }), signal),
    },
  ];
  const { output, verbose } = options;
  const taken = takenBy(options);
  const settle = async (phases: readonly Phase[]): Promise<readonly Phase[]> => withSteps(phases, await keeper.end());
  try {
    return await walkThrough(session, steps, { command: 'stabilize', output, verbose, taken, leadsOn, settle });
  } catch (error) {
    await keeper.release();
    throw error;
  }
}

/** Where nothing was begun nothing is half done: the proof waits for what is still on its way. */
function endOfWait(report: RestartReport, isAlone: boolean): RestartReport {
  return isAlone && report.verdict === 'partial' && isOnlyWait(report) ? { ...report, verdict: 'problems' } : report;
}

/** How a pause ended belongs to the phase that began it. */
function withSteps(phases: readonly Phase[], steps: readonly StepOutcome[]): readonly Phase[] {
  if (steps.length === 0) return phases;
  const isUndone = steps.some(({ outcome }) => outcome === 'failed');
  return phases.map((phase) => {
    const { report } = phase;
    if (report?.command !== 'fix-secrets') return phase;
    const verdict = isUndone ? 'partial' : report.verdict;
    const whole = { ...report, verdict, outcomes: [...report.outcomes, ...steps] };
    return { ...phase, verdict, summary: summaryOf(whole), report: whole };
  });
}

/**
 * A dry run shows what each phase would do; what waits for the writes that were not made has nothing to say. A phase
 * that did its work and still sees problems leads on: whether they matter to the stack is what verify proves.
 */
function leadsOn({ name, verdict, report }: Phase): boolean {
  if (name === 'audit') return true;
  if (report?.command === 'fix-secrets' && report.dryRun) return !hasPlannedWrites(report);
  if (report?.command === 'fix-secrets' && verdict === 'partial') return leftAlone(report);
  return verdict === 'ok' || verdict === 'problems' || verdict === 'unreadable';
}

/** A Secret that is not c2l's to write was left out; what was repaired still needs its pods and its proof. */
function leftAlone({ outcomes }: FixReport): boolean {
  return outcomes.every(({ outcome }) => outcome !== 'failed');
}

function hasPlannedWrites({ plan }: FixReport): boolean {
  return plan.some(({ action }) => action !== 'none');
}
