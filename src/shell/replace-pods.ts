import { refId, refText } from '../core/kubernetes.ts';
import type { ReplaceStep } from '../core/plan-restart.ts';
import type { StepOutcome } from '../core/report.ts';
import type { DisruptionBudget } from '../cluster-ports.ts';
import { OperatorError } from '../errors.ts';
import type { Session } from './session.ts';
import { writeAgain } from './write-again.ts';

const budgetRetryMs = 1000;

export interface ReplaceOptions {
  /** By the monotonic clock. */
  readonly deadline: number;
  /** Ids of workloads whose pods are deleted where a budget refuses their eviction. */
  readonly deletable: ReadonlySet<string>;
}

/** Evicts all pods at once: none of them serves anybody, so no order is owed to their dependents. */
export async function replacePods(
  session: Session,
  steps: readonly ReplaceStep[],
  options: ReplaceOptions,
): Promise<StepOutcome[]> {
  return Promise.all(steps.map((step) => replacePod(session, step, options)));
}

async function replacePod(session: Session, step: ReplaceStep, options: ReplaceOptions): Promise<StepOutcome> {
  const outcome = (word: StepOutcome['outcome'], detail: string): StepOutcome => ({
    action: 'replace-pod',
    object: step.pod,
    outcome: word,
    detail,
  });
  try {
    const refusal = await removePod(session, step, options);
    return refusal === undefined ? outcome('done', step.reason) : outcome('failed', refusal);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    // Its controller or somebody else was faster: a pod of that name is a new one.
    if (error.code === 'conflict') return outcome('skipped', 'was replaced already');
    if (error.code === 'interrupted') return outcome('skipped', 'interrupted while it could not be evicted');
    return outcome('failed', error.message);
  }
}

/** Why the pod is still there; undefined when it goes. */
async function removePod(
  session: Session,
  { pod, uid, workload }: ReplaceStep,
  { deadline, deletable }: ReplaceOptions,
): Promise<string | undefined> {
  const { cluster, deps } = session;
  const target = { namespace: pod.namespace, name: pod.name, uid };
  let isTold = false;
  for (;;) {
    const eviction = await writeAgain(session, deadline, () => cluster.evictPod(target));
    if (eviction.isDone) return undefined;
    if (deletable.has(refId(workload))) {
      await writeAgain(session, deadline, () => cluster.deletePod(target));
      return undefined;
    }
    const budget = budgetText(eviction.budget);
    if (deps.clock.monotonic() >= deadline) {
      return `${budget} allowed no eviction in time; c2l restart --delete ${refText(workload)} deletes it all the same`;
    }
    if (!isTold) deps.terminal.err(`${refText(pod)} waits: ${budget} allows no eviction now`);
    isTold = true;
    await deps.clock.sleep(budgetRetryMs, deps.signal);
  }
}

function budgetText(budget: DisruptionBudget | undefined): string {
  if (budget === undefined) return 'its PodDisruptionBudget';
  const { name, needed, healthy } = budget;
  return `poddisruptionbudget/${name} (needs ${needed} healthy pods, has ${healthy})`;
}
