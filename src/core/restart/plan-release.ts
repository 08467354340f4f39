import type { PauseChain } from '../argocd/pause-chain.ts';
import type { PausableRef } from '../argocd/sync-pause.ts';
import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Secret } from '../cluster/secret.ts';
import { keptSecrets } from '../secrets/kept-secrets.ts';
import type { PodNeed } from '../secrets/pod-need.ts';
import { secretReferences } from '../secrets/references.ts';
import type { SecretsView } from '../secrets/secrets-view.ts';
import { replicasBefore } from '../workloads/cut-off-restart.ts';
import type { Workload } from '../workloads/workloads.ts';
import { lossOf, renewalObstacle, type ObstacleScene } from './restart-obstacles.ts';

export type ScalableKind = 'Deployment' | 'StatefulSet';

/** One of the workloads that have no pod at one moment, so that kubelet lets go of an immutable Secret. */
export interface ReleaseStep {
  readonly workload: ObjectRef & { readonly kind: ScalableKind };
  /** How many pods it gets back. */
  readonly replicas: number;
  readonly reason: string;
}

export interface JudgedPod {
  readonly pod: Pod;
  readonly need: PodNeed;
}

export interface JudgedWorkload {
  readonly workload: Workload;
  readonly judged: readonly JudgedPod[];
}

export interface ReleasePlan {
  readonly steps: readonly ReleaseStep[];
  /** Who would scale them back before all are gone; outermost first. */
  readonly pause: readonly PausableRef[];
  /** By `refId` of the workload: why the pods that need it cannot get rid of the old Secret. */
  readonly obstacles: ReadonlyMap<string, string>;
}

export interface ReleaseScene extends ObstacleScene {
  /** Who scales a workload back at once. */
  readonly healers: (ref: ObjectRef) => PauseChain;
}

/**
 * What has to be gone at one time. kubelet keeps an immutable Secret as long as any pod of its node refers to it, and
 * gives the old one to new pods too, so that a Secret which was created again is not reached by a rollout.
 */
export function planRelease(all: readonly JudgedWorkload[], scene: ReleaseScene): ReleasePlan {
  const steps = new Map(all.flatMap(({ workload }) => begunStep(workload)).map((step) => [refId(step.workload), step]));
  const obstacles = new Map<string, string>();
  for (const secret of heldSecrets(all, scene.view)) {
    const users = all.filter(({ workload }) => workload.pods.some((pod) => refersTo(pod, secret)));
    // Its controller makes a pod only after the one before is gone from the node.
    if (users.length === 1 && users[0]?.workload.type === 'DaemonSet') continue;
    const obstacle = obstacleOf(users, secret, scene);
    for (const { workload } of users) {
      const id = refId(workload.ref);
      if (obstacle !== undefined) obstacles.set(id, obstacle);
      else if (isScalable(workload.ref)) steps.set(id, releaseStep(workload.ref, workload.replicas, secret));
    }
  }
  const paused = [...steps.values()].flatMap(({ workload }) => scene.healers(workload).objects);
  const pause = [...new Map(paused.map((ref) => [refId(ref), ref])).values()];
  return { steps: [...steps.values()], pause, obstacles };
}

function begunStep({ ref, object, replicas }: Workload): ReleaseStep[] {
  const before = replicasBefore(ref.kind, object.metadata, replicas);
  if (!isScalable(ref) || before === undefined) return [];
  const reason = `an earlier restart was cut off when it was scaled to 0: back to ${before}`;
  return [{ workload: ref, replicas: before, reason }];
}

function releaseStep(workload: ReleaseStep['workload'], replicas: number, { metadata }: Secret): ReleaseStep {
  const reason =
    `kubelet keeps the old Secret ${metadata.name}, which is immutable, as long as any pod uses it: ` +
    `scaled to 0 and back to ${replicas}, so it is down until its new pods are ready`;
  return { workload, replicas, reason };
}

function heldSecrets(all: readonly JudgedWorkload[], view: SecretsView): readonly Secret[] {
  const judged = all.flatMap((each) => each.judged);
  return [...new Set(judged.flatMap(({ pod, need }) => keptSecrets(pod, need, view)))];
}

function refersTo(pod: Pod, { metadata: { namespace, name } }: Secret): boolean {
  const references = secretReferences(refOf('Pod', pod.metadata), pod.spec);
  return references.some((reference) => reference.namespace === namespace && reference.secret === name);
}

function obstacleOf(users: readonly JudgedWorkload[], secret: Secret, scene: ReleaseScene): string | undefined {
  const { namespace, name } = secret.metadata;
  const fixed = users.map(({ workload }) => workload.ref).filter((ref) => !isScalable(ref));
  if (fixed.length > 0) {
    const pods = users.flatMap(({ workload }) => workload.pods).filter((pod) => refersTo(pod, secret));
    for (const { workload } of users) {
      const loss = lossOf(workload, workload.pods, scene);
      if (loss !== undefined)
        return `kubelet keeps the old Secret ${name} as long as ${refText(workload.ref)} uses it: ${loss}`;
    }
    const names = pods.map(({ metadata }) => metadata.name).join(' ');
    return (
      `kubelet keeps the old Secret ${name} until no pod uses it, and ${fixed.map(refText).join(', ')} cannot be ` +
      `scaled to 0: let all be gone at one time: kubectl -n ${namespace} delete pod ${names}`
    );
  }
  for (const { workload } of users) {
    const healed = scene.healers(workload.ref).obstacle;
    const obstacle =
      healed === undefined ? renewalObstacle(workload, scene) : `it is scaled back, since ${healed.reason}`;
    if (obstacle !== undefined) {
      return `kubelet keeps the old Secret ${name} as long as ${refText(workload.ref)} uses it: ${obstacle}`;
    }
  }
  return undefined;
}

function isScalable(ref: ObjectRef): ref is ReleaseStep['workload'] {
  return ref.kind === 'Deployment' || ref.kind === 'StatefulSet';
}
