import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Listing } from '../cluster/snapshot.ts';
import { newFinding } from '../findings/new-finding.ts';
import { listText } from '../list-text.ts';
import type { LocatedFinding } from '../reports/file-reports.ts';
import { editor } from './manifest-locations.ts';
import type { LiveSecrets } from './manifest-snapshot.ts';
import type { Manifest, Place, PromisedSecret, PromisedStore } from './manifests.ts';

/** A store that values are to come from, and who takes them from it. */
export interface WantedStore {
  readonly object: ObjectRef;
  readonly users: readonly { readonly name: string; readonly place: Place; readonly writes: ObjectRef }[];
}

const clusterWide = 'ClusterSecretStore';

/** The stores that these manifests name and that none of `all` is. */
export function storesElsewhere(
  manifests: readonly Manifest[],
  namespaces: readonly string[],
  all: readonly Manifest[],
): WantedStore[] {
  const here = new Set(all.map(({ kind, namespace, name }) => storeId({ kind, name }, namespace)));
  const wanted = new Map<string, { object: ObjectRef; users: WantedStore['users'][number][] }>();
  for (const manifest of manifests) {
    if (manifest.content.as !== 'promises') continue;
    for (const { promise, store, namespace } of namedStores(manifest, manifest.content.promises, namespaces)) {
      const id = storeId(store, namespace);
      if (here.has(id)) continue;
      const object = { kind: store.kind, name: store.name, namespace: store.kind === clusterWide ? '' : namespace };
      const known = wanted.get(id) ?? { object, users: [] };
      const { file, lineOf, kind, name } = manifest;
      known.users.push({
        name: `${kind.toLowerCase()}/${name}`,
        place: { file, line: lineOf(store.path) },
        writes: { kind: 'Secret', namespace, name: promise.name },
      });
      wanted.set(id, known);
    }
  }
  return [...wanted.values()];
}

function storeId({ kind, name }: Pick<PromisedStore, 'kind' | 'name'>, namespace: string): string {
  return refId({ kind, name, namespace: kind === clusterWide ? '' : namespace });
}

interface NamedStore {
  readonly promise: PromisedSecret;
  readonly store: PromisedStore;
  readonly namespace: string;
}

function namedStores(
  { namespace }: Manifest,
  promises: readonly PromisedSecret[],
  all: readonly string[],
): NamedStore[] {
  return promises.flatMap((promise) => {
    const places = promise.namespaces === 'any' ? all : (promise.namespaces ?? [namespace]);
    return places.flatMap((place) => (promise.stores ?? []).map((store) => ({ promise, store, namespace: place })));
  });
}

/** What nobody has seen: where no cluster was asked, that is the only thing that can be said. */
export function storeFindings(
  wanted: readonly WantedStore[],
  live: LiveSecrets | undefined,
  paths: readonly string[],
): LocatedFinding[] {
  return wanted.flatMap(({ object, users }) => {
    const locations = [...new Map(users.map(({ place }) => [`${place.file}:${place.line}`, place])).values()];
    const names = [...new Set(users.map(({ name }) => name))].sort();
    const takes = `${refText(object)}, which ${listText(names)} ${names.length === 1 ? 'takes' : 'take'} values from`;
    if (live === undefined) {
      const message = `no manifest here is ${takes}: no cluster was asked whether it has it`;
      const where = paths.includes('-') ? '-' : paths.join(' ');
      const fix = `c2l validate --against-cluster ${where}`;
      return [{ ...newFinding('secret-store-not-ready', { object, severity: 'info', message, fix }), locations }];
    }
    const stores = storesIn(live, object);
    if (stores.gaps.length > 0 || stores.items.some(({ metadata }) => isNamed(object, metadata))) return [];
    const { items, gaps } = live.secrets;
    const isThere = users.every(({ writes }) => items.some(({ metadata }) => isNamed(writes, metadata)));
    const kind = stores.isServed === false ? `, and this cluster has no kind ${object.kind}` : '';
    const message = `neither manifests nor cluster have ${takes}${kind}`;
    const severity = isThere || gaps.length > 0 ? 'warning' : 'error';
    const fix = editor('secret-store-not-ready', locations[0]);
    return [{ ...newFinding('secret-store-not-ready', { object, severity, message, fix }), locations }];
  });
}

type Named = { readonly name: string; readonly namespace?: string };

function storesIn({ stores }: LiveSecrets, { kind }: ObjectRef): Listing<{ readonly metadata: Named }> {
  return kind === clusterWide ? stores.clusterSecretStores : stores.secretStores;
}

function isNamed({ name, namespace }: ObjectRef, metadata: Named): boolean {
  return metadata.name === name && (metadata.namespace ?? '') === namespace;
}
