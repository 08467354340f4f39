import type { Finding } from '../../core/findings/findings.ts';
import { checkChanges, checkId } from '../../core/verify/check-changes.ts';
import { count } from '../../core/list-text.ts';
import type { CheckResult, VerifyReport } from '../../core/verify/verify-report.ts';
import { OperatorError } from '../../errors.ts';
import { createStyle } from '../../render/style.ts';
import { roundLines, type RoundTold } from '../../render/verify-round-text.ts';
import type { Session } from '../session.ts';
import { RefusedLogins } from './refused-logins.ts';
import { Timeline } from './timeline.ts';
import { runVerify, silent, type VerifyOptions } from './verify.ts';

const intervalMs = 3000;

/** How long one round waits for what is on its way, so that it passes in the round in which it came up. */
const roundMs = 5000;

/**
 * Proves everything anew, what passed and what cannot heal by itself too, until all of it passes in one round or the
 * time is over. What changed is told as it is seen; the report is that of the last round, with the timeline of all.
 */
export async function verifyUntilGreen(session: Session, { timeoutMs }: VerifyOptions): Promise<VerifyReport> {
  const { clock, signal, terminal } = session.deps;
  const style = createStyle(terminal.color, { width: terminal.width });
  const deadline = clock.monotonic() + timeoutMs;
  const rounds = { timeline: new Timeline(clock), refused: new RefusedLogins(), progress: silent };
  const known: Known = { outcomes: new Map(), gap: '' };
  let latest: VerifyReport | undefined;
  for (;;) {
    const left = Math.max(deadline - clock.monotonic(), 0);
    const round = await roundOrGap(runVerify(session, { timeoutMs: Math.min(roundMs, left) }, rounds));
    const isOver = clock.monotonic() + intervalMs >= deadline;
    const isGap = round instanceof OperatorError;
    const told = isGap ? gapTold(round, known) : changesTold(round, known);
    for (const line of roundLines({ at: clock.now(), ...told }, style)) terminal.err(line);
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

/** What was told already. */
interface Known {
  /** By the check's id. */
  readonly outcomes: Map<string, CheckResult['outcome']>;
  /** Why the cluster could not be read; empty where it could. */
  gap: string;
}

type Told = Omit<RoundTold, 'at'>;

function gapTold({ message }: OperatorError, known: Known): Told {
  return { changes: [], notes: gapNotes(message, known) };
}

function gapNotes(gap: string, known: Known): string[] {
  if (gap === known.gap) return [];
  known.gap = gap;
  return [gap === '' ? 'the cluster can be read again' : `not read: ${gap}`];
}

/** The first round tells how many pass and names the others, each later one what is otherwise than before. */
function changesTold({ checks, verdict, findings }: VerifyReport, known: Known): Told {
  const isFirst = known.outcomes.size === 0;
  const changes = checkChanges(checks, known.outcomes);
  for (const check of checks) known.outcomes.set(checkId(check), check.outcome);
  const notes = gapNotes(unreadText(findings), known);
  if (!isFirst && changes.length === 0 && notes.length === 0) return { changes, notes };
  const passed = checks.filter(({ outcome }) => outcome === 'pass').length;
  const onward = verdict === 'ok' ? '' : ', watching on';
  const end = `${passed} of ${count(checks.length, 'check')} ${checks.length === 1 ? 'passes' : 'pass'}${onward}`;
  return { changes, notes: checks.length === 0 ? notes : [...notes, end] };
}

/** Where nothing can be listed there are no checks that could tell of it. */
function unreadText(findings: readonly Finding[]): string {
  return findings.find(({ id }) => id.startsWith('unreadable/pods'))?.message ?? '';
}
