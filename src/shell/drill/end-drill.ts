import type { DrillReport } from '../../core/drill/drill-report.ts';
import type { RowAnswer } from '../../core/drill/postgres-row.ts';
import { OperatorError } from '../../errors.ts';
import { runRestart } from '../restart/restart.ts';
import type { Session } from '../session.ts';
import { runVerify } from '../verify/verify.ts';
import { readRows, removeRows } from './drill-data.ts';
import type { Journal } from './drill-journal.ts';
import { resumeOwners } from './drill-owners.ts';
import { putBack } from './drill-put-back.ts';

export interface Ended {
  /** Whether everything is as it was, and proven to work. */
  readonly isWhole: boolean;
  /** Tables that could not be removed, owners that are still paused, pods that may hold what the drill wrote. */
  readonly leftOver: readonly string[];
  readonly wrong: readonly string[];
  readonly data: DrillReport['data'];
  readonly journalDigest: string;
  readonly timeline: DrillReport['timeline'];
}

/** How long what was put back may take to prove that it works. */
const proofMs = 180_000;

/**
 * The way back, from wherever a drill stands: every Secret as it was, everything proven, nothing left over. It does
 * only what is still to be done, so that it can be begun again whenever it was cut off.
 */
export async function endDrill(
  session: Session,
  journal: Journal,
  written?: ReadonlyMap<string, RowAnswer>,
): Promise<Ended> {
  const { rows, lines } = journal.content;
  // Cut off in the clean-up: everything was put back, and the copies may be gone.
  const isPutBack = lines.some(({ step }) => step === 'clean-up');
  const nothingLeft = { isProven: true, kept: [], wrong: [] };
  const { isProven, kept, wrong } = isPutBack ? nothingLeft : await bringBack(session, journal);
  const stillPaused = await resumeOwners(session, journal);
  const data = written === undefined ? [] : await readRows(session, rows, written);
  for (const { component, state, detail } of data) if (state === 'lost') wrong.push(`${component}: ${detail}`);
  await journal.write('clean-up', 'remove the copies and this journal');
  const mayHold = rows.filter(({ component }) => written === undefined || written.get(component) === 'there');
  const tables = (await removeRows(session, mayHold)).map(
    (component) => `${component} still holds table ${rows.find((row) => row.component === component)?.table ?? ''}`,
  );
  const leftOver = [...kept, ...stillPaused, ...tables];
  wrong.push(...leftOver);
  const ended = {
    isWhole: isProven && leftOver.length === 0,
    leftOver,
    wrong,
    data,
    journalDigest: session.deps.journalDigest(journal.content),
    timeline: journal.content.lines,
  };
  await journal.settle();
  await journal.remove();
  return ended;
}

interface BroughtBack {
  readonly isProven: boolean;
  /** Pods that may hold what the drill wrote. */
  readonly kept: readonly string[];
  readonly wrong: string[];
}

async function bringBack(session: Session, journal: Journal): Promise<BroughtBack> {
  const { touched, faultAt, lines } = journal.content;
  if (faultAt === undefined || touched.length === 0) return { isProven: true, kept: [], wrong: [] };
  await journal.write('put-back', 'put back what is not as it was');
  const { restored, takenAway, kept } = await putBack(session, journal);
  // Of a recovery that was cut off nobody knows what it would have brought back.
  const isRecovered = lines.some(({ step }) => step === 'verified');
  const wrong = restored.map((what) => (isRecovered ? `only the copy had ${what}` : `put back from the copy: ${what}`));
  wrong.push(...takenAway.map((what) => `${what} came during the drill, and was taken away again`));
  await replaceWaiting(session);
  await journal.write('proven-again', 'prove again that everything works');
  const { verdict, findings } = await runVerify(session, { timeoutMs: proofMs });
  if (verdict !== 'ok') wrong.push(`after the way back verify ended with ${verdict}`);
  for (const { message, severity } of findings) if (severity === 'error') wrong.push(message);
  return { isProven: verdict === 'ok', kept, wrong };
}

/** kubelet would start them too, a quarter of a minute later. */
async function replaceWaiting(session: Session): Promise<void> {
  try {
    await runRestart(session, { yes: true, dryRun: false, waitOnly: false, timeoutMs: proofMs, isAlone: true });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    session.deps.terminal.err(`warning: ${error.message}`);
  }
}
