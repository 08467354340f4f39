import type { DisruptionBudget } from '../../cluster-ports.ts';
import { refId, refText } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { ReplaceStep } from '../../core/restart/plan-restart.ts';
import { podState } from '../../core/workloads/pod-state.ts';
import { OperatorError } from '../../errors.ts';
import { lookUntil } from '../look-until.ts';
import type { Session } from '../session.ts';
import { writeAgain } from './write-again.ts';

/** How often a PodDisruptionBudget that refuses is asked again: it may allow a moment later. */
export const budgetRetryMs = 1000;

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
    const removal = await removePod(session, step, options);
    if (removal === 'gone') return outcome('done', step.reason);
    return removal === 'ready' ? outcome('skipped', 'became ready by itself') : outcome('failed', removal.refusal);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    // Its controller or somebody else was faster: a pod of that name is a new one.
    if (error.code === 'conflict') return outcome('skipped', 'was replaced already');
    if (error.code === 'interrupted') return outcome('skipped', 'interrupted while it could not be evicted');
    return outcome('failed', error.message);
  }
}

type Removal = 'gone' | 'ready' | { readonly refusal: string };

/** Waits for budgets, and leaves alone what serves somebody in the end. */
async function removePod(
  session: Session,
  { pod, uid, workload }: ReplaceStep,
  { deadline, deletable }: ReplaceOptions,
): Promise<Removal> {
  const { cluster, deps } = session;
  const target = { namespace: pod.namespace, name: pod.name, uid };
  let isFirst = true;
  const tryOnce = async (): Promise<Removal> => {
    if (!isFirst && (await isReady(session, target))) return 'ready';
    const eviction = await writeAgain(session, deadline, () => cluster.evictPod(target));
    if (eviction.isDone) return 'gone';
    if (deletable.has(refId(workload))) {
      await writeAgain(session, deadline, () => cluster.deletePod(target));
      return 'gone';
    }
    const budget = budgetText(eviction.budget);
    const isLate = deps.clock.monotonic() >= deadline;
    if (isFirst && !isLate) deps.terminal.err(`${refText(pod)} waits: ${budget} allows no eviction now`);
    isFirst = false;
    const way = `c2l restart --delete ${refText(workload)} deletes it all the same`;
    return { refusal: `${budget} allowed no eviction in time; ${way}` };
  };
  return lookUntil(deps, { everyMs: budgetRetryMs, deadline }, tryOnce, (removal) => typeof removal === 'string');
}

async function isReady({ cluster }: Session, { namespace, uid }: { namespace: string; uid: string }): Promise<boolean> {
  const pods = await cluster.list('pods', namespace);
  const pod = pods.state === 'present' ? pods.value.find(({ metadata }) => metadata.uid === uid) : undefined;
  return pod !== undefined && podState(pod).state === 'ready';
}

function budgetText(budget: DisruptionBudget | undefined): string {
  if (budget === undefined) return 'its PodDisruptionBudget';
  const { name, needed, healthy } = budget;
  return `poddisruptionbudget/${name} (needs ${needed} healthy pods, has ${healthy})`;
}
