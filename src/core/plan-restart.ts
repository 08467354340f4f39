import { dependenciesOf, dependencyGraph, dependencyOrder, type DependencyGraph } from './dependencies.ts';
import { refId, refText, type ObjectRef, type Pod } from './kubernetes.ts';
import { lackText, podNeed, type PodNeed } from './pod-need.ts';
import { missingServices } from './missing-services.ts';
import { podState } from './pod-state.ts';
import { refOf } from './object-owners.ts';
import { secretReferences } from './references.ts';
import type { StepOutcome } from './report.ts';
import { secretsView, type SecretsView } from './secrets-view.ts';
import type { Snapshot } from './snapshot.ts';
import type { Stack } from './stack.ts';
import { workloads, type Workload } from './workloads.ts';

/** A pod that serves nobody and whose controller makes a new one at once. */
export interface ReplaceStep {
  readonly pod: ObjectRef;
  readonly uid: string;
  readonly workload: ObjectRef;
  readonly reason: string;
}

export type RestartableKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** Running pods that began with an older value: their template is touched, so that all are renewed in turn. */
export interface RestartStep {
  readonly workload: ObjectRef & { readonly kind: RestartableKind };
  readonly reason: string;
}

/** What is left alone, and why. */
export interface KeepStep {
  /** The pod, or the workload where the same holds for several of its pods. */
  readonly object: ObjectRef;
  readonly reason: string;
  /** Neither time nor a restart helps it. */
  readonly isBlocked: boolean;
}

export interface RestartPlan {
  readonly replace: readonly ReplaceStep[];
  /** In levels: a level begins when the one before is proven. */
  readonly restart: readonly (readonly RestartStep[])[];
  readonly keep: readonly KeepStep[];
}

/** What the pods need so that they work with the Secrets as they are now. A healthy snapshot needs nothing. */
export function planRestart(snapshot: Snapshot, stack?: Stack): RestartPlan {
  const found = workloads(snapshot);
  const view = secretsView(snapshot);
  const graph = dependencyGraph(snapshot, stack);
  const plans = found.map((workload) => {
    const missing = missingServices(snapshot, workload).map((name) => `service/${name}, which does not exist`);
    return planWorkload(workload, view, [...dependenciesOf(graph, workload.ref).map(refText), ...missing]);
  });
  const restart = plans.flatMap((plan) => plan.restart);
  return {
    replace: plans.flatMap((plan) => plan.replace),
    restart: inLevels(restart, graph),
    keep: plans.flatMap((plan) => plan.keep),
  };
}

/** The plan when every pod is left to kubelet. */
export function withoutWrites({ replace, restart, keep }: RestartPlan): RestartPlan {
  const left = [
    ...replace.map(({ pod, reason }) => ({ object: pod, reason })),
    ...restart.flat().map(({ workload, reason }) => ({ object: workload, reason })),
  ];
  const kept = left.map(({ object, reason }) => ({ object, reason: `left to kubelet: ${reason}`, isBlocked: false }));
  return { replace: [], restart: [], keep: [...kept, ...keep] };
}

/** The plan as a report shows it before anything is done. */
export function plannedOutcomes({ replace, restart, keep }: RestartPlan): StepOutcome[] {
  return [
    ...replace.map(({ pod, reason }) => planned('replace-pod', pod, reason)),
    ...restart.flat().map(({ workload, reason }) => planned('restart-workload', workload, reason)),
    ...keptOutcomes(keep),
  ];
}

export function keptOutcomes(keep: readonly KeepStep[]): StepOutcome[] {
  return keep.map(({ object, reason }) => ({ action: 'keep-pod', object, outcome: 'kept', detail: reason }));
}

function planned(action: StepOutcome['action'], object: ObjectRef, detail: string): StepOutcome {
  return { action, object, outcome: 'planned', detail };
}

interface WorkloadPlan {
  readonly replace: readonly ReplaceStep[];
  readonly restart: readonly RestartStep[];
  readonly keep: readonly KeepStep[];
}

function planWorkload(workload: Workload, view: SecretsView, needs: readonly string[]): WorkloadPlan {
  const judged = workload.pods.map((pod) => ({ pod, need: correctedNeed(workload, pod, view) }));
  const outdated = judged.find(({ need }) => need.need === 'restart');
  const obstacle = outdated === undefined ? undefined : restartObstacle(workload, view);
  const restart =
    outdated !== undefined && obstacle === undefined && isRestartable(workload.ref)
      ? [{ workload: workload.ref, reason: outdated.need.reason }]
      : [];
  // A Deployment removes its broken pods first when it is restarted; a StatefulSet waits for them for ever.
  const replaces = restart.length === 0 || workload.type === 'StatefulSet';

  const replace: ReplaceStep[] = [];
  const kept: { readonly pod: Pod; readonly reason: string; readonly isBlocked: boolean }[] = [];
  for (const { pod, need } of judged) {
    if (need.need === 'replace' && isReplaceable(workload)) {
      if (replaces) replace.push(replaceStep(workload, pod, need.reason));
      continue;
    }
    if (need.need === 'restart' && restart.length > 0) continue;
    kept.push({ pod, reason: keepReason(workload, need, { obstacle, needs }), isBlocked: need.need === 'values' });
  }
  return { replace, restart, keep: grouped(workload, kept) };
}

