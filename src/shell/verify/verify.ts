import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { diagnose } from '../../core/diagnose/diagnose.ts';
import { count } from '../../core/list-text.ts';
import { verdictOf } from '../../core/reports/report.ts';
import { planChecks } from '../../core/verify/checks.ts';
import { verifyFindings } from '../../core/verify/verify-findings.ts';
import type { VerifyReport } from '../../core/verify/verify-report.ts';
import type { Progress } from '../../ports.ts';
import { createLiveView } from '../observe/live-view.ts';
import { lookCloser } from '../observe/look-closer.ts';
import { observe } from '../observe/observe.ts';
import { reportHead, type Session } from '../session.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import type { CheckWorld } from './attempt.ts';
import { proveAll, type ProvingRun } from './prove-checks.ts';
import type { RefusedLogins } from './refused-logins.ts';
import { Timeline } from './timeline.ts';
import { waitingLine } from './waiting-line.ts';

export interface VerifyOptions {
  /** Longest wait for all checks together. */
  readonly timeoutMs: number;
}

/** What rounds that follow each other share. */
export interface Rounds {
  readonly timeline: Timeline;
  readonly refused: RefusedLogins;
  /** Shows what all of them wait for. */
  readonly progress: Progress;
}

/** Where nobody looks on, or there is nothing to count. */
export const silent: Progress = { update: () => undefined, finish: () => undefined };

/** What kubelet says of a ConfigMap may be over since, so that it is looked up; of a healthy cluster nothing more is read. */
async function observeClosely({ cluster, scope, stack, deps }: Session): Promise<Snapshot> {
  return lookCloser(cluster, await observe(cluster, scope, deps.clock.now()), stack);
}

/**
 * Proves that the components work. All checks run at once as far as they do not hang on each other; each is repeated
 * until it passes, cannot heal any more, or the time is over.
 */
export async function runVerify(
  session: Session,
  { timeoutMs }: VerifyOptions,
  rounds?: Rounds,
): Promise<VerifyReport> {
  const { cluster, deps, scope, stack, sightings } = session;
  const { clock, signal } = deps;
  const timeline = rounds?.timeline ?? new Timeline(clock);
  const first = await untilInterrupted(observeClosely(session), signal);
  const checks = planChecks(first, stack);
  const diagnosis = diagnose(first, stack);
  const world: CheckWorld = { cluster, stack, view: createLiveView({ cluster, scope, clock }, first) };

  const progress =
    rounds?.progress ?? (checks.length === 0 ? silent : deps.terminal.progress(count(checks.length, 'check')));
  const line = waitingLine(progress, checks.length);
  const deadline = clock.monotonic() + timeoutMs;
  const refused = rounds === undefined ? {} : { refused: rounds.refused };
  const run: ProvingRun = { world, diagnosis, clock, signal, deadline, line, timeline, first, sightings, ...refused };
  // Checks that wait for a server that hangs go on behind the back of who was interrupted: they must not be heard.
  const proven = await untilInterrupted(proveAll(checks, run), signal).catch((error: unknown) => {
    line.end();
    progress.finish('stopped', 'verify stopped');
    throw error;
  });
  const findings = verifyFindings(proven, diagnosis, first);
  const verdict = verdictOf(findings);
  const passed = proven.filter(({ result }) => result.outcome === 'pass').length;
  if (rounds === undefined) {
    progress.finish(verdict === 'ok' ? 'ok' : 'failed', `${passed} of ${count(checks.length, 'check')} passed`);
  }
  return {
    ...reportHead(session, first),
    command: 'verify',
    verdict,
    findings,
    checks: proven.map(({ result }) => result),
    timeline: timeline.entries,
  };
}
