import { copyName, drillId, type DrillJournal } from '../../core/drill/drill-journal.ts';
import type { DrillReport } from '../../core/drill/drill-report.ts';
import { isFaultless } from '../../core/drill/plan-drill.ts';
import type { RowAnswer } from '../../core/drill/postgres-row.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { OperatorError } from '../../errors.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { agreeToDrill } from './agree-to-drill.ts';
import { go, type Course, type Parts } from './drill-course.ts';
import { rowsFor } from './drill-data.ts';
import { holdThrough, uninterrupted, withSignal } from './drill-hold.ts';
import { newMirror, type JournalMirror } from './drill-journal-file.ts';
import { Journal } from './drill-journal.ts';
import type { DrillOptions } from './drill-options.ts';
import { drillReport, type Run } from './drill-report.ts';
import { noticedBy, timesOf } from './drill-times.ts';
import { goBack } from './drill-way-back.ts';
import { prepareDrill } from './prepare-drill.ts';

/**
 * Loses what the scenario says, recovers from it as an operator would, and proves that everything is as it was. Throws
 * OperatorError as long as nothing was changed; from then on everything is put back whatever happens.
 */
export async function runDrill(session: Session, options: DrillOptions): Promise<DrillReport> {
  session.drillNotice.mute();
  const { deps } = session;
  const startedAt = deps.clock.now();
  const mirror = await newMirror(session, options);
  const prepared = await prepareDrill(session, options);
  const run: Run = { options, prepared, id: drillId(startedAt), takenAt: startedAt.toISOString() };
  if (prepared.obstacles.length > 0) return drillReport(session, run, { outcome: 'not-started' });
  if (options.dryRun) return drillReport(session, run, { outcome: 'planned' });
  await agreeToDrill(session, options, prepared);
  refuseWhenInterrupted(session);

  if (!prepared.isJournalNamespaceThere) await session.cluster.createNamespace(options.journalNamespace);
  const release = holdThrough(session, prepared.namespace);
  try {
    const journal = await Journal.open(session, options.journalNamespace, firstPage(session, run), mirror);
    return await disrupt(session, run, { journal, mirror });
  } finally {
    release();
  }
}

function firstPage(session: Session, { options, prepared, id, takenAt }: Run): DrillJournal {
  const { operator, version } = session.deps;
  const { stack } = session;
  return {
    schemaVersion: 1,
    id,
    namespace: prepared.namespace,
    scenario: options.scenario,
    operator,
    version,
    startedAt: takenAt,
    touched: prepared.copies.map(({ name, resource, application }, index) => ({
      name,
      copy: copyName(id, index),
      ...(resource === undefined ? {} : { resource }),
      ...(application === undefined ? {} : { application }),
    })),
    revisions: prepared.revisions,
    from: prepared.from,
    overwrite: prepared.plan.overwrite,
    refused: prepared.plan.refused,
    rows: options.scenario.checks.data ? rowsFor(session, id) : [],
    ...(options.manual ? { manual: true } : {}),
    ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
    ...(stack === undefined ? {} : { stack }),
    lines: [],
  };
}

async function disrupt(
  session: Session,
  run: Run,
  { journal, mirror }: { readonly journal: Journal; readonly mirror: JournalMirror | undefined },
): Promise<DrillReport> {
  const written = new Map<string, RowAnswer>();
  const { course, stopped, defect } = await attempt(session, run, { journal, written });
  const failed = course === undefined ? nothingFailed : failedIn(course);
  const ended = await goBack(uninterrupted(session), run, { id: journal.content.id, stopped, written, mirror });
  if (defect !== undefined) throw defect;
  return drillReport(session, run, {
    outcome: outcomeOf(run, stopped === undefined ? course : undefined, {
      isTroubled: failed.troubles.length > 0 || ended.data.some(({ state }) => state === 'lost'),
    }),
    troubles: failed.troubles,
    isInterrupted: session.deps.signal.aborted,
    ...(course === undefined ? {} : { recovery: timesOf(run, course) }),
    noticed: course === undefined || isFaultless(run.prepared.plan) ? [] : noticedBy(course.noticed, run.prepared),
    components: componentsOf(course),
    ended,
    wrong: [...(stopped === undefined ? [] : [stopped]), ...failed.troubles, ...failed.wrong],
  });
}

const nothingFailed = { troubles: [], wrong: [] };

function failedIn({ troubles, wrong, recovery }: Course): Pick<Course, 'troubles' | 'wrong'> {
  return {
    troubles: [...troubles, ...(recovery?.troubles ?? [])],
    wrong: [...wrong, ...(recovery?.wrong ?? [])],
  };
}

function componentsOf(course: Course | undefined): DrillReport['components'] {
  return course?.noticed.components ?? [];
}

interface Attempt {
  readonly course?: Course;
  /** Why it was cut off. */
  readonly stopped?: string;
  readonly defect?: Error;
}

/** Until the proof, the limit, Ctrl-C or a failure, whichever comes first. */
async function attempt(session: Session, run: Run, parts: Parts): Promise<Attempt> {
  const { clock, signal } = session.deps;
  const limitMs = run.options.limitMs ?? run.options.scenario.limits.total;
  const limit = new AbortController();
  const over = new AbortController();
  const tooLong = (): void => {
    limit.abort();
  };
  void clock.sleep(limitMs, over.signal).then(tooLong, () => undefined);
  const bounded = withSignal(session, AbortSignal.any([signal, limit.signal]));
  const reason = (): string | undefined => {
    if (limit.signal.aborted) return `the limit of ${spokenDuration(limitMs)} is over`;
    return signal.aborted ? 'interrupted' : undefined;
  };
  try {
    const course = await go(bounded, run, { ...parts, journal: parts.journal.heldBy(bounded) });
    const stopped = reason();
    return stopped === undefined ? { course } : { course, stopped };
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'drill-not-found') throw error;
    if (error instanceof OperatorError) return { stopped: reason() ?? error.message };
    return { stopped: 'a defect in c2l', defect: error instanceof Error ? error : new Error('unknown') };
  } finally {
    over.abort();
  }
}

function outcomeOf(
  { options }: Run,
  course: Course | undefined,
  { isTroubled }: { readonly isTroubled: boolean },
): DrillReport['outcome'] {
  if (course?.recovery?.isRecovered !== true) return 'not-recovered';
  if (course.tookMs > options.scenario.objective.recovery) return 'too-late';
  return isTroubled ? 'recovered-with-trouble' : 'recovered';
}
