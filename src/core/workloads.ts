import { compareText } from './findings.ts';
import type { CronJob, DaemonSet, Deployment, Job, ObjectRef, StatefulSet } from './kubernetes.ts';
import type { ObjectMeta } from './kubernetes-metadata.ts';
import type { Pod, PodSpec, PodTemplate } from './kubernetes-pod.ts';
import { refId } from './kubernetes.ts';
import { oncePer } from './once-per.ts';
import { isFinishedJob, refOf } from './object-owners.ts';
import { podOwners, type PodGroup } from './pod-owners.ts';
import type { Snapshot } from './snapshot.ts';

interface Common {
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
export const workloads = oncePer((snapshot: Snapshot): readonly Workload[] => {
  const owners = podOwners(snapshot);
  const podsOf = (ref: ObjectRef): readonly Pod[] => owners.get(refId(ref))?.pods ?? [];
  const known = [
    ...snapshot.deployments.items.map((object) => deployment(object, podsOf)),
    ...snapshot.statefulSets.items.map((object) => statefulSet(object, podsOf)),
    ...snapshot.daemonSets.items.map((object) => daemonSet(object, podsOf)),
    ...snapshot.jobs.items.filter((object) => !isFinishedJob(object)).map((object) => job(object, podsOf)),
    ...snapshot.cronJobs.items.map((object) => cronJob(object, podsOf)),
  ];
  const byId = new Map(known.map((workload) => [refId(workload.ref), workload]));
  for (const [id, group] of owners) if (!byId.has(id)) byId.set(id, other(group));
  return [...byId].sort(([left], [right]) => compareText(left, right)).map(([, workload]) => workload);
});

type PodsOf = (ref: ObjectRef) => readonly Pod[];

function common(
  target: { kind: string; metadata: ObjectMeta },
  template: PodTemplate,
  podsOf: PodsOf,
): Omit<Common, 'replicas'> {
  const ref = refOf(target.kind, target.metadata);
  return { ref, podSpec: template.spec, labels: template.metadata?.labels ?? {}, pods: podsOf(ref) };
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

function other({ ref, pods }: PodGroup): Workload {
  const [object] = pods;
  const { spec, metadata } = object;
  return { type: 'Other', object, ref, podSpec: spec, labels: metadata.labels ?? {}, pods, replicas: pods.length };
}
