import type { Finding } from '../core/findings.ts';
import type { CheckResult, VerifyReport } from '../core/verify-report.ts';
import { OperatorError } from '../errors.ts';
import type { Progress } from '../ports.ts';
import { RefusedLogins } from './refused-logins.ts';
import type { Session } from './session.ts';
import { Timeline } from './timeline.ts';
import { runVerify, type VerifyOptions } from './verify.ts';

const intervalMs = 3000;

/** How long one round waits for what is on its way, so that it passes in the round in which it came up. */
const roundMs = 5000;

const silent: Progress = { update: () => undefined, finish: () => undefined };

/**
 * Proves everything anew, what passed and what cannot heal by itself too, until all of it passes in one round or the
 * time is over. What changed is told as it is seen; the report is that of the last round, with the timeline of all.
 */
export async function verifyUntilGreen(session: Session, { timeoutMs }: VerifyOptions): Promise<VerifyReport> {
  const { clock, signal, terminal } = session.deps;
  const deadline = clock.monotonic() + timeoutMs;
  const rounds = { timeline: new Timeline(clock), refused: new RefusedLogins(), progress: silent };
  const states = new Map<string, string>();
  let latest: VerifyReport | undefined;
  for (;;) {
    const left = Math.max(deadline - clock.monotonic(), 0);
    const round = await roundOrGap(runVerify(session, { timeoutMs: Math.min(roundMs, left) }, rounds));
    const isOver = clock.monotonic() + intervalMs >= deadline;
    const isGap = round instanceof OperatorError;
    const told = isGap ? gapLines(round, clock.now(), states) : changes(round, states);
    for (const line of told) terminal.err(line);
    if (isGap && isOver && latest === undefined) throw round;
    if (!isGap) latest = round;
    if (latest !== undefined && (isOver || (!isGap && latest.verdict === 'ok'))) return latest;
    await clock.sleep(intervalMs, signal);
  }
}

/** A server that cannot be read at all may come back; any other failure ends the watch. */
async function roundOrGap(round: Promise<VerifyReport>): Promise<VerifyReport | OperatorError> {
  try {
    return await round;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'nothing-readable') return error;
    throw error;
  }
}

function gapLines({ message }: OperatorError, now: Date, states: Map<string, string>): string[] {
  if (states.get('') === message) return [];
  states.set('', message);
  return [`${now.toISOString().slice(11, 19)}  not read  ${message}`];
}

/** The first round tells how many pass and names the others, each later one what is otherwise than before. */
function changes({ checks, takenAt, verdict, findings }: VerifyReport, states: Map<string, string>): string[] {
  const isFirst = states.size === 0;
  const lines = [...readability(findings, states), ...checks.flatMap((check) => changeOf(check, states, isFirst))];
  const passed = checks.filter(({ outcome }) => outcome === 'pass').length;
  const onward = verdict === 'ok' ? '' : ', watching on';
  if (isFirst || lines.length > 0) lines.push(`${passed} of ${checks.length} checks pass${onward}`);
  return lines.map((line) => `${takenAt.slice(11, 19)}  ${line}`);
}

/** Where nothing can be listed there are no checks that could tell of it. */
function readability(findings: readonly Finding[], states: Map<string, string>): string[] {
  const unread = findings.find(({ id }) => id.startsWith('unreadable/pods'))?.message ?? '';
  const before = states.get('') ?? '';
  states.set('', unread);
  if (unread === before) return [];
  return [unread === '' ? 'the cluster can be read again' : `not read  ${unread}`];
}

function changeOf(
  { component, name, outcome, detail }: CheckResult,
  states: Map<string, string>,
  isFirst: boolean,
): string[] {
  const id = `${component}: ${name}`;
  const before = states.get(id);
  states.set(id, outcome);
  if (before === outcome || (isFirst && outcome === 'pass')) return [];
  const was = before === undefined ? '' : ` (was ${before})`;
  return [`${wordOf(outcome)}  ${id}${was}${detail === '' ? '' : `: ${detail}`}`];
}

function wordOf(outcome: CheckResult['outcome']): string {
  return outcome === 'unreadable' ? 'not read' : outcome;
}
