import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import { refId, refText, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import { controllerOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { syncPolicy } from '../owners/finding-owner.ts';
import { creationPolicy, writerIndex } from '../owners/secret-writers.ts';
import type { Workload } from '../workloads/workloads.ts';
import { deployedObjects, heldWorkloads, isTrackedAs, trackedBy } from './application-objects.ts';
import { pausableGroups, pausableRef, type PausableRef } from './sync-pause.ts';

/** What has to be paused so that an object stays as it is written; outermost first, since an outer one undoes the next. */
export interface PauseChain {
  readonly objects: readonly PausableRef[];
  /** What would undo the pause and cannot be paused itself. */
  readonly obstacle?: { readonly object: ObjectRef; readonly reason: string };
}

/** Who would undo a write to this Secret, and who would undo that they are kept from it. */
export function pauseChain(snapshot: Snapshot, { namespace, name }: Pick<ObjectRef, 'namespace' | 'name'>): PauseChain {
  const { external, application } = writerIndex(snapshot).of(namespace, name);
  return outward(snapshot, [
    ...(application !== undefined && syncPolicy(application) !== 'manual' ? [linkOf(application)] : []),
    ...(external !== undefined && creationPolicy(external) !== 'None'
      ? [{ object: pausableRef('ExternalSecret', external.metadata), metadata: external.metadata }]
      : []),
  ]);
}

/** By workload, who would scale it back at once where it is scaled by hand, and who would undo that they are kept from it. */
export function healerChains(snapshot: Snapshot, all: readonly Workload[]): (ref: ObjectRef) => PauseChain {
  const heldBy = heldWorkloads(all);
  const healers = snapshot.argocd.applications.items
    .filter((application) => syncPolicy(application) === 'self-heal')
    .map((application) => ({ application, held: new Set(heldBy(application).map(refId)) }));
  return (ref) => {
    const own = healers.filter(({ held }) => held.has(refId(ref)));
    return outward(
      snapshot,
      own.map(({ application }) => linkOf(application)),
    );
  };
}

interface Link {
  readonly object: PausableRef;
  readonly metadata: ObjectMeta;
}

function linkOf({ metadata }: Application): Link {
  return { object: pausableRef('Application', metadata), metadata };
}

function outward(snapshot: Snapshot, first: readonly Link[]): PauseChain {
  const chain: PausableRef[] = [];
  const seen = new Set<string>();
  let obstacle: PauseChain['obstacle'];
  let next = first;
  while (next.length > 0) {
    const fresh = next.filter(({ object }) => !seen.has(refId(object)));
    for (const { object } of fresh) seen.add(refId(object));
    chain.unshift(...fresh.map(({ object }) => object));
    obstacle ??= fresh.flatMap(({ object, metadata }) => obstacleOf(object, metadata, snapshot) ?? [])[0];
    next = fresh.flatMap(({ object, metadata }) => {
      const parent = applicationOf(object, metadata, snapshot);
      if (parent === undefined || syncPolicy(parent) === 'manual') return [];
      return [linkOf(parent)];
    });
  }
  return { objects: chain, ...(obstacle && { obstacle }) };
}

/** The Application that has an object in Git: it sets back what is changed of its spec, a pause included. */
function applicationOf(object: PausableRef, metadata: ObjectMeta, { argocd }: Snapshot): Application | undefined {
  const group = pausableGroups[object.kind];
  const tracked = markOf(object, metadata);
  const lists = (application: Application): boolean =>
    deployedObjects(application).some((each) => each.group === group && refId(each) === refId(object));
  const { items } = argocd.applications;
  return items.find(lists) ?? items.find((each) => tracked !== undefined && isTrackedAs(each, tracked));
}

function markOf(object: PausableRef, metadata: ObjectMeta): string | undefined {
  return trackedBy({ ...object, group: pausableGroups[object.kind] }, metadata);
}

const fluxLabels = ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'] as const;

function obstacleOf(object: PausableRef, metadata: ObjectMeta, snapshot: Snapshot): PauseChain['obstacle'] {
  const controller = controllerOf(metadata);
  if (controller !== undefined) {
    const owner = { kind: controller.kind, namespace: object.namespace, name: controller.name };
    return { object: owner, reason: `${refText(owner)} makes ${refText(object)} and sets back its spec` };
  }
  const label = fluxLabels.find((each) => metadata.labels?.[each] !== undefined);
  if (label !== undefined) {
    const owner = {
      kind: label.startsWith('helm') ? 'HelmRelease' : 'Kustomization',
      namespace: metadata.labels?.[label.replace('/name', '/namespace')] ?? object.namespace,
      name: metadata.labels?.[label] ?? '',
    };
    return { object: owner, reason: `Flux applies ${refText(object)} from ${refText(owner)}, and sets back its spec` };
  }
  const tracked = markOf(object, metadata);
  if (tracked === undefined || applicationOf(object, metadata, snapshot) !== undefined) return undefined;
  const owner = { kind: 'Application', namespace: snapshot.argocd.namespace, name: tracked };
  return {
    object: owner,
    reason: `${refText(object)} belongs to Argo CD ${refText(owner)}, which could not be looked at`,
  };
}
