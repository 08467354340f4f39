import { refId, refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { RestartStep } from '../../core/restart/plan-restart.ts';
import { planChecks } from '../../core/verify/checks.ts';
import { dependencyGraph, type DependencyGraph } from '../../core/workloads/dependencies.ts';
import { restartedAt } from '../../core/workloads/rollout-under-way.ts';
import { awaitedStates, waitingText } from '../../core/workloads/waiting.ts';
import { workloadsById } from '../../core/workloads/workloads.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import { createLiveView } from '../observe/live-view.ts';
import type { Session } from '../session.ts';
import { unbegun } from '../step-by-step.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { disproof, type ProofWorld } from '../verify/prove-component.ts';
import { writeAgain } from './write-again.ts';

const pollMs = 250;

/**
 * Restarts each workload once everything that it depends on is proven: ready, and by its checks. Branches that do not
 * hang on each other go side by side; one that fails keeps only what depends on it from being touched.
 */
export async function restartBranches(
  session: Session,
  snapshot: Snapshot,
  { levels, deadline }: { readonly levels: readonly (readonly RestartStep[])[]; readonly deadline: number },
): Promise<StepOutcome[]> {
  const steps = levels.flat();
  if (steps.length === 0) return [];
  const { cluster, deps, scope, stack } = session;
  const view = createLiveView({ cluster, scope, clock: deps.clock }, snapshot);
  const progress = deps.terminal.progress(`restarting ${steps.map(({ workload }) => refText(workload)).join(', ')}`);
  const run: Run = {
    session,
    before: snapshot,
    graph: dependencyGraph(snapshot, stack),
    world: { cluster, stack, view, checks: planChecks(snapshot, stack), deadline },
    tell: (text) => {
      progress.update(text);
    },
    branches: new Map(),
  };
  // In this order each finds what it depends on under way already.
  for (const step of steps) run.branches.set(refId(step.workload), restartBranch(step, run));
  const ended = await Promise.all(run.branches.values());
  const isProven = ended.every(({ failure }) => failure === undefined);
  progress.finish(isProven ? 'ok' : deps.signal.aborted ? 'stopped' : 'failed', 'restarts');
  return ended.flatMap(({ outcome }) => outcome ?? []);
}

interface Branch {
  /** Of what is only proven there is none. */
  readonly outcome?: StepOutcome;
  /** Why nothing that depends on it may be touched. */
  readonly failure?: string;
}

interface Run {
  readonly session: Session;
  /** As the plan was made from it. */
  readonly before: Snapshot;
  readonly graph: DependencyGraph;
  readonly world: ProofWorld;
  readonly tell: (text: string) => void;
  /** By `refId`; what is not restarted itself is proven once, for the first that asks. */
  readonly branches: Map<string, Promise<Branch>>;
}

async function restartBranch(step: RestartStep, run: Run): Promise<Branch> {
  const { session } = run;
  const name = refText(step.workload);
  const outcome = (word: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'restart-workload',
    object: step.workload,
    outcome: word,
    detail,
  });
  const held = await failedNeed(step.workload, run);
  const interrupted = { outcome: outcome('skipped', unbegun('c2l restart')), failure: name };
  if (session.deps.signal.aborted) return interrupted;
  if (held !== undefined) return { outcome: outcome('skipped', `because ${held}`), failure: held };
  const isBegun = await isBegunElsewhere(step, run);
  if (isBegun === 'interrupted') return interrupted;
  try {
    if (!isBegun) await restartOnce(step, run);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { outcome: outcome('failed', error.message), failure: `${name} could not be restarted` };
  }
  const failure = await unlessInterrupted(proven(step.workload, run, true));
  const reason = isBegun ? `${step.reason}; somebody else began that meanwhile` : step.reason;
  return { outcome: outcome('done', reason), ...(failure === undefined ? {} : { failure }) };
}

