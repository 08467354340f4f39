import { runVerify, type VerifyOptions } from '../shell/verify.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

export async function verify(session: Session, options: VerifyOptions): Promise<CommandResult> {
  return { report: await runVerify(session, options) };
}
