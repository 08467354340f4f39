import { healerChains } from '../argocd/pause-chain.ts';
import type { PausableRef } from '../argocd/sync-pause.ts';
import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { podNeed, type PodNeed } from '../secrets/pod-need.ts';
import { secretsView } from '../secrets/secrets-view.ts';
import { unfitValues } from '../secrets/unfit-values.ts';
import type { Stack } from '../stack/stack.ts';
import { dependenciesOf, dependencyGraph, dependencyOrder, type DependencyGraph } from '../workloads/dependencies.ts';
import { lostNodes } from '../workloads/lost-nodes.ts';
import { missingServices } from '../workloads/missing-services.ts';
import { isBelowPartition } from '../workloads/partition.ts';
import { podState } from '../workloads/pod-state.ts';
import { isBehindTemplate, isBeingRenewed, restartUnderWay } from '../workloads/rollout-under-way.ts';
import { workloads, type Workload } from '../workloads/workloads.ts';
import { affectedNeed, type ChosenSecret } from './affected-by.ts';
import { planRelease, type JudgedPod, type JudgedWorkload, type ReleaseStep } from './plan-release.ts';
import {
  partitionObstacle,
  replaceObstacle,
  restartObstacle,
  templateLack,
  type ObstacleScene,
} from './restart-obstacles.ts';

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
  /** It needs to be started anew, and c2l does not do it. */
  readonly isWithheld: boolean;
  /** It may need to be, and nobody can tell. */
  readonly isDoubted?: true;
  /** The command that settles that, where it serves nobody and nothing is against it. */
  readonly remedy?: Remedy;
  /** What kubelet brings up by itself, since it has all it needs. */
  readonly awaits?: ObjectRef;
  /** What it awaits is a restart that was begun before, and is to come to its end. */
  readonly isRollout?: true;
}

export interface Remedy {
  readonly workload: ObjectRef;
  readonly command: string;
}

export interface RestartPlan {
  /** All gone at one time, before anything else is restarted. */
  readonly release: readonly ReleaseStep[];
  /** Who would undo that, kept from it meanwhile. */
  readonly pause: readonly PausableRef[];
  readonly replace: readonly ReplaceStep[];
  /** In levels: what a level depends on is in the ones before. */
  readonly restart: readonly (readonly RestartStep[])[];
  readonly keep: readonly KeepStep[];
}

/** What the operator chose beyond the usual. */
export interface RestartChoice {
  /** Ids of workloads whose pods may go although their data goes with them. */
  readonly acceptDataLoss?: ReadonlySet<string>;
  /** Only consumers of this are touched, and all of them that may hold an older value. */
  readonly affectedBy?: ChosenSecret | undefined;
}

/** What the pods need so that they work with the Secrets as they are now. A healthy snapshot needs nothing. */
export function planRestart(
  snapshot: Snapshot,
  stack?: Stack,
  { acceptDataLoss = new Set(), affectedBy }: RestartChoice = {},
): RestartPlan {
  const graph = dependencyGraph(snapshot, stack);
  const scene = {
    view: secretsView(snapshot),
    stack,
    acceptDataLoss,
    affectedBy,
    lost: lostNodes(snapshot),
    unfit: unfitValues(snapshot, stack),
  };
  const found = workloads(snapshot);
  const all = found.map((workload) => ({
    workload,
    judged: workload.pods.map((pod): JudgedPod => ({ pod, need: needOf(workload, pod, scene) })),
  }));
  const release = planRelease(all, { ...scene, healers: healerChains(snapshot, found) });
  const released = new Set(release.steps.map(({ workload }) => refId(workload)));
  const rolled = all.filter(({ workload }) => !released.has(refId(workload.ref)));
  const plans = rolled.map(({ workload, judged }) => {
    const obstacle = release.obstacles.get(refId(workload.ref));
    if (obstacle !== undefined) return withheldPlan(workload, judged, obstacle);
    const missing = missingServices(snapshot, workload).map((name) => `service/${name}, which does not exist`);
    return planWorkload({ workload, judged }, scene, [...dependenciesOf(graph, workload.ref).map(refText), ...missing]);
  });
  const restart = plans.flatMap((plan) => plan.restart);
  return {
    release: release.steps,
    pause: release.pause,
    replace: plans.flatMap((plan) => plan.replace),
    restart: inLevels(restart, graph),
    keep: plans.flatMap((plan) => plan.keep),
  };
}