/** Since the plan was made: what that brings is as new as what this restart would. */
async function isBegunElsewhere(
  { workload }: RestartStep,
  { world, session, before }: Run,
): Promise<boolean | 'interrupted'> {
  const { clock, signal } = session.deps;
  const seen = await world.view({ since: clock.monotonic() });
  if (signal.aborted) return 'interrupted';
  const now = restartedAt(workloadsById(seen).get(refId(workload)));
  return now !== undefined && now !== restartedAt(workloadsById(before).get(refId(workload)));
}

/** The same time each time it is sent: done twice it is one restart. */
async function restartOnce({ workload: { kind, namespace, name } }: RestartStep, run: Run): Promise<void> {
  const { cluster, deps } = run.session;
  const at = deps.clock.now().toISOString();
  await writeAgain(run.session, run.world.deadline, () => cluster.restartWorkload({ kind, namespace, name, at }));
}

async function failedNeed(object: ObjectRef, run: Run): Promise<string | undefined> {
  const needs = [...(run.graph.dependsOn.get(refId(object)) ?? [])];
  const ended = await Promise.all(needs.map((id) => branchOf(id, run)));
  return ended.find(({ failure }) => failure !== undefined)?.failure;
}

/** What is not restarted itself: it must work as well, and so must what it hangs on. */
function branchOf(id: string, run: Run): Promise<Branch> {
  const known = run.branches.get(id);
  if (known !== undefined) return known;
  const prove = async (): Promise<Branch> => {
    const object = run.graph.refs.get(id);
    if (object === undefined) return {};
    const failure = (await failedNeed(object, run)) ?? (await unlessInterrupted(proven(object, run, false)));
    return failure === undefined ? {} : { failure };
  };
  const branch = prove();
  run.branches.set(id, branch);
  return branch;
}

/** Why a workload is not ready or does not do its work, once no time would change that or the time is over. */
async function proven(object: ObjectRef, run: Run, isRestarted: boolean): Promise<string | undefined> {
  const { deps } = run.session;
  // What was seen before the restart, when all was ready, says nothing of it.
  const since = deps.clock.monotonic();
  const step = await lookUntil(
    deps,
    // It ends by itself at the deadline, with what was seen then.
    { everyMs: pollMs, deadline: Infinity },
    () => comeUp(object, run, isRestarted ? { since } : {}),
    (seen) => seen !== 'not yet',
  );
  if (typeof step === 'object') return `${refText(object)} did not come up: ${step.failure}`;
  run.tell(`restarting: ${refText(object)} is ready, its checks are made`);
  const wrong = await disproof(run.session, object, run.world);
  return wrong === undefined ? undefined : `${refText(object)} is not proven: ${wrong}`;
}

/** One look at whether it is up; what was never there is not waited for. */
async function comeUp(
  object: ObjectRef,
  { world, session, tell }: Run,
  restarted: { readonly since?: number },
): Promise<'ready' | 'not yet' | { readonly failure: string }> {
  const { clock, signal } = session.deps;
  const isLate = clock.monotonic() >= world.deadline;
  const snapshot = await untilInterrupted(world.view(restarted), signal);
  const gap = [snapshot.pods, snapshot.deployments, snapshot.statefulSets].flatMap(({ gaps }) => gaps)[0];
  if (gap !== undefined) {
    tell(`restarting: ${gap.reason}`);
    return isLate || gap.cause === 'forbidden' ? { failure: gap.reason } : 'not yet';
  }
  const ids = new Set([refId(object)]);
  // A rollout that somebody holds back is no matter of what only has to work.
  const rollouts = restarted.since !== undefined ? ids : new Set<string>();
  const time = session.sightings.look(snapshot.pods.items, clock);
  const states = awaitedStates(snapshot, { stack: world.stack, ids, rollouts, time });
  const [state] = states;
  if (state === undefined || state.state === 'ready') return 'ready';
  tell(`restarting: ${waitingText(states)}`);
  if (state.hopeless === undefined && !isLate) return 'not yet';
  return { failure: state.hopeless ?? state.detail };
}

async function unlessInterrupted(work: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'interrupted') return 'it was interrupted';
    throw error;
  }
}
