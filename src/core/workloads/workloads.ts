import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import type { Pod, PodSpec, PodTemplate } from '../cluster/kubernetes-pod.ts';
import {
  type CronJob,
  type DaemonSet,
  type Deployment,
  type Job,
  type ObjectRef,
  refId,
  type StatefulSet,
} from '../cluster/kubernetes.ts';
import { isFinishedJob, refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import { oncePerParts } from '../once-per.ts';
import { podOwners, type PodGroup } from './pod-owners.ts';

interface Common {
  /** The `refId` of `ref`, made once: a cluster has these by the thousand, and each is looked up a dozen times. */
  readonly id: string;
  readonly ref: ObjectRef;
  /** The template's; of a pod that runs without a known template, its own. */
  readonly podSpec: PodSpec;
  /** Labels of the template, which Services select by. */
  readonly labels: Readonly<Record<string, string>>;
  /** Live pods, newest first: no finished or terminating ones, none of old ReplicaSets. */
  readonly pods: readonly Pod[];
  /** How many pods it should have now; 0 where it is scaled down or suspended, and for a CronJob. */
  readonly replicas: number;
}

/** `Other` is a bare pod, or pods of a controller that cannot be looked into: of another kind, or with an unreadable list. */
export type Workload = Common &
  (
    | { readonly type: 'Deployment'; readonly object: Deployment }
    | { readonly type: 'StatefulSet'; readonly object: StatefulSet }
    | { readonly type: 'DaemonSet'; readonly object: DaemonSet }
    | { readonly type: 'Job'; readonly object: Job }
    | { readonly type: 'CronJob'; readonly object: CronJob }
    | { readonly type: 'Other'; readonly object: Pod }
  );

/**
 * Everything that runs or would run pods, ordered by kind, namespace and name. Finished Jobs are left out; a
 * CronJob's unfinished ones need what their own template says, also after the CronJob's has changed.
 */
export function workloads(snapshot: Snapshot): readonly Workload[] {
  return known(snapshot).ordered;
}

/** The same, by `id`. */
export function workloadsById(snapshot: Snapshot): ReadonlyMap<string, Workload> {
  return known(snapshot).byId;
}

interface Known {
  readonly ordered: readonly Workload[];
  readonly byId: ReadonlyMap<string, Workload>;
}

const known = oncePerParts(listsOf, (snapshot: Snapshot): Known => {
  const owners = podOwners(snapshot);
  const podsOf = (id: string): readonly Pod[] => owners.get(id)?.pods ?? [];
  const controlled = [
    ...snapshot.deployments.items.map((object) => deployment(object, podsOf)),
    ...snapshot.statefulSets.items.map((object) => statefulSet(object, podsOf)),
    ...snapshot.daemonSets.items.map((object) => daemonSet(object, podsOf)),
    ...snapshot.jobs.items.filter((object) => !isFinishedJob(object)).map((object) => job(object, podsOf)),
    ...snapshot.cronJobs.items.map((object) => cronJob(object, podsOf)),
  ];
  const byId = new Map(controlled.map((workload) => [workload.id, workload]));
  for (const [id, group] of owners) if (!byId.has(id)) byId.set(id, other(id, group));
  return { byId, ordered: [...byId.values()].sort((left, right) => compareText(left.id, right.id)) };
});

/** What is read after them changes nothing of them. */
function listsOf(snapshot: Snapshot): readonly [object, ...object[]] {
  const { pods, deployments, statefulSets, daemonSets, replicaSets, jobs, cronJobs } = snapshot;
  return [pods, deployments, statefulSets, daemonSets, replicaSets, jobs, cronJobs];
}

type PodsOf = (id: string) => readonly Pod[];

function common(
  target: { kind: string; metadata: ObjectMeta },
  template: PodTemplate,
  podsOf: PodsOf,
): Omit<Common, 'replicas'> {
  const ref = refOf(target.kind, target.metadata);
  const id = refId(ref);
  return { id, ref, podSpec: template.spec, labels: template.metadata?.labels ?? {}, pods: podsOf(id) };
}

function deployment(object: Deployment, podsOf: PodsOf): Workload {
  const { metadata, spec } = object;
  const replicas = spec.replicas ?? 1;
  return { type: 'Deployment', object, replicas, ...common({ kind: 'Deployment', metadata }, spec.template, podsOf) };
}

function statefulSet(object: StatefulSet, podsOf: PodsOf): Workload {
  const { metadata, spec } = object;
  const replicas = spec.replicas ?? 1;
  return { type: 'StatefulSet', object, replicas, ...common({ kind: 'StatefulSet', metadata }, spec.template, podsOf) };
}

function daemonSet(object: DaemonSet, podsOf: PodsOf): Workload {
  const { metadata, spec, status } = object;
  const replicas = status?.desiredNumberScheduled ?? 0;
  return { type: 'DaemonSet', object, replicas, ...common({ kind: 'DaemonSet', metadata }, spec.template, podsOf) };
}

function job(object: Job, podsOf: PodsOf): Workload {
  const { metadata, spec } = object;
  const replicas = spec.suspend === true ? 0 : 1;
  return { type: 'Job', object, replicas, ...common({ kind: 'Job', metadata }, spec.template, podsOf) };
}

function cronJob(object: CronJob, podsOf: PodsOf): Workload {
  const { metadata, spec } = object;
  const template = spec.jobTemplate.spec.template;
  return { type: 'CronJob', object, replicas: 0, ...common({ kind: 'CronJob', metadata }, template, podsOf) };
}

function other(id: string, { ref, pods }: PodGroup): Workload {
  const [object] = pods;
  const { spec, metadata } = object;
  return { type: 'Other', object, id, ref, podSpec: spec, labels: metadata.labels ?? {}, pods, replicas: pods.length };
}