interface WorkloadPlan {
  readonly replace: readonly ReplaceStep[];
  readonly restart: readonly RestartStep[];
  readonly keep: readonly KeepStep[];
}

interface PlanScene extends ObstacleScene {
  readonly affectedBy: ChosenSecret | undefined;
}

interface KeptPod {
  readonly pod: Pod;
  readonly reason: string;
  readonly isWithheld: boolean;
  readonly isDoubted?: true;
  readonly remedy?: Remedy;
  readonly awaits?: ObjectRef;
}

/** What needs new pods, and would get nothing by them. */
function withheldPlan(workload: Workload, judged: readonly JudgedPod[], obstacle: string): WorkloadPlan {
  const kept = judged.map(({ pod, need }): KeptPod => {
    const isWithheld = need.need === 'restart' || need.need === 'replace';
    return { pod, reason: isWithheld ? `${need.reason}, but ${obstacle}` : need.reason, isWithheld };
  });
  return { replace: [], restart: [], keep: grouped(workload, kept) };
}

function planWorkload({ workload, judged }: JudgedWorkload, scene: PlanScene, needs: readonly string[]): WorkloadPlan {
  const rollout = planRollout(workload, judged, scene);
  // A Deployment removes its broken pods first when it is restarted; a StatefulSet waits for them for ever.
  const replaces = rollout.restart.length === 0 || workload.type === 'StatefulSet';

  const replace: ReplaceStep[] = [];
  const kept: KeptPod[] = [];
  for (const { pod, need } of judged) {
    if (need.need === 'replace') {
      const obstacle = replaceObstacle(workload, pod, scene);
      if (obstacle !== undefined) kept.push({ pod, reason: obstacle, isWithheld: true, awaits: workload.ref });
      else if (replaces) replace.push(replaceStep(workload, pod, need.reason));
    } else if (need.need === 'restart') {
      const obstacle = rollout.obstacle ?? beyondRollout(workload, pod, judged, scene);
      if (obstacle !== undefined) kept.push({ pod, reason: `${need.reason}, but ${obstacle}`, isWithheld: true });
    } else kept.push({ ...needlessPod(pod, need, needs), ...remedyFor(workload, { pod, need }, scene) });
  }
  return { replace, restart: rollout.restart, keep: [...rollout.begun, ...grouped(workload, kept)] };
}

function needlessPod(pod: Pod, need: PodNeed, needs: readonly string[]): KeptPod {
  const awaited = need.need === 'dependency' && needs.length > 0 ? `: waits for ${needs.join(', ')}` : '';
  const isDoubted = need.need === 'nothing' && need.isDoubted === true;
  return { pod, reason: `${need.reason}${awaited}`, isWithheld: false, ...(isDoubted && { isDoubted }) };
}

function remedyFor(workload: Workload, { pod, need }: JudgedPod, scene: ObstacleScene): Pick<KeptPod, 'remedy'> {
  if (need.need !== 'nothing' || need.remedy === undefined || !isRestartable(workload.ref)) return {};
  if (restartObstacle(workload, [pod], scene) !== undefined) return {};
  return { remedy: { workload: workload.ref, command: need.remedy } };
}

function begunSteps(workload: Workload): KeepStep[] {
  const { ref } = workload;
  const detail = restartUnderWay(workload);
  if (detail === undefined) return [];
  const reason = `a restart that was begun is under way: ${detail}`;
  return [{ object: ref, reason, isWithheld: false, awaits: ref, isRollout: true }];
}

