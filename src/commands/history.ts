import { runHistory, type HistoryOptions } from '../shell/revisions/history.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Lists what c2l kept of Secrets before it changed them. */
export async function history(session: Session, options: HistoryOptions): Promise<CommandResult> {
  return { report: await runHistory(session, options) };
}
