import { drillMenu } from '../../core/drill/drill-menu.ts';
import type { DrillLine, DrillReport } from '../../core/drill/drill-report.ts';
import { randomDrill, type Attempt, type Interruption, type RandomDrill } from '../../core/drill/random-drill.ts';
import type { RehearsedDrill, RehearsedEnd } from '../../core/drill/rehearsal-report.ts';
import { verifyTroubles } from '../../core/verify/verify-report.ts';
import { OperatorError } from '../../errors.ts';
import { scenarioFaultText } from '../../render/drill/drill-scenario-text.ts';
import { observe } from '../observe/observe.ts';
import type { Session } from '../session.ts';
import { runVerify } from '../verify/verify.ts';
import { journalOf } from './drill-journal.ts';
import { differences, readEverything } from './everything.ts';
import { finishDrill } from './finish-drill.ts';
import { mortalSession } from './mortal-session.ts';
import { runDrill } from './run-drill.ts';

const journalNamespace = 'c2l-drill';
const proofMs = 120_000;

/** One drill of a rehearsal in a cluster of its own, with everything that stops it on the way. */
export async function rehearseDrill(
  session: Session,
  { seed, speed }: { readonly seed: number; readonly speed: number },
): Promise<RehearsedDrill> {
  const { cluster, deps, scope, stack } = session;
  // What a drill keeps lies there afterwards too.
  await cluster.createNamespace(journalNamespace);
  const before = await readEverything(cluster);
  const drill = randomDrill(seed, drillMenu(await observe(cluster, scope, deps.clock.now()), stack));
  const { end, wrong, timeline } = await attemptAll(session, patient(drill, speed));
  wrong.push(...differences(before, await readEverything(cluster)));
  wrong.push(...verifyTroubles(await runVerify(session, { timeoutMs: proofMs })));
  const recoveryMs = recoveryTime(timeline);
  return { seed, what: drillWords(drill), end, ...(recoveryMs === undefined ? {} : { recoveryMs }), wrong };
}

/** The limit is waited for by a clock that hastes, and is meant by the machine's; nobody is too late but by that. */
function patient(drill: RandomDrill, speed: number): RandomDrill {
  const { scenario } = drill;
  const { total } = scenario.limits;
  return { ...drill, scenario: { ...scenario, limits: { total: total * speed }, objective: { recovery: total } } };
}

interface Course {
  readonly end: RehearsedEnd;
  readonly wrong: string[];
  readonly timeline: readonly DrillLine[];
}

/** Each attempt goes on where the one before was stopped, until nothing is unfinished. */
async function attemptAll(session: Session, drill: RandomDrill): Promise<Course> {
  let timeline: readonly DrillLine[] = [];
  for (const attempt of drill.attempts) {
    const attempted = await attemptOne(session, drill, attempt);
    const end = attempt.command === 'run' && attempted.isStopped ? 'ctrl-c' : attempt.command;
    timeline = longest(timeline, await journalLines(session), attempted.report?.timeline ?? []);
    if (await isUnfinished(session)) continue;
    return { end, wrong: wrongWith(attempt, attempted), timeline };
  }
  return { end: 'abort', wrong: ['still unfinished after its last attempt'], timeline };
}

function wrongWith({ command }: Attempt, { report, refusal, isStopped }: Attempted): string[] {
  // Killed at its very end, a drill leaves nothing to be ended.
  const isOver = command !== 'run' && refusal?.code === 'drill-not-found';
  if (report === undefined) return refusal === undefined || isOver ? [] : [refusal.message];
  const { outcome, verdict, wrong } = report;
  if (isAsExpected(report, command, isStopped)) return [];
  return [`ended as ${outcome}, ${verdict}`, ...wrong];
}

interface Attempted {
  readonly report?: DrillReport;
  /** Why it did not begin, or did not end. */
  readonly refusal?: OperatorError;
  readonly isStopped: boolean;
}

async function attemptOne(session: Session, drill: RandomDrill, attempt: Attempt): Promise<Attempted> {
  const { interruption } = attempt;
  if (interruption === undefined) return { ...(await ended(start(session, drill, attempt))), isStopped: false };
  const mortal = mortalSession(session, interruption);
  const outcome = await Promise.race([ended(start(mortal.session, drill, attempt)), mortal.killed]);
  return { ...outcome, isStopped: mortal.isInterrupted() };
}

async function ended(report: Promise<DrillReport>): Promise<Pick<Attempted, 'report' | 'refusal'>> {
  try {
    return { report: await report };
  } catch (error) {
    if (error instanceof OperatorError) return { refusal: error };
    throw error;
  }
}

async function start(session: Session, drill: RandomDrill, { command }: Attempt): Promise<DrillReport> {
  const consent = { yes: true, confirm: undefined, journalFile: undefined };
  if (command !== 'run') return finishDrill(session, { ...consent, action: command });
  const from = session.defaultSources.filter((spec) => !drill.isWithoutVault || !spec.startsWith('azure-key-vault:'));
  return runDrill(session, {
    ...consent,
    scenario: drill.scenario,
    from,
    journalNamespace,
    dryRun: false,
    manual: false,
    onlookers: [],
    limitMs: undefined,
    isRehearsal: true,
  });
}

function isAsExpected({ outcome, verdict }: DrillReport, command: Attempt['command'], isStopped: boolean): boolean {
  if (command !== 'abort' && isStopped) return verdict === 'interrupted' || verdict === 'ok';
  if (verdict !== 'ok') return false;
  return command === 'abort' ? outcome === 'put-back' : outcome === 'recovered' || outcome === 'put-back';
}

async function isUnfinished({ cluster }: Session): Promise<boolean> {
  const found = await cluster.listDrillSecrets();
  return found.state !== 'present' || found.value.length > 0;
}

/** What whoever was killed had written last. */
async function journalLines({ cluster, deps }: Session): Promise<readonly DrillLine[]> {
  const found = await cluster.listDrillSecrets(journalNamespace);
  const journals = found.state === 'present' ? found.value.map((secret) => journalOf({ deps }, secret)) : [];
  return longest(...journals.map((journal) => journal?.lines ?? []));
}

function longest(...timelines: (readonly DrillLine[])[]): readonly DrillLine[] {
  return timelines.reduce((most, each) => (each.length > most.length ? each : most), []);
}

/** Until everything was proven; after an interruption that is when the copies are removed. */
function recoveryTime(timeline: readonly DrillLine[]): number | undefined {
  const at = (wanted: DrillLine['step']): string | undefined => timeline.find(({ step }) => step === wanted)?.at;
  const [fault, proven] = [at('fault'), at('verified') ?? at('clean-up')];
  return fault === undefined || proven === undefined ? undefined : Date.parse(proven) - Date.parse(fault);
}

function drillWords({ scenario, attempts, isWithoutVault }: RandomDrill): string {
  const stops = attempts.map(({ command, interruption }) =>
    interruption === undefined ? command : `${command}, ${stopWords(interruption)}`,
  );
  const faults = scenario.faults.map(scenarioFaultText);
  return [...faults, ...(isWithoutVault ? ['without the vault'] : []), ...stops].join('; ');
}

function stopWords({ how, line }: Interruption): string {
  const words = { 'killed-before': 'killed before', 'killed-after': 'killed after', 'ctrl-c': 'Ctrl-C after' } as const;
  return `${words[how]} line ${line}`;
}
