import { runRollback, type RollbackOptions } from '../shell/revisions/rollback.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Brings a Secret back to what a revision holds. */
export async function rollback(session: Session, options: RollbackOptions): Promise<CommandResult> {
  return { report: await runRollback(session, options) };
}
