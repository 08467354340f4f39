import { listText } from '../../core/list-text.ts';
import type { Session } from '../session.ts';
import type { Journal } from './drill-journal.ts';
import { recover, type Recovery, type RecoveryOptions } from './drill-recovery.ts';
import { recoverByRunbook, type DrillRunbook } from './drill-runbook.ts';
import { bringWorkloads } from './drill-workloads.ts';

export interface DrillRecoveryOptions extends Omit<RecoveryOptions, 'before' | 'onWritten'> {
  /** Which recovers, where c2l does not by itself. */
  readonly runbook: DrillRunbook | undefined;
}

/** The recovery of a drill, by whichever path its scenario names. */
export async function recoverInDrill(
  session: Session,
  journal: Journal,
  { runbook, ...options }: DrillRecoveryOptions,
): Promise<Recovery> {
  const before = (): Promise<readonly string[]> => bringWorkloads(session, journal);
  if (runbook === undefined) {
    await journal.write('recovery', 'recover from the sources');
    const onWritten = (secrets: readonly string[]): Promise<void> =>
      journal.note('recovery', `written: ${listText(secrets)}`);
    return recover(session, { ...options, before, onWritten });
  }
  await journal.write('recovery', `recover by runbook ${runbook.runbook.name}`);
  const onStep = (told: string): Promise<void> => journal.note('recovery', told);
  return recoverByRunbook(session, runbook, { timeoutMs: options.timeoutMs, before, onStep });
}