/** Why the restart of the others does not reach a pod. */
function beyondRollout(
  workload: Workload,
  pod: Pod,
  judged: readonly JudgedPod[],
  scene: ObstacleScene,
): string | undefined {
  if (!isBelowPartition(workload, pod)) return undefined;
  const outdated = judged.filter(({ need }) => need.need === 'restart');
  return partitionObstacle(
    workload,
    outdated.map((each) => each.pod),
    scene,
  );
}

interface RolloutPlan {
  readonly restart: readonly RestartStep[];
  readonly obstacle?: string;
  /** The one that was begun before, where no new one is made. */
  readonly begun: readonly KeepStep[];
}

/** The restart that renews what is outdated, or what is against it. */
function planRollout(workload: Workload, judged: readonly JudgedPod[], scene: PlanScene): RolloutPlan {
  const outdated = judged.filter(({ need }) => need.need === 'restart');
  const [first] = outdated;
  const begun = begunSteps(workload);
  if (first === undefined) return { restart: [], begun };
  const pods = outdated.map(({ pod }) => pod);
  const obstacle = restartObstacle(workload, pods, scene);
  if (obstacle !== undefined || !isRestartable(workload.ref)) {
    return { restart: [], begun, ...(obstacle && { obstacle }) };
  }
  return { restart: [{ workload: workload.ref, reason: first.need.reason }], begun: [] };
}

function needOf(workload: Workload, pod: Pod, { view, affectedBy }: PlanScene): PodNeed {
  const own = podNeed(pod, view);
  const need =
    affectedBy === undefined ? correctedNeed(workload, pod, own, view) : affectedNeed(pod, own, affectedBy, view);
  if (need.need !== 'restart' || !isBeingRenewed(workload, pod)) return need;
  return { need: 'nothing', reason: `${need.reason}, and a rollout that was begun is about to renew it` };
}

/**
 * The controller replaces a StatefulSet's pod with the corrected template only after the old one became ready, which
 * a broken one never does.
 */
function correctedNeed(workload: Workload, pod: Pod, need: PodNeed, view: PlanScene['view']): PodNeed {
  if (need.need === 'restart' || podState(pod).state === 'ready' || !isBehindTemplate(workload, pod)) return need;
  if (templateLack(workload, view) !== undefined) return need;
  return { need: 'replace', reason: 'has an older template and blocks the corrected one' };
}

function isRestartable(ref: ObjectRef): ref is RestartStep['workload'] {
  return ref.kind === 'Deployment' || ref.kind === 'StatefulSet' || ref.kind === 'DaemonSet';
}

function replaceStep(workload: Workload, pod: Pod, reason: string): ReplaceStep {
  return { pod: refOf('Pod', pod.metadata), uid: pod.metadata.uid ?? '', workload: workload.ref, reason };
}

/** One line for all pods of a workload of which the same is true. */
function grouped({ ref }: Workload, kept: readonly KeptPod[]): KeepStep[] {
  const byReason = new Map<string, [KeptPod, ...KeptPod[]]>();
  for (const each of kept) {
    const group = byReason.get(each.reason);
    if (group) group.push(each);
    else byReason.set(each.reason, [each]);
  }
  return [...byReason.values()].map((group) => {
    const [{ pod, ...first }, ...others] = group;
    if (others.length === 0) return { object: refOf('Pod', pod.metadata), ...first };
    return { object: ref, ...first, reason: `${group.length} pods: ${first.reason}` };
  });
}

function inLevels(steps: readonly RestartStep[], graph: DependencyGraph): RestartStep[][] {
  const byId = new Map(steps.map((step) => [refId(step.workload), step]));
  const nodes = [...graph.refs.keys()].map((id) => ({ name: id, dependsOn: [...(graph.dependsOn.get(id) ?? [])] }));
  return dependencyOrder(nodes)
    .map((level) => level.flatMap((id) => byId.get(id) ?? []))
    .filter((level) => level.length > 0);
}
