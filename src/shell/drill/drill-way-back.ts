import type { RowAnswer } from '../../core/drill/postgres-row.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';
import type { JournalMirror } from './drill-journal-file.ts';
import { Journal, takenOver } from './drill-journal.ts';
import type { Run } from './drill-report.ts';
import { endDrill, type Ended } from './end-drill.ts';

const retryMs = 2000;
const patienceMs = 120_000;

interface BrokenOff {
  readonly id: string;
  readonly stopped: string | undefined;
  readonly written: ReadonlyMap<string, RowAnswer>;
  readonly mirror: JournalMirror | undefined;
}

/** An API server that is away for a while must not leave things broken. */
export async function goBack(
  calm: Session,
  { options, prepared }: Run,
  { id, stopped, written, mirror }: BrokenOff,
): Promise<Ended> {
  const { clock, signal, terminal } = calm.deps;
  const deadline = clock.monotonic() + patienceMs;
  let isOwn = false;
  for (;;) {
    try {
      const journal = await Journal.find(calm, { id, journalNamespace: options.journalNamespace }, mirror);
      if (journal === undefined || (!isOwn && isOnWayBack(journal))) throw takenOver();
      isOwn = true;
      if (stopped !== undefined) await journal.write('way-back-begun', `put everything back: ${stopped}`);
      return await endDrill(calm, journal, written);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      const isPassing = error.code === 'write-failed' || error.code === 'nothing-readable';
      if (!isPassing || clock.monotonic() > deadline) throw notBack(error, prepared.namespace);
      terminal.err(`warning: ${error.message}; the way back is tried again`);
      await clock.sleep(retryMs, signal);
    }
  }
}

function isOnWayBack({ content }: Journal): boolean {
  return content.lines.some(({ step }) => step === 'way-back-begun');
}

function notBack(error: OperatorError, namespace: string): OperatorError {
  if (error.code === 'drill-not-found') return error;
  return new OperatorError(error.code, `the way back is not finished: ${error.message}`, {
    hint: `c2l dr-drill abort -n ${namespace}`,
    exitCode: ExitCode.partial,
  });
}
