import type { FixReport } from '../core/secret-reports.ts';
import type { Phase } from '../core/walk-report.ts';
import type { OutputFormat } from '../render/output-format.ts';
import { runFix, type ValueOptions } from '../shell/fix-secrets.ts';
import { runRestart } from '../shell/restart.ts';
import type { Session } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';
import { runVerify } from '../shell/verify.ts';
import { audit } from './audit.ts';
import type { CommandResult } from './run-report.ts';
import { walkThrough, type WalkStep } from './walk-phases.ts';

export interface StabilizeOptions extends ValueOptions {
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
  readonly keep: number;
  readonly waitOnly: boolean;
  /** Longest wait for recovery, in all. */
  readonly timeoutMs: number;
  readonly output: OutputFormat;
  readonly verbose: boolean;
}

/** From what is wrong to the proof that nothing is. */
export async function stabilize(session: Session, options: StabilizeOptions): Promise<CommandResult> {
  const { signal } = session.deps;
  const steps: readonly WalkStep[] = [
    { name: 'audit', body: () => untilInterrupted(audit(session), signal) },
    { name: 'fix-secrets', body: () => runFix(session, options) },
    { name: 'restart', body: () => runRestart(session, options) },
    {
      name: 'verify',
      body: () => untilInterrupted(runVerify(session, { timeoutMs: options.timeoutMs }), signal),
    },
  ];
  const { output, verbose } = options;
  return walkThrough(session, steps, { command: 'stabilize', output, verbose, leadsOn });
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
