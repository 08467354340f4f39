import { runRestart, type RestartOptions } from '../shell/restart/restart.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Restarts only what needs it, in dependency order. */
export async function restart(session: Session, options: RestartOptions): Promise<CommandResult> {
  return { report: await runRestart(session, { ...options, isAlone: true }) };
}
