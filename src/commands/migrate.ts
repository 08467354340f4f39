import { runMigrate, type MigrateOptions } from '../shell/migrate/migrate.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Hands a live Secret over to what is to write it, or takes it back. */
export async function migrate(session: Session, options: MigrateOptions): Promise<CommandResult> {
  return { report: await runMigrate(session, options) };
}
