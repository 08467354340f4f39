import type { AuditReport } from '../core/audit/audit-report.ts';
import { findingChanges } from '../core/findings/finding-changes.ts';
import type { Finding } from '../core/findings/findings.ts';
import { OperatorError } from '../errors.ts';
import { auditSummary } from '../render/audit/audit-text.ts';
import { changeLines } from '../render/audit/changes-text.ts';
import { renderReport } from '../render/report.ts';
import type { Style } from '../render/style.ts';
import type { Session } from '../shell/session.ts';
import { untilInterrupted } from '../shell/until-interrupted.ts';

export interface WatchOptions {
  readonly intervalMs: number;
  readonly style: Style;
}

/**
 * Looks again and again until Ctrl-C: the whole page once, then what changed, only ever appended. A look that fails is
 * told and tried again; it makes nothing gone.
 */
export async function watchAudit(
  session: Session,
  look: () => Promise<AuditReport>,
  { intervalMs, style }: WatchOptions,
): Promise<AuditReport> {
  const { clock, terminal, signal } = session.deps;
  let report = await untilInterrupted(look(), signal);
  let standing: readonly Finding[] = report.findings;
  let failure: string | undefined;
  terminal.out(await renderReport(report, 'text', style));
  terminal.err(`looking again every ${intervalMs / 1000} s; Ctrl-C ends it`);

  const tellFailure = (reason: string | undefined): void => {
    if (reason !== failure) terminal.out(failureLine(reason, clock.now()));
    failure = reason;
  };
  const lookAgain = async (): Promise<void> => {
    const next = await untilInterrupted(look(), signal);
    tellFailure(undefined);
    const changes = findingChanges(standing, next.findings);
    standing = changes.standing;
    report = next;
    const lines = changeLines(changes, next.takenAt, style);
    if (lines.length > 0) terminal.out(`${[...lines, `verdict: ${next.verdict}, ${auditSummary(next)}`].join('\n')}\n`);
  };
  for (;;) {
    try {
      await clock.sleep(intervalMs, signal);
      await lookAgain();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      if (error.code === 'interrupted') return report;
      tellFailure(error.message);
    }
  }
}

function failureLine(reason: string | undefined, now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return reason === undefined ? `${time}  READ AGAIN\n` : `${time}  NOT READ  ${reason}\n`;
}
