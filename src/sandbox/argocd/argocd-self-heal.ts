import type { Controller, ControlPlane } from '../controllers/control-plane.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredObject } from '../store/stored-object.ts';

const noticeMs = 2000;

interface Application {
  readonly spec?: {
    readonly source?: { readonly repoURL?: string };
    readonly syncPolicy?: { readonly automated?: { readonly enabled?: boolean; readonly selfHeal?: boolean } };
  };
  readonly status?: {
    readonly resources?: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
  };
}

/** Brings back what an Application that heals itself had deployed when it is deleted. Of changes it knows nothing. */
export function applicationSelfHeal({ store, clock }: ControlPlane): Controller {
  return {
    observe({ resource, type, object }) {
      if (type !== 'DELETED' || !isHealed(store, object)) return;
      clock.after(noticeMs, () => {
        bringBack(store, resource, object);
      });
    },
  };
}

function isHealed(store: ObjectStore, { kind, metadata }: StoredObject): boolean {
  return store.list('applications').some((object) => {
    const { spec, status } = object as Application;
    const automated = spec?.syncPolicy?.automated;
    // What can be read is brought from there, as it stands there.
    if (spec?.source?.repoURL?.startsWith('file://') === true) return false;
    if (automated?.selfHeal !== true || automated.enabled === false) return false;
    return (status?.resources ?? []).some(
      (each) => each.kind === kind && each.name === metadata.name && each.namespace === metadata.namespace,
    );
  });
}

function bringBack(store: ObjectStore, resource: string, deleted: StoredObject): void {
  const { namespace = '', name, labels, annotations = {} } = deleted.metadata;
  const place = store.get('namespaces', undefined, namespace);
  const isWanted = place !== undefined && place.metadata.deletionTimestamp === undefined && isHealed(store, deleted);
  if (!isWanted || store.get(resource, namespace, name) !== undefined) return;
  const kept = Object.entries(annotations).filter(([key]) => key !== 'deployment.kubernetes.io/revision');
  const { apiVersion, kind, spec } = deleted;
  store.create(resource, {
    apiVersion,
    kind,
    metadata: { namespace, name, ...(labels && { labels }), annotations: Object.fromEntries(kept) },
    spec,
  });
}
