import type { ContainerStatus, Pod } from '../cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../cluster/kubernetes.ts';
import { controllerOf, hasCondition } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { requirementsOf } from '../secrets/requirements.ts';
import { secretNeeds } from '../secrets/secret-needs.ts';
import type { Stack } from '../stack/stack.ts';
import { failedRuns } from '../workloads/failed-runs.ts';
import { isAboutConfigMap } from '../workloads/kubelet-message.ts';
import { isEndingInPlace } from '../workloads/lost-nodes.ts';
import { containerStatuses } from '../workloads/pod-state.ts';
import { workloads } from '../workloads/workloads.ts';
import { requiredConfigMaps } from './config-map-references.ts';

/** One container whose log may say why it ends. */
export interface LogPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What must be read to tell why pods are not ready; of a healthy cluster nothing. */
export interface CloserQuestions {
  readonly configMapNamespaces: readonly string[];
  readonly claimNamespaces: readonly string[];
  readonly nodes: boolean;
  readonly logs: readonly LogPlace[];
  /** That may be on their way out: in one of those no pod is made any more. */
  readonly namespaces: readonly string[];
  /** Whether something has to be sealed, for a controller that is to be found. */
  readonly sealing: boolean;
}

/** Replicas of one template end for the same reason, and many reasons are beyond what a person reads. */
const mostLogs = 5;

export function containerId({ namespace, pod, container }: LogPlace): string {
  return [namespace, pod, container].join('/');
}

const mostNamespaces = 10;

export function closerQuestions(snapshot: Snapshot, stack?: Stack): CloserQuestions {
  const { pods, events } = snapshot;
  const troubled = pods.items.filter(isTroubled);
  const warnings = warningsByPod(events.items);
  const warningsOf = (pod: Pod): readonly KubernetesEvent[] => warnings.get(pod.metadata.uid ?? '') ?? [];
  const namespacesOf = (is: (pod: Pod) => boolean): string[] => [
    ...new Set(troubled.filter(is).map(({ metadata }) => metadata.namespace ?? '')),
  ];
  return {
    configMapNamespaces: namespacesOf(
      (pod) =>
        mayLackConfigMaps(pod) ||
        [...waitingMessages(pod), ...warningsOf(pod).map(({ message }) => message)].some(isAboutConfigMap),
    ),
    claimNamespaces: namespacesOf((pod) => /persistentvolumeclaim/i.test(schedulingMessage(pod))),
    nodes: troubled.some((pod) => isNodeSuspected(pod, warningsOf(pod))) || pods.items.some(isEndingInPlace),
    logs: logPlaces([...troubled, ...[...failedRuns(snapshot).values()].flatMap(({ pod }) => pod ?? [])]),
    namespaces: podlessNamespaces(snapshot),
    sealing: lacksSealed(snapshot, stack),
  };
}

/** Whether what Sealed Secrets writes lacks something. */
function lacksSealed(snapshot: Snapshot, stack: Stack | undefined): boolean {
  const { items } = snapshot.writers.sealedSecrets;
  if (items.length === 0) return false;
  const sealed = new Set(items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  return secretNeeds(snapshot, stack).some(
    (need) =>
      sealed.has(`${need.namespace}/${need.name}`) &&
      (need.secret === undefined || requirementsOf(need, stack).some(({ state }) => state !== 'ok')),
  );
}

/** Where a workload that should run has no pod that lives. */
function podlessNamespaces(snapshot: Snapshot): string[] {
  const podless = workloads(snapshot).filter(({ replicas, pods }) => replicas > 0 && pods.length === 0);
  return [...new Set(podless.map(({ ref }) => ref.namespace))].slice(0, mostNamespaces);
}

function isTroubled({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status?.phase !== 'Succeeded' &&
    status?.phase !== 'Failed' &&
    !hasCondition(status?.conditions, 'Ready')
  );
}

function warningsByPod(events: readonly KubernetesEvent[]): ReadonlyMap<string, readonly KubernetesEvent[]> {
  const byPod = new Map<string, KubernetesEvent[]>();
  for (const event of events) {
    const { kind, uid } = event.involvedObject;
    if (kind !== 'Pod' || uid === undefined || event.type !== 'Warning') continue;
    byPod.set(uid, [...(byPod.get(uid) ?? []), event]);
  }
  return byPod;
}

function waitingMessages(pod: Pod): (string | undefined)[] {
  return containerStatuses(pod).map(({ state }) => state?.waiting?.message);
}

function schedulingMessage({ status }: Pod): string {
  return status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')?.message ?? '';
}

/** Every pod has this one, from the cluster itself, for its token. */
const clusterCertificate = 'kube-root-ca.crt';

/** kubelet names one thing that is missing at a time: behind a Secret, ConfigMaps may be missing too. */
function mayLackConfigMaps({ metadata, spec, status }: Pod): boolean {
  const hasBegun = (status?.containerStatuses ?? []).every(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  if (hasBegun && status?.phase !== 'Pending') return false;
  const place = { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name };
  return requiredConfigMaps(place, spec).some(({ configMap }) => configMap !== clusterCertificate);
}

/** A node that is lost says nothing more of its pods: they stay as they were, or never begin. */
function isNodeSuspected(pod: Pod, warnings: readonly KubernetesEvent[]): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  const isSilent = pod.spec.nodeName !== undefined && statuses.every(({ ready }) => ready === true);
  return isSilent || warnings.some(({ reason }) => reason === 'NodeNotReady');
}

function logPlaces(pods: readonly Pod[]): LogPlace[] {
  const places = new Map<string, LogPlace>();
  for (const pod of pods) {
    const { namespace = '', name, uid = '' } = pod.metadata;
    const owner = controllerOf(pod.metadata)?.uid ?? uid;
    const container = containerStatuses(pod).find(saysWhyItEnds)?.name;
    if (container !== undefined && !places.has(owner)) places.set(owner, { namespace, pod: name, container });
  }
  return [...places.values()].slice(0, mostLogs);
}

/** One that was killed for its memory said nothing of it. */
function saysWhyItEnds({ state, lastState }: ContainerStatus): boolean {
  const isBackingOff = state?.waiting?.reason === 'CrashLoopBackOff';
  const ended = isBackingOff ? lastState?.terminated : state?.terminated;
  return ended !== undefined && ended.exitCode !== 0 && ended.reason !== 'OOMKilled';
}
