import { refId, refText } from '../core/kubernetes.ts';
import type { ReplaceStep, RestartStep } from '../core/plan-restart.ts';
import type { StepOutcome } from '../core/report.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { OperatorError } from '../errors.ts';
import type { Session } from './session.ts';
import { waitForComponents } from './wait-components.ts';

const budgetRetryMs = 1000;

/** Evicts all pods at once: none of them serves anybody, so no order is owed to their dependents. */
export async function replacePods(
  session: Session,
  steps: readonly ReplaceStep[],
  deadline: number,
): Promise<StepOutcome[]> {
  return Promise.all(steps.map((step) => replacePod(session, step, deadline)));
}

async function replacePod(session: Session, step: ReplaceStep, deadline: number): Promise<StepOutcome> {
  const { namespace, name } = step.pod;
  const outcome = (word: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'replace-pod',
    object: step.pod,
    outcome: word,
    detail,
  });
  try {
    for (;;) {
      if (await session.cluster.evictPod({ namespace, name, uid: step.uid })) return outcome('done', step.reason);
      if (session.deps.clock.monotonic() >= deadline) {
        return outcome('failed', 'its PodDisruptionBudget allowed no eviction in time');
      }
      await session.deps.clock.sleep(budgetRetryMs, session.deps.signal);
    }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    // Its controller or somebody else was faster: a pod of that name is a new one.
    if (error.code === 'conflict') return outcome('skipped', 'was replaced already');
    if (error.code === 'interrupted') return outcome('skipped', 'interrupted while its PodDisruptionBudget refused');
    return outcome('failed', error.message);
  }
}

/** Restarts level after level; a level that does not come up keeps the later ones from being touched. */
export async function restartLevels(
  session: Session,
  snapshot: Snapshot,
  { levels, deadline }: { readonly levels: readonly (readonly RestartStep[])[]; readonly deadline: number },
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let stopped: string | undefined;
  for (const level of levels) {
    if (session.deps.signal.aborted) stopped ??= 'interrupted before it was begun; c2l restart goes on here';
    const reason = stopped;
    if (reason !== undefined) {
      outcomes.push(...level.map((step) => outcomeOf(step, 'skipped', reason)));
      continue;
    }
    const begun = await Promise.all(level.map((step) => restartWorkload(session, step)));
    outcomes.push(...begun);
    stopped = await levelFailure(session, snapshot, { level, begun, deadline });
  }
  return outcomes;
}

/** Why later levels must not be touched; undefined when this one is proven. */
async function levelFailure(
  session: Session,
  snapshot: Snapshot,
  run: { readonly level: readonly RestartStep[]; readonly begun: readonly StepOutcome[]; readonly deadline: number },
): Promise<string | undefined> {
  const failed = run.begun.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) return `skipped because ${refText(failed.object)} could not be restarted`;
  const ids = new Set(run.level.map(({ workload }) => refId(workload)));
  const awaited = { ids, rollouts: ids };
  const { end } = await waitForComponents(session, snapshot, { awaited, deadline: run.deadline, title: 'restarting' });
  if (end === 'ready') return undefined;
  return `skipped because ${run.level.map(({ workload }) => refText(workload)).join(', ')} did not come up`;
}

async function restartWorkload({ cluster, deps }: Session, step: RestartStep): Promise<StepOutcome> {
  const { kind, namespace, name } = step.workload;
  try {
    await cluster.restartWorkload({ kind, namespace, name, at: deps.clock.now().toISOString() });
    return outcomeOf(step, 'done', step.reason);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return outcomeOf(step, 'failed', error.message);
  }
}

function outcomeOf({ workload }: RestartStep, outcome: StepOutcome['outcome'], detail: string): StepOutcome {
  return { action: 'restart-workload', object: workload, outcome, detail };
}
