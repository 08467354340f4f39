import type { PausableRef } from '../../core/argocd/sync-pause.ts';
import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { ReleaseStep } from '../../core/restart/plan-release.ts';
import { releaseProof } from '../../core/restart/release-proof.ts';
import { secretsView } from '../../core/secrets/secrets-view.ts';
import { replicasAnnotation } from '../../core/workloads/cut-off-restart.ts';
import { OperatorError } from '../../errors.ts';
import { pauseSync, resumeSync, type HeldPauses } from '../argocd/pause-sync.ts';
import { lookUntil } from '../look-until.ts';
import { createLiveView } from '../observe/live-view.ts';
import type { Session } from '../session.ts';
import { writeAgain } from './write-again.ts';

/** Longer than a view is shared. */
const pollMs = 250;

/**
 * A pod with no time to end is gone from the API before kubelet has ended it, which nothing in the API tells. On a node
 * that is busy it was seen to take more than five seconds. What the new pods lack tells whether it was too short.
 */
const forcedEndMs = 10_000;

/** What does not begin within this is held up by something else, and keeps nobody waiting. */
const beginningMs = 30_000;

/** How much longer than all waiting a pause may take, before others end it. */
const afterwardsMs = 60_000;

interface ReleaseOptions {
  readonly steps: readonly ReleaseStep[];
  /** Who would scale them back; outermost first. */
  readonly pause: readonly PausableRef[];
  /** By the monotonic clock. */
  readonly deadline: number;
}

/**
 * Lets a kubelet forget what it keeps of a Secret: all that use it are scaled to 0, and back once no pod of theirs is
 * left. Whatever comes between, they are scaled back; a run that is killed leaves on each how many pods it had.
 */
export async function releaseSecrets(
  session: Session,
  snapshot: Snapshot,
  { steps, pause, deadline }: ReleaseOptions,
): Promise<StepOutcome[]> {
  if (steps.length === 0) return [];
  if (pause.length === 0) return released(session, snapshot, { steps, deadline });
  const { clock } = session.deps;
  const until = new Date(clock.now().getTime() + deadline - clock.monotonic() + afterwardsMs);
  let held: HeldPauses;
  try {
    held = await pauseSync(session, pause, { until, command: 'restart' });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return steps.map((step) => outcomeOf(step, `who would scale it back could not be paused: ${error.message}`));
  }
  const outcomes = await released(session, snapshot, { steps, deadline });
  return [...held.outcomes, ...outcomes, ...(await resumeSync(session, pause, held))];
}

type Released = Omit<ReleaseOptions, 'pause'>;

/** Never throws OperatorError. Done again, with more time, as long as the new pods show that kubelet did not let go. */
async function released(session: Session, snapshot: Snapshot, options: Released): Promise<StepOutcome[]> {
  const forcedMs = isForced(options.steps, snapshot) ? forcedEndMs : 0;
  for (let round = 1; ; round += 1) {
    const outcomes = await releasedOnce(session, snapshot, options, forcedMs * round);
    const isDone = outcomes.every(({ outcome }) => outcome === 'done');
    if (!isDone || forcedMs === 0 || !(await isStillHeld(session, snapshot, options))) return outcomes;
    if (session.deps.clock.monotonic() + forcedMs * (round + 1) >= options.deadline) return outcomes;
    session.deps.terminal.err('kubelet still gives the old Secret; the same once more, with more time');
  }
}

