import type { OperatorError } from '../errors.ts';
import type { Deps } from '../ports.ts';
import { examineUnopened, type UnopenedOptions } from '../shell/doctor/doctor-unopened.ts';
import { runDoctor, type DoctorOptions } from '../shell/doctor/doctor.ts';
import type { Session } from '../shell/session.ts';
import type { CommandResult } from './run-report.ts';

/** Tells what c2l finds here of what it needs. */
export async function doctor(session: Session, options: DoctorOptions): Promise<CommandResult> {
  return { report: await runDoctor(session, options) };
}

/** The same where no command could begin: what is wrong stands among what was found all the same. */
export async function doctorUnopened(
  failure: OperatorError,
  options: UnopenedOptions,
  deps: Deps,
): Promise<CommandResult> {
  return { report: await examineUnopened(failure, options, deps), exitCode: failure.exitCode };
}