/**
 * The controller replaces a StatefulSet's pod with the corrected template only after the old one became ready, which
 * a broken one never does.
 */
function correctedNeed(workload: Workload, pod: Pod, view: SecretsView): PodNeed {
  const need = podNeed(pod, view);
  if (workload.type !== 'StatefulSet' || need.need === 'restart' || podState(pod).state === 'ready') return need;
  const { spec, status } = workload.object;
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  const isOld = revision !== undefined && status?.updateRevision !== undefined && revision !== status.updateRevision;
  if (!isOld || spec.updateStrategy?.type === 'OnDelete' || templateLack(workload, view) !== undefined) return need;
  return { need: 'replace', reason: 'has an older template and blocks the corrected one' };
}

function templateLack({ ref, podSpec }: Workload, view: SecretsView): string | undefined {
  return lackText(secretReferences(ref, podSpec), view);
}

function restartObstacle(workload: Workload, view: SecretsView): string | undefined {
  const lack = templateLack(workload, view);
  if (lack !== undefined) return `${lack}, so a restart would break it`;
  switch (workload.type) {
    case 'Deployment':
      return workload.object.spec.paused === true ? 'its rollouts are paused' : undefined;
    case 'StatefulSet':
    case 'DaemonSet':
      return workload.object.spec.updateStrategy?.type === 'OnDelete'
        ? 'its update strategy OnDelete leaves restarts to people'
        : undefined;
    case 'Job':
    case 'CronJob':
      return 'its Job ends by itself';
    case 'Other':
      return 'no controller that c2l knows would start it again';
  }
}

function isRestartable(ref: ObjectRef): ref is RestartStep['workload'] {
  return ref.kind === 'Deployment' || ref.kind === 'StatefulSet' || ref.kind === 'DaemonSet';
}

/** A deleted pod of a Job counts as one of its failures, and a bare pod would be gone. */
function isReplaceable({ ref }: Workload): boolean {
  return isRestartable(ref) || ref.kind === 'ReplicaSet';
}

function replaceStep(workload: Workload, pod: Pod, reason: string): ReplaceStep {
  return { pod: refOf('Pod', pod.metadata), uid: pod.metadata.uid ?? '', workload: workload.ref, reason };
}

function keepReason(
  workload: Workload,
  { need, reason }: PodNeed,
  { obstacle, needs }: { readonly obstacle: string | undefined; readonly needs: readonly string[] },
): string {
  switch (need) {
    case 'replace':
      return workload.ref.kind === 'Job' || workload.ref.kind === 'CronJob'
        ? 'kubelet starts it by itself; to delete it would count as a failure of its Job'
        : 'no controller would recreate it';
    case 'restart':
      return `${reason}, but ${obstacle ?? 'cannot be restarted'}`;
    case 'dependency':
      return needs.length === 0 ? reason : `${reason}: waits for ${needs.join(', ')}`;
    case 'nothing':
    case 'values':
      return reason;
  }
}

/** One line for all pods of a workload of which the same is true. */
function grouped(
  { ref }: Workload,
  kept: readonly { readonly pod: Pod; readonly reason: string; readonly isBlocked: boolean }[],
): KeepStep[] {
  const byReason = new Map<string, { pods: Pod[]; isBlocked: boolean }>();
  for (const { pod, reason, isBlocked } of kept) {
    const group = byReason.get(reason) ?? { pods: [], isBlocked };
    group.pods.push(pod);
    byReason.set(reason, group);
  }
  return [...byReason].map(([reason, { pods, isBlocked }]) => {
    const [only] = pods;
    if (only !== undefined && pods.length === 1) return { object: refOf('Pod', only.metadata), reason, isBlocked };
    return { object: ref, reason: `${pods.length} pods: ${reason}`, isBlocked };
  });
}

function inLevels(steps: readonly RestartStep[], graph: DependencyGraph): RestartStep[][] {
  const byId = new Map(steps.map((step) => [refId(step.workload), step]));
  const nodes = [...graph.refs.keys()].map((id) => ({ name: id, dependsOn: [...(graph.dependsOn.get(id) ?? [])] }));
  return dependencyOrder(nodes)
    .map((level) => level.flatMap((id) => byId.get(id) ?? []))
    .filter((level) => level.length > 0);
}
