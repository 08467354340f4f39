import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText } from '../cluster/kubernetes.ts';
import { lackText } from '../secrets/pod-need.ts';
import { secretReferences } from '../secrets/references.ts';
import type { Requirement } from '../secrets/requirements.ts';
import type { SecretsView } from '../secrets/secrets-view.ts';
import { unfitText } from '../secrets/unfit-values.ts';
import type { Stack } from '../stack/stack.ts';
import { lossText, placeOfLoss } from '../workloads/data-in-pod.ts';
import { heldOnLostNode, lostNodeObstacle } from '../workloads/lost-nodes.ts';
import { isBelowPartition } from '../workloads/partition.ts';
import type { Workload } from '../workloads/workloads.ts';

/** What speaks against touching a workload is judged by. */
export interface ObstacleScene {
  readonly view: SecretsView;
  readonly stack: Stack | undefined;
  /** Ids of workloads whose pods may go although their data goes with them. */
  readonly acceptDataLoss: ReadonlySet<string>;
  /** Names of nodes that do not work. */
  readonly lost: ReadonlySet<string>;
  /** Values that no pod should begin with. */
  readonly unfit: readonly Requirement[];
}

type LossScene = Pick<ObstacleScene, 'stack' | 'acceptDataLoss' | 'lost'>;

/** Why a restart of a workload would break it, lose something, or change nothing for the pods that need it. */
export function restartObstacle(
  workload: Workload,
  outdated: readonly Pod[],
  scene: ObstacleScene,
): string | undefined {
  const lack = lackObstacle(workload, scene.view) ?? unfitObstacle(workload, outdated, scene);
  const held = controllerObstacle(workload, outdated, scene) ?? lostNodeObstacle(workload, scene.lost);
  return lack ?? held ?? lossOf(workload, workload.pods, scene);
}

/** Why new pods in place of all would break a workload or lose something, whatever makes them. */
export function renewalObstacle(workload: Workload, scene: ObstacleScene): string | undefined {
  const held = heldOnLostNode(workload.pods, scene.lost);
  const lack = lackObstacle(workload, scene.view) ?? unfitObstacle(workload, workload.pods, scene);
  return lack ?? held ?? lossOf(workload, workload.pods, scene);
}

function lackObstacle(workload: Workload, view: SecretsView): string | undefined {
  const lack = templateLack(workload, view);
  return lack === undefined ? undefined : `${lack}, so a restart would break it`;
}

function unfitObstacle(workload: Workload, pods: readonly Pod[], scene: ObstacleScene): string | undefined {
  const unfit = unfitText(workload, pods, scene);
  return unfit === undefined ? undefined : `a restart would break it, since ${unfit}`;
}

export function templateLack({ ref, podSpec }: Workload, view: SecretsView): string | undefined {
  return lackText(secretReferences(ref, podSpec), view);
}

function controllerObstacle(workload: Workload, outdated: readonly Pod[], scene: LossScene): string | undefined {
  const { namespace } = workload.ref;
  switch (workload.type) {
    case 'Deployment':
      return workload.object.spec.paused === true
        ? `its rollouts are paused: kubectl -n ${namespace} rollout resume ${refText(workload.ref)}, then c2l restart again`
        : undefined;
    case 'StatefulSet':
    case 'DaemonSet':
      if (workload.object.spec.updateStrategy?.type === 'OnDelete') {
        return onDeleteObstacle(workload, outdated, scene);
      }
      return outdated.length > 0 && outdated.every((pod) => isBelowPartition(workload, pod))
        ? partitionObstacle(workload, outdated, scene)
        : undefined;
    case 'Job':
    case 'CronJob':
      return 'its Job ends by itself';
    case 'Other':
      return 'no controller that c2l knows would start it again';
  }
}

function onDeleteObstacle(workload: Workload, outdated: readonly Pod[], scene: LossScene): string {
  const way = deleteCommand(workload.ref.namespace, outdated);
  return lossOf(workload, outdated, scene) ?? `its update strategy OnDelete leaves restarts to people: ${way}`;
}

function deleteCommand(namespace: string, pods: readonly Pod[]): string {
  return `kubectl -n ${namespace} delete pod ${pods.map(({ metadata }) => metadata.name).join(' ')}`;
}

/** A pod that is deleted below the partition comes back with its own template, and the values of now. */
export function partitionObstacle(workload: Workload, outdated: readonly Pod[], scene: LossScene): string {
  const below = outdated.filter((pod) => isBelowPartition(workload, pod));
  return (
    lossOf(workload, below, scene) ??
    `its partition keeps a rollout from it: ${deleteCommand(workload.ref.namespace, below)}`
  );
}

/** A deleted pod of a Job counts as one of its failures, and a bare pod would be gone. */
export function replaceObstacle(workload: Workload, pod: Pod, scene: LossScene): string | undefined {
  switch (workload.ref.kind) {
    case 'StatefulSet':
      return heldOnLostNode([pod], scene.lost) ?? lossOf(workload, [pod], scene);
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
      return lossOf(workload, [pod], scene);
    case 'Job':
    case 'CronJob':
      return 'kubelet starts it by itself; to delete it would count as a failure of its Job';
    default:
      return 'no controller would recreate it';
  }
}

/** Of pods that anybody would delete, c2l or whoever follows its words. */
export function lossOf(
  workload: Workload,
  pods: readonly Pod[],
  { stack, acceptDataLoss }: LossScene,
): string | undefined {
  if (acceptDataLoss.has(refId(workload.ref))) return undefined;
  const place = placeOfLoss(workload, pods, stack);
  if (place === undefined) return undefined;
  const text = refText(workload.ref);
  return `${lossText(place)}: change the value inside the database, or c2l restart --accept-data-loss ${text}`;
}
