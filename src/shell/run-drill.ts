import { copyName, drillId, type DrillJournal } from '../core/drill/drill-journal.ts';
import type { DrillPhase } from '../core/drill/drill-report.ts';
import { podsText } from '../core/drill/plan-drill.ts';
import type { RowAnswer } from '../core/drill/postgres-row.ts';
import type { DrillReport } from '../core/drill/drill-report.ts';
import { count } from '../core/list-text.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { durationText } from '../render/layout.ts';
import { drillPlanLines } from '../render/drill-text.ts';
import { createStyle } from '../render/style.ts';
import { confirmWrite } from './confirm.ts';
import { detect } from './drill-detection.ts';
import { injectFault, startAnew } from './drill-fault.ts';
import { Journal, takenOver } from './drill-journal.ts';
import { rowsFor, writeRows } from './drill-data.ts';
import { recover, waitForOthers, type Recovery } from './drill-recovery.ts';
import { drillReport, planFacts, type Run } from './drill-report.ts';
import { lookOn, type Noticed } from './drill-watch.ts';
import { endDrill, type Ended } from './end-drill.ts';
import { prepareDrill, type Prepared, type PrepareOptions } from './prepare-drill.ts';
import { refuseWhenInterrupted, type Session } from './session.ts';

export interface DrillOptions extends PrepareOptions {
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
  /** c2l breaks, watches and times; people repair. */
  readonly manual: boolean;
  /** Instead of the scenario's own limit. */
  readonly limitMs: number | undefined;
  /** On an embedded cluster, where nothing can be lost. */
  readonly isRehearsal: boolean;
}

/**
 * Loses what the scenario says, recovers from it as an operator would, and proves that everything is as it was. Throws
 * OperatorError as long as nothing was changed; from then on everything is put back whatever happens.
 */
export async function runDrill(session: Session, options: DrillOptions): Promise<DrillReport> {
  session.drillNotice.mute();
  const { deps } = session;
  const startedAt = deps.clock.now();
  const prepared = await prepareDrill(session, options);
  const run: Run = { options, prepared, id: drillId(startedAt), takenAt: startedAt.toISOString() };
  if (prepared.obstacles.length > 0) return drillReport(session, run, { outcome: 'not-started' });
  if (options.dryRun) return drillReport(session, run, { outcome: 'planned' });
  await agree(session, options, prepared);
  refuseWhenInterrupted(session);

  if (!prepared.isJournalNamespaceThere) await session.cluster.createNamespace(options.journalNamespace);
  const journal = await Journal.open(session, options.journalNamespace, firstPage(session, run));
  return disrupt(session, run, journal);
}

async function agree(session: Session, options: DrillOptions, { namespace, plan }: Prepared): Promise<void> {
  const { context } = session.cluster;
  const what = plan.faults.length === 0 ? 'recover what is broken' : `break ${count(plan.faults.length, 'Secret')}`;
  const question = `${what} in namespace ${namespace} for drill ${options.scenario.name}?`;
  const { terminal, prompter } = session.deps;
  const style = createStyle(terminal.color, { width: terminal.width });
  for (const line of drillPlanLines(planFacts(plan), style)) terminal.err(line);
  if (options.isRehearsal) return confirmWrite(session, question, options);
  if (options.confirm === context) return;
  if (options.confirm !== undefined || !terminal.canPrompt) {
    const wrong =
      options.confirm === undefined
        ? 'a drill needs more than --yes'
        : `--confirm ${options.confirm} does not name the context`;
    throw new OperatorError('confirmation-needed', wrong, { hint: `add --confirm ${context}` });
  }
  const typed = await prompter.text(`${question} type the name of context ${context} to go on`);
  if (typed.trim() !== context) {
    throw new OperatorError('declined', 'declined; nothing was changed', { exitCode: ExitCode.declined });
  }
}

function firstPage(session: Session, { options, prepared, id, takenAt }: Run): DrillJournal {
  const { operator, version } = session.deps;
  return {
    schemaVersion: 1,
    id,
    namespace: prepared.namespace,
    scenario: options.scenario,
    operator,
    version,
    startedAt: takenAt,
    touched: prepared.copies.map(({ name }, index) => ({ name, copy: copyName(id, index) })),
    revisions: prepared.revisions,
    from: prepared.from,
    overwrite: prepared.plan.overwrite,
    refused: prepared.plan.refused,
    rows: options.scenario.checks.data ? rowsFor(session, id) : [],
    lines: [],
  };
}

/** What happened between the fault and the proof. */
interface Course {
  readonly recovery?: Recovery;
  readonly detectMs: number;
  readonly tookMs: number;
  readonly noticed: Noticed & { readonly audit?: number; readonly verify?: number };
  readonly wrong: readonly string[];
}

