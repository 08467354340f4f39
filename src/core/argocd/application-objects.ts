import type { ObjectMeta } from '../cluster/kubernetes-metadata.ts';
import { refId, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Workload } from '../workloads/workloads.ts';

/** `APP:GROUP/KIND:NAMESPACE/NAME` on every object that Argo CD deploys; older installations track by label. */
export const trackingId = 'argocd.argoproj.io/tracking-id';
export const trackingLabel = 'app.kubernetes.io/instance';

export interface GroupedRef extends ObjectRef {
  readonly group: string;
}

/** Which Application deploys it, where the mark is about this very object: whoever copies one copies its annotations. */
export function trackedBy(
  { group, kind, namespace, name }: GroupedRef,
  { annotations }: Pick<ObjectMeta, 'annotations'>,
): string | undefined {
  const [application, type, place] = annotations?.[trackingId]?.split(':') ?? [];
  return type === `${group}/${kind}` && place === `${namespace}/${name}` ? application : undefined;
}

/** Argo CD marks with NAMESPACE_NAME what belongs to an Application outside of its own namespace. */
export function isTrackedAs({ metadata }: Application, tracked: string): boolean {
  return metadata.name === tracked || `${metadata.namespace ?? ''}_${metadata.name}` === tracked;
}

/** The namespace of what names none itself; empty where the Application says none either. */
export function destinationOf({ spec }: Application): string {
  return spec?.destination?.namespace ?? '';
}

/** What an Application deploys, by its own list. */
export function deployedObjects(application: Application): readonly GroupedRef[] {
  const destination = destinationOf(application);
  return (application.status?.resources ?? []).map(
    ({ group = '', kind = '', namespace = destination, name = '' }): GroupedRef => ({ group, kind, namespace, name }),
  );
}

/** Finds what an Application deploys: by its own list, and by the marks that Argo CD leaves on live objects. */
export function heldWorkloads(found: readonly Workload[]): (application: Application) => readonly ObjectRef[] {
  const marked = new Map<string, ObjectRef[]>();
  for (const { ref, object } of found) {
    const name = markOf(object.metadata);
    if (name === undefined) continue;
    const list = marked.get(name);
    if (list) list.push(ref);
    else marked.set(name, [ref]);
  }
  return (application) => {
    const listed = deployedObjects(application).map(({ kind, namespace, name }) => ({ kind, namespace, name }));
    const refs = [...listed, ...(marked.get(application.metadata.name) ?? [])];
    return [...new Map(refs.map((ref) => [refId(ref), ref])).values()];
  };
}

function markOf({ annotations, labels }: ObjectMeta): string | undefined {
  return annotations?.[trackingId]?.split(':')[0] ?? labels?.[trackingLabel];
}
