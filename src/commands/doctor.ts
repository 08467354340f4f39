import { runDoctor, type DoctorOptions } from '../shell/doctor.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Tells what c2l finds here of what it needs. */
export async function doctor(session: Session, options: DoctorOptions): Promise<CommandResult> {
  return { report: await runDoctor(session, options) };
}
