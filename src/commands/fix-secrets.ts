import type { FixOptions } from '../shell/fix/fix-options.ts';
import { runFix } from '../shell/fix/fix-secrets.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Restores missing values from sources or prompts. */
export async function fixSecrets(session: Session, options: FixOptions): Promise<CommandResult> {
  return { report: await runFix(session, { ...options, mayLack: true }) };
}
