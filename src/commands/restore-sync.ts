import { runRestoreSync, type RestoreSyncOptions } from '../shell/argocd/restore-sync.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Ends the pauses that c2l left behind. */
export async function restoreSync(session: Session, options: RestoreSyncOptions): Promise<CommandResult> {
  return { report: await runRestoreSync(session, options) };
}
