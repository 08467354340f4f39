import type { Pod } from '../cluster/kubernetes-pod.ts';
import { type ObjectRef, refId, type ReplicaSet } from '../cluster/kubernetes.ts';
import { controllerOf, isFinishedJob, ownerRef, refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';

/** Live pods of one owner, newest first. */
export interface PodGroup {
  readonly ref: ObjectRef;
  readonly pods: readonly [Pod, ...Pod[]];
}

/** Live pods by what keeps them alive at the top: the Deployment rather than its ReplicaSet. A CronJob's Job stands alone: it keeps the template it began with. */
export function podOwners(snapshot: Snapshot): ReadonlyMap<string, PodGroup> {
  const trace = tracer(snapshot);
  const groups = new Map<string, { ref: ObjectRef; pods: [Pod, ...Pod[]] }>();
  for (const pod of snapshot.pods.items) {
    const ref = isLive(pod) ? trace(pod) : undefined;
    if (ref === undefined) continue;
    const group = groups.get(refId(ref));
    if (group) group.pods.push(pod);
    else groups.set(refId(ref), { ref, pods: [pod] });
  }
  for (const { pods } of groups.values()) pods.sort(newestFirst);
  return groups;
}

/** Succeeded, failed, evicted and terminating pods start nothing any more. */
function isLive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function newestFirst(left: Pod, right: Pod): number {
  return (
    compareText(right.metadata.creationTimestamp ?? '', left.metadata.creationTimestamp ?? '') ||
    compareText(left.metadata.name, right.metadata.name)
  );
}

/** The top owner of a pod; undefined where it belongs to something that is over (an old ReplicaSet, a finished Job). */
type Trace = (pod: Pod) => ObjectRef | undefined;

function tracer(snapshot: Snapshot): Trace {
  const viaReplicaSet = replicaSetTracer(snapshot);
  const viaJob = jobTracer(snapshot);
  return (pod) => {
    const owner = controllerOf(pod.metadata);
    // Pods that a kubelet runs from its own files name their Node as the controller.
    if (owner === undefined || owner.kind === 'Node') return refOf('Pod', pod.metadata);
    const ref = ownerRef(owner, pod.metadata);
    if (owner.kind === 'ReplicaSet') return viaReplicaSet(ref, pod);
    return owner.kind === 'Job' ? viaJob(ref) : ref;
  };
}

function replicaSetTracer(snapshot: Snapshot): (ref: ObjectRef, pod: Pod) => ObjectRef | undefined {
  const replicaSets = new Map(
    snapshot.replicaSets.items.map((item) => [refId(refOf('ReplicaSet', item.metadata)), item]),
  );
  const deployments = new Set(snapshot.deployments.items.map(({ metadata }) => refId(refOf('Deployment', metadata))));
  const newest = newestReplicaSets(snapshot.replicaSets.items);

  return (ref, pod) => {
    const replicaSet = replicaSets.get(refId(ref));
    if (replicaSet === undefined) {
      const guess = { kind: 'Deployment', namespace: ref.namespace, name: withoutHash(ref.name, pod) };
      return deployments.has(refId(guess)) ? guess : ref;
    }
    const owner = controllerOf(replicaSet.metadata);
    if (owner === undefined) return ref;
    const top = ownerRef(owner, replicaSet.metadata);
    const current = newest.get(refId(top));
    return current === undefined || age(replicaSet) === age(current) ? top : undefined;
  };
}

/** Where ReplicaSets cannot be read, the hash that a Deployment appends to their names is also a label of their pods. */
function withoutHash(replicaSet: string, pod: Pod): string {
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (hash !== undefined && replicaSet.endsWith(`-${hash}`)) return replicaSet.slice(0, -hash.length - 1);
  return replicaSet.replace(/-[a-z0-9]+$/, '');
}

function newestReplicaSets(replicaSets: readonly ReplicaSet[]): ReadonlyMap<string, ReplicaSet> {
  const newest = new Map<string, ReplicaSet>();
  for (const replicaSet of replicaSets) {
    const owner = controllerOf(replicaSet.metadata);
    if (owner?.kind !== 'Deployment') continue;
    const id = refId(ownerRef(owner, replicaSet.metadata));
    const other = newest.get(id);
    if (other === undefined || age(replicaSet) > age(other)) newest.set(id, replicaSet);
  }
  return newest;
}

/** Grows with every rollout, also with one back to an older template. */
function age({ metadata }: ReplicaSet): string {
  const revision = metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '0';
  return `${revision.padStart(12, '0')} ${metadata.creationTimestamp ?? ''}`;
}

function jobTracer(snapshot: Snapshot): (ref: ObjectRef) => ObjectRef | undefined {
  const jobs = new Map(snapshot.jobs.items.map((job) => [refId(refOf('Job', job.metadata)), job]));
  return (ref) => {
    const job = jobs.get(refId(ref));
    return job !== undefined && isFinishedJob(job) ? undefined : ref;
  };
}
