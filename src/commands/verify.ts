import { ExitCode } from '../exit-codes.ts';
import type { Session } from '../shell/session.ts';
import { verifyUntilGreen } from '../shell/verify/verify-until-green.ts';
import { runVerify, type VerifyOptions } from '../shell/verify/verify.ts';
import type { CommandResult } from './run-report.ts';

export interface VerifyCommandOptions extends VerifyOptions {
  /** Whether everything is checked again until all of it passes at once. */
  readonly isWatching?: boolean;
}

export async function verify(session: Session, options: VerifyCommandOptions): Promise<CommandResult> {
  if (options.isWatching !== true) return { report: await runVerify(session, options) };
  const report = await verifyUntilGreen(session, options);
  return report.verdict === 'ok' ? { report } : { report, exitCode: ExitCode.partial };
}
