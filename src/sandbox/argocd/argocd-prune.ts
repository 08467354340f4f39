import type { ControlPlane } from '../controllers/control-plane.ts';
import type { NewObject, StoredObject } from '../store/stored-object.ts';

export const trackingId = 'argocd.argoproj.io/tracking-id';
const syncOptions = 'argocd.argoproj.io/sync-options';
const approved = 'argocd.argoproj.io/deletion-approved';

export interface Pruning {
  readonly prune?: boolean;
  readonly allowEmpty?: boolean;
}

/** Something that an Application brought once and that is no longer in Git; what belongs to another object is that one's. */
export interface Surplus {
  readonly resource: string;
  readonly object: StoredObject;
}

export function surplusOf(
  { store }: ControlPlane,
  application: StoredObject,
  desired: readonly NewObject[],
): readonly Surplus[] {
  const wanted = new Set(desired.map(({ metadata }) => metadata.annotations?.[trackingId]));
  return store.resources().flatMap((resource) =>
    store.list(resource).flatMap((object) => {
      // A copy of an object may bear its mark.
      const id = trackingIdOf(application.metadata.name, object);
      const { ownerReferences = [], annotations = {} } = object.metadata;
      const isOurs = annotations[trackingId] === id && ownerReferences.length === 0;
      return isOurs && !wanted.has(id) ? [{ resource, object }] : [];
    }),
  );
}

/** Of an object as an Application brings it. */
export function trackingIdOf(application: string, { apiVersion, kind, metadata }: NewObject): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  return `${application}:${group}/${kind}:${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}

/** Takes away what left Git, but for what says no, or wants a yes first. A source that is empty takes nothing away. */
export function prune(
  { store }: ControlPlane,
  application: StoredObject,
  { surplus, policy, isEmpty }: { surplus: readonly Surplus[]; policy: Pruning | undefined; isEmpty: boolean },
): void {
  if (policy?.prune !== true || (isEmpty && policy.allowEmpty !== true)) return;
  const isApproved = application.metadata.annotations?.[approved] !== undefined;
  const options = ({ object }: Surplus): string[] => object.metadata.annotations?.[syncOptions]?.split(',') ?? [];
  // Nothing is done while one of them waits for its yes.
  if (!isApproved && surplus.some((each) => options(each).includes('Prune=confirm'))) return;
  for (const each of surplus.filter((found) => !options(found).includes('Prune=false'))) {
    const { namespace, name, uid } = each.object.metadata;
    store.remove(each.resource, namespace, name, { uid });
  }
}
