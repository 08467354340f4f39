import type { Session } from '../shell/session.ts';
import { runBackup, type BackupOptions } from '../shell/sources/backup.ts';
import { runCheckBackup, type CheckBackupOptions } from '../shell/sources/check-backup.ts';
import type { CommandResult } from './run-report.ts';

/** Stores the values that run in a vault or an encrypted file. */
export async function backup(session: Session, options: BackupOptions): Promise<CommandResult> {
  return { report: await runBackup(session, options) };
}

/** Proves that a source could restore what runs. */
export async function checkBackup(session: Session, options: CheckBackupOptions): Promise<CommandResult> {
  return { report: await runCheckBackup(session, options) };
}