async function disrupt(session: Session, run: Run, journal: Journal): Promise<DrillReport> {
  const written = new Map<string, RowAnswer>();
  const { course, stopped, defect } = await attempt(session, run, { journal, written });
  // Whatever stopped it must not stop the way back.
  const calm = withSignal(session, new AbortController().signal);
  const ended = await goBack(calm, run, { id: journal.content.id, stopped, written });
  if (defect !== undefined) throw defect;
  return drillReport(session, run, {
    outcome: outcomeOf(run, course, stopped),
    isInterrupted: session.deps.signal.aborted,
    ...(course === undefined ? {} : { recovery: timesOf(run, course) }),
    noticed: course === undefined || run.prepared.plan.faults.length === 0 ? [] : noticedBy(course.noticed),
    components: componentsOf(course),
    ended,
    wrong: [...(stopped === undefined ? [] : [stopped]), ...(course?.wrong ?? []), ...(course?.recovery?.wrong ?? [])],
  });
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
    if (limit.signal.aborted) return `the limit of ${durationText(limitMs)} is over`;
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

interface Parts {
  readonly journal: Journal;
  /** What each database said to its row; filled when it is written. */
  readonly written: Map<string, RowAnswer>;
}

async function go(session: Session, run: Run, { journal, written }: Parts): Promise<Course> {
  const { clock } = session.deps;
  const { options, prepared } = run;
  const { plan, namespace, snapshot } = prepared;
  await journal.write('copies', `keep a copy of ${count(prepared.copies.length, 'Secret')}`);
  await journal.keepCopies(prepared.copies);
  if (journal.content.rows.length > 0) {
    await journal.write('data', `write a row to ${journal.content.rows.map(({ component }) => component).join(', ')}`);
    for (const [component, answer] of await writeRows(session, journal.content.rows)) written.set(component, answer);
  }
  const begun = clock.monotonic();
  await injectFault(session, plan, journal);
  const wrong: string[] = [];
  if (plan.evict.length > 0) {
    await journal.write('consumers', `start anew: ${podsText(plan.evict)}`);
    wrong.push(...(await startAnew(session, plan.evict)));
  }
  const watching = lookOn(session, { begun, namespace, before: snapshot });
  try {
    const found = plan.faults.length === 0 ? undefined : await detect(session, { begun, known: prepared.known });
    const detectMs = Math.round(clock.monotonic() - begun);
    if (found !== undefined) {
      await journal.write('detection', found.detail);
      if (found.by === undefined) wrong.push(found.detail);
    }
    await journal.write('recovery', options.manual ? 'wait for people to recover' : 'recover from the sources');
    const recovery = options.manual
      ? await waitForOthers(session)
      : await recover(session, {
          from: prepared.from,
          identity: options.identity,
          overwrite: plan.overwrite,
          refused: plan.refused,
          timeoutMs: options.limitMs ?? options.scenario.limits.total,
        });
    const tookMs = Math.round(clock.monotonic() - begun);
    if (recovery.isRecovered) await journal.write('verified', `recovered after ${durationText(tookMs)}`);
    const seen = await watching.end();
    return { recovery, detectMs, tookMs, noticed: { ...seen, ...noticedAt(found) }, wrong };
  } finally {
    await watching.end();
  }
}

function noticedAt(found: Awaited<ReturnType<typeof detect>> | undefined): { audit?: number; verify?: number } {
  if (found?.afterMs === undefined) return {};
  return found.by === 'c2l audit' ? { audit: found.afterMs } : { verify: found.afterMs };
}

const retryMs = 2000;
const patienceMs = 120_000;

/** An API server that is away for a while must not leave things broken. */
async function goBack(
  calm: Session,
  { options, prepared }: Run,
  {
    id,
    stopped,
    written,
  }: { readonly id: string; readonly stopped: string | undefined; readonly written: ReadonlyMap<string, RowAnswer> },
): Promise<Ended> {
  const { clock, signal, terminal } = calm.deps;
  const deadline = clock.monotonic() + patienceMs;
  let isOwn = false;
  for (;;) {
    try {
      const journal = await Journal.find(calm, { id, journalNamespace: options.journalNamespace });
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

function outcomeOf({ options }: Run, course: Course | undefined, stopped: string | undefined): DrillReport['outcome'] {
  if (course?.recovery?.isRecovered !== true || stopped !== undefined) return 'not-recovered';
  return course.tookMs > options.scenario.objective.recovery ? 'too-late' : 'recovered';
}

function timesOf({ options }: Run, course: Course): NonNullable<DrillReport['recovery']> {
  const { recovery, detectMs, tookMs, noticed } = course;
  return {
    tookMs,
    objectiveMs: options.scenario.objective.recovery,
    phases: split([{ name: 'detect', durationMs: detectMs }, ...(recovery?.phases ?? [])], noticed.firstPodMs),
  };
}

/** The first pod that is ready divides the time after the writes. */
function split(phases: readonly DrillPhase[], firstPodMs: number | undefined): DrillPhase[] {
  const proof = phases.find(({ name }) => name === 'all-verified');
  const before = phases.filter(({ name }) => name !== 'all-verified');
  if (proof === undefined || firstPodMs === undefined) return [...phases];
  const written = before.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const first = Math.min(Math.max(0, firstPodMs - written), proof.durationMs);
  return [
    ...before,
    { name: 'first-pod', durationMs: first },
    { name: 'all-verified', durationMs: proof.durationMs - first },
  ];
}

function noticedBy({ audit, verify, argocdMs }: Course['noticed']): DrillReport['noticed'] {
  const at = (by: string, afterMs: number | undefined): DrillReport['noticed'][number] =>
    afterMs === undefined ? { by } : { by, afterMs };
  return [at('c2l audit', audit), ...(verify === undefined ? [] : [at('c2l verify', verify)]), at('Argo CD', argocdMs)];
}

function withSignal(session: Session, signal: AbortSignal): Session {
  return { ...session, deps: { ...session.deps, signal } };
}
