import { planChecks, type PlannedCheck } from '../core/checks.ts';
import { diagnose } from '../core/diagnose.ts';
import type { Finding } from '../core/findings.ts';
import { verdictOf, type CheckResult, type VerifyReport } from '../core/report.ts';
import { obstacles, verifyFindings, type ProvenCheck } from '../core/verify-findings.ts';
import type { Clock, Progress } from '../ports.ts';
import type { Attempt, CheckWorld } from './attempt.ts';
import { attemptInTime } from './attempt-check.ts';
import { createLiveView } from './live-view.ts';
import { observe } from './observe.ts';
import { reportHead, type Session } from './session.ts';
import { untilInterrupted } from './until-interrupted.ts';

export interface VerifyOptions {
  /** Longest wait for all checks together. */
  readonly timeoutMs: number;
}

const retryMs = 250;

/** How long Argo CD is waited for: a refresh after a change takes it seconds, and a stale answer minutes. */
const applicationPatienceMs = 5000;

/**
 * Proves that the components work. All checks run at once as far as they do not hang on each other; each is repeated
 * until it passes, cannot heal any more, or the time is over.
 */
export async function runVerify(session: Session, { timeoutMs }: VerifyOptions): Promise<VerifyReport> {
  const { cluster, deps, scope, stack } = session;
  const { clock } = deps;
  const first = await untilInterrupted(observe(cluster, scope, clock.now()), deps.signal);
  const checks = planChecks(first, stack);
  const diagnosis = diagnose(first, stack);
  const world: CheckWorld = { cluster, stack, view: createLiveView({ cluster, scope, clock }, first) };

  const progress = deps.terminal.progress(`${checks.length} checks`);
  const line = waitingLine(progress, checks.length);
  const run: Run = { world, diagnosis, clock, signal: deps.signal, deadline: clock.monotonic() + timeoutMs, line };
  // Checks that wait for a server that hangs go on behind the back of who was interrupted: they must not be heard.
  const proven = await untilInterrupted(proveAll(checks, run), deps.signal).catch((error: unknown) => {
    line.end();
    progress.finish('stopped', 'verify stopped');
    throw error;
  });
  const findings = verifyFindings(proven, diagnosis, first);
  const verdict = verdictOf(findings);
  const passed = proven.filter(({ result }) => result.outcome === 'pass').length;
  progress.finish(verdict === 'ok' ? 'ok' : 'failed', `${passed} of ${checks.length} checks passed`);
  return {
    ...reportHead(session, first),
    command: 'verify',
    verdict,
    findings,
    checks: proven.map(({ result }) => result),
  };
}

interface Run {
  readonly world: CheckWorld;
  readonly diagnosis: readonly Finding[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly line: WaitingLine;
}

/** Checks come such that none stands before what it hangs on, so that each finds those already under way. */
async function proveAll(checks: readonly PlannedCheck[], run: Run): Promise<ProvenCheck[]> {
  const underWay = new Map<string, Promise<ProvenCheck>>();
  for (const check of checks) {
    const needs = check.needs.flatMap((id) => underWay.get(id) ?? []);
    underWay.set(check.id, prove(check, needs, run));
  }
  return Promise.all(underWay.values());
}

async function prove(check: PlannedCheck, needs: readonly Promise<ProvenCheck>[], run: Run): Promise<ProvenCheck> {
  const start = run.clock.monotonic();
  const failed = (await Promise.all(needs)).find(({ result }) => result.outcome !== 'pass');
  if (failed !== undefined) return skipped(check, failed, run);

  const begun = needs.length === 0 ? start : run.clock.monotonic();
  const { attempt, causes } = await repeat(check, run, begun);
  run.line.settled(check);
  return { check, causes, result: resultOf(check, attempt, run.clock.monotonic() - begun) };
}

async function repeat(
  check: PlannedCheck,
  run: Run,
  begun: number,
): Promise<{ attempt: Attempt; causes: readonly string[] }> {
  const patience = check.kind === 'application' ? begun + applicationPatienceMs : Infinity;
  const deadline = Math.min(run.deadline, patience);
  const { retries = Infinity, intervalMs = retryMs } = check.pace ?? {};
  for (let tries = 0; ; tries += 1) {
    const attempt = await attemptInTime(check, run.world, run);
    if (attempt.outcome === 'pass') return { attempt, causes: [] };
    const causes = check.kind === 'ready' ? obstacles(run.diagnosis, check.object) : [];
    if (causes.length > 0) return { attempt: { ...attempt, detail: because(attempt, causes) }, causes: idsOf(causes) };
    if (!attempt.canHeal || tries >= retries || run.clock.monotonic() >= deadline) return { attempt, causes: [] };
    run.line.waits(check, attempt.detail);
    await run.clock.sleep(Math.min(intervalMs, Math.max(deadline - run.clock.monotonic(), 0)), run.signal);
  }
}

function because({ detail }: Attempt, [first, ...rest]: readonly Finding[]): string {
  if (first === undefined) return detail;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  return `${detail}; ${first.message}${more}`;
}

function idsOf(findings: readonly Finding[]): string[] {
  return findings.map(({ id }) => id);
}

/** Names the check that really failed, also where several were skipped in between. */
function skipped(check: PlannedCheck, failed: ProvenCheck, run: Run): ProvenCheck {
  run.line.settled(check);
  const root = failed.skippedFor ?? failed.check.id;
  const attempt = { outcome: 'skipped' as const, detail: `because "${root}" did not pass` };
  const causes = check.kind === 'ready' ? idsOf(obstacles(run.diagnosis, check.object)) : [];
  return { check, causes, skippedFor: root, result: resultOf(check, attempt, 0) };
}

function resultOf(
  { name, component, critical }: PlannedCheck,
  { outcome, detail }: Pick<CheckResult, 'outcome' | 'detail'>,
  durationMs: number,
): CheckResult {
  return { name, component, outcome, critical, detail, durationMs: Math.round(durationMs) };
}

interface WaitingLine {
  waits(check: PlannedCheck, detail: string): void;
  settled(check: PlannedCheck): void;
  /** Nothing is shown after this. */
  end(): void;
}

/** Says what is still waited for, and in which state it is. */
function waitingLine(progress: Progress, total: number): WaitingLine {
  const waiting = new Map<string, string>();
  let done = 0;
  let isEnded = false;
  const show = (): void => {
    const [first] = waiting;
    if (first === undefined || isEnded) return;
    const more = waiting.size === 1 ? '' : ` and ${waiting.size - 1} more`;
    progress.update(`${done} of ${total} checks done, waiting for ${first[0]}${more}: ${first[1]}`);
  };
  return {
    waits(check, detail) {
      waiting.set(check.id, detail);
      show();
    },
    settled(check) {
      waiting.delete(check.id);
      done += 1;
      show();
    },
    end() {
      isEnded = true;
    },
  };
}