/** Asked of the new pods until each has begun or is refused; not known in time is no yes. */
async function isStillHeld(session: Session, first: Snapshot, { steps, deadline }: Released): Promise<boolean> {
  const { cluster, deps, scope } = session;
  const { clock } = deps;
  const view = createLiveView({ cluster, scope, clock }, first);
  const wanted = steps.reduce((sum, { replicas }) => sum + replicas, 0);
  const since = clock.monotonic();
  const look = async (): Promise<ReturnType<typeof releaseProof>> => {
    const seen = await view({ since });
    const pods = podsOf(steps, seen).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return releaseProof(pods, wanted, secretsView(seen));
  };
  const pace = { everyMs: pollMs, deadline: Math.min(deadline, since + beginningMs) };
  try {
    return (await lookUntil(deps, pace, look, (proof) => proof !== 'not yet')) === 'held';
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}

async function releasedOnce(
  session: Session,
  snapshot: Snapshot,
  { steps, deadline }: Released,
  forcedMs: number,
): Promise<StepOutcome[]> {
  const text = steps.map(({ workload }) => refText(workload)).join(', ');
  const progress = session.deps.terminal.progress(`scaling ${text} to 0`);
  const failure = await messageOf(
    (async () => {
      await Promise.all(steps.map((step) => scale(session, deadline, { step, replicas: 0 })));
      progress.update(`waiting until no pod of ${text} is left`);
      await untilGone(session, snapshot, { steps, deadline });
      await session.deps.clock.sleep(forcedMs, session.deps.signal);
    })(),
  );
  const outcomes = await Promise.all(steps.map((step) => scaledBack(session, deadline, { step, failure })));
  const isDone = outcomes.every(({ outcome }) => outcome === 'done');
  progress.finish(isDone ? 'ok' : 'failed', `${text}: scaled to 0 and back`);
  return outcomes;
}

async function scaledBack(
  session: Session,
  deadline: number,
  { step, failure }: { readonly step: ReleaseStep; readonly failure: string | undefined },
): Promise<StepOutcome> {
  const { replicas } = step;
  const lost = await messageOf(scale(session, deadline, { step, replicas }));
  if (lost === undefined) return outcomeOf(step, failure);
  return outcomeOf(step, `${lost}; it may still be scaled to 0: c2l restart scales it back to ${replicas}`);
}

function outcomeOf({ workload, reason }: ReleaseStep, failure: string | undefined): StepOutcome {
  return {
    action: 'restart-workload',
    object: workload,
    outcome: failure === undefined ? 'done' : 'failed',
    detail: failure ?? reason,
  };
}

async function scale(
  session: Session,
  deadline: number,
  { step: { workload, replicas: before }, replicas }: { readonly step: ReleaseStep; readonly replicas: number },
): Promise<void> {
  const { kind, namespace, name } = workload;
  const annotations = { [replicasAnnotation]: replicas === 0 ? String(before) : null };
  await writeAgain(session, deadline, () =>
    session.cluster.scaleWorkload({ kind, namespace, name, replicas, annotations }),
  );
}

async function untilGone(
  { cluster, deps, scope }: Session,
  first: Snapshot,
  { steps, deadline }: Released,
): Promise<void> {
  const { clock, signal } = deps;
  const view = createLiveView({ cluster, scope, clock }, first);
  const look = async (): Promise<readonly string[] | undefined> => {
    const seen = await view();
    const listings = [seen.pods, seen.deployments, seen.statefulSets, seen.replicaSets];
    if (listings.some(({ gaps }) => gaps.length > 0)) return undefined;
    return podsOf(steps, seen).map(({ metadata }) => `pod/${metadata.name}`);
  };
  await clock.sleep(pollMs, signal);
  const left = await lookUntil(deps, { everyMs: pollMs, deadline }, look, (seen) => seen?.length === 0);
  if (left?.length === 0) return;
  const detail = left === undefined ? 'its pods could not be read' : `${left.join(', ')} did not end in time`;
  throw new OperatorError('write-failed', `kubelet may still keep the old Secret: ${detail}`);
}

/** Pods that an earlier run scaled away are told of by their template alone. */
function isForced(steps: readonly ReleaseStep[], first: Snapshot): boolean {
  const templates = [...first.deployments.items, ...first.statefulSets.items].filter(({ metadata }) =>
    steps.some(({ workload: { namespace, name } }) => namespace === metadata.namespace && name === metadata.name),
  );
  return [...podsOf(steps, first), ...templates.map(({ spec }) => spec.template)].some(
    ({ spec }) => spec.terminationGracePeriodSeconds === 0,
  );
}

/** Those that end still count: kubelet lets go only when they are gone. */
function podsOf(steps: readonly ReleaseStep[], { pods, deployments, statefulSets, replicaSets }: Snapshot): Pod[] {
  const names = new Set(steps.map(({ workload }) => `${workload.namespace}/${refText(workload)}`));
  const owners = new Set(
    [
      ...deployments.items.map((item) => ({ ...item, kind: 'Deployment' })),
      ...statefulSets.items.map((item) => ({ ...item, kind: 'StatefulSet' })),
    ].flatMap(({ kind, metadata: { namespace = '', name, uid } }) =>
      uid !== undefined && names.has(`${namespace}/${refText({ kind, namespace, name })}`) ? [uid] : [],
    ),
  );
  const isOwned = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
    (metadata.ownerReferences ?? []).some(({ uid }) => owners.has(uid));
  for (const { metadata } of replicaSets.items.filter(isOwned)) owners.add(metadata.uid ?? '');
  return pods.items.filter((pod) => isOwned(pod) && !isOver(pod));
}

/** One that ends has failed by its phase before kubelet is through with it. */
function isOver({ metadata, status }: Pod): boolean {
  const isFinished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return isFinished && metadata.deletionTimestamp === undefined;
}

async function messageOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.code === 'interrupted' ? 'interrupted before kubelet let go of the old Secret' : error.message;
  }
}
