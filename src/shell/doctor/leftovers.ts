import { pausesIn, type PausedObject } from '../../core/argocd/sync-pause.ts';
import type { Gap } from '../../core/cluster/snapshot.ts';
import type { DrillJournal } from '../../core/drill/drill-journal.ts';
import { drillRemain, isFinished, type DrillRemain } from '../../core/drill/drill-remains.ts';
import type { KeptRevision } from '../../core/revisions/kept-revision.ts';
import { revisionsIn } from '../../core/revisions/revision.ts';
import { isLeft } from '../argocd/left-pauses.ts';
import { journalOf } from '../drill/drill-journal.ts';
import { markerOf, type Marker } from '../drill/drill-marker.ts';
import { listEverywhere, observePausable } from '../observe/observe.ts';
import type { Session } from '../session.ts';

/** Everything that earlier runs left in the cluster: what may go, and what somebody still needs. */
export interface Leftovers {
  readonly gaps: readonly Gap[];
  /** The locks of drills that are not finished. */
  readonly markers: readonly Marker[];
  /** The way back of a drill that nobody put back and whose lock is gone. */
  readonly orphans: readonly DrillRemain[];
  readonly revisions: readonly KeptRevision[];
  readonly pauses: readonly PausedObject[];
  readonly removable: Removable;
  /** What is left alone, and why. */
  readonly needed: readonly { readonly what: string; readonly why: string }[];
}

/** What nobody needs any more. */
export interface Removable {
  readonly revisions: readonly KeptRevision[];
  /** Copies before their journals, so that what is cut off in between still shows that it is finished. */
  readonly remains: readonly DrillRemain[];
  readonly pauses: readonly PausedObject[];
}

export async function findLeftovers(session: Session, journalNamespace: string): Promise<Leftovers> {
  const { cluster, scope } = session;
  const places = [...new Set([...scope.namespaces, journalNamespace])];
  const [kept, drills, pausable] = await Promise.all([
    listEverywhere('secrets', scope, (namespace) => cluster.listRevisions(namespace)),
    listEverywhere('secrets', { ...scope, namespaces: places }, (namespace) => cluster.listDrillSecrets(namespace)),
    observePausable(cluster, scope),
  ]);
  const isInScope = (namespace: string): boolean => scope.all || scope.namespaces.includes(namespace);
  const markers = drills.items
    .flatMap((secret) => markerOf(secret) ?? [])
    .filter(({ secret: { metadata } }) => isInScope(metadata.namespace));
  const all = drills.items.flatMap((secret) => drillRemain(secret) ?? []).filter(({ of }) => isInScope(of));
  const journals = new Map(
    all.flatMap(({ what, id, secret }) => (what === 'journal' ? [[id, journalOf(session, secret)] as const] : [])),
  );
  const open = all.filter(({ what, id }) => what !== 'results' && isOpen(id, { markers, journals }));
  const locked = new Set(markers.map(({ id }) => id));
  const busy = new Set([...markers.map(({ secret }) => secret.metadata.namespace), ...open.map(({ of }) => of)]);
  const revisions = revisionsIn(kept.items);
  const pauses = pausesIn(pausable);
  const isEnded = (paused: PausedObject): boolean => busy.size === 0 && isLeft(session, paused);
  return {
    gaps: [
      ...kept.gaps,
      ...drills.gaps,
      ...pausable.writers.externalSecrets.gaps,
      ...pausable.argocd.applications.gaps,
    ],
    markers,
    orphans: open.filter(({ id }) => !locked.has(id)),
    revisions,
    pauses,
    removable: {
      revisions: revisions.filter(({ namespace }) => !busy.has(namespace)),
      remains: all.filter((each) => !open.includes(each)).sort((left, right) => (left.what < right.what ? -1 : 1)),
      pauses: pauses.filter(isEnded),
    },
    needed: [
      ...open.map(({ secret: { metadata } }) => ({
        what: `Secret/${metadata.name} in namespace ${metadata.namespace}`,
        why: 'it is the way back of a drill that is not finished',
      })),
      ...revisions
        .filter(({ namespace }) => busy.has(namespace))
        .map(({ namespace, name }) => ({
          what: `Secret/${name} in namespace ${namespace}`,
          why: 'a drill there is not finished',
        })),
      ...pauses
        .filter((paused) => !isEnded(paused))
        .map(({ object: { kind, name, namespace } }) => ({
          what: `the pause of ${kind}/${name} in namespace ${namespace}`,
          why: `somebody may still need it; c2l restore-sync -n ${namespace} ends it`,
        })),
    ],
  };
}

function isOpen(
  id: string,
  { markers, journals }: { markers: readonly Marker[]; journals: ReadonlyMap<string, DrillJournal | undefined> },
): boolean {
  return markers.some((marker) => marker.id === id) || !isFinished(journals.get(id));
}
