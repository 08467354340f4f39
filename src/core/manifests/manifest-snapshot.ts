import type { Ingress } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Gap, Listing, Snapshot, StoresSnapshot } from '../cluster/snapshot.ts';
import { namesIssuer } from '../owners/issued-certificates.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';
import type { Manifest, ManifestResource, PromisedSecret } from './manifests.ts';

/** What of a cluster counts where manifests are held against it: they bring the workloads, it may hold the Secrets. */
export type LiveSecrets = Pick<Snapshot, 'secrets' | 'serviceAccounts'> & { readonly stores: StoresSnapshot };

export interface ManifestScene {
  readonly manifests: readonly Manifest[];
  readonly namespaces: readonly string[];
  readonly stack: Stack | undefined;
  readonly live: LiveSecrets | undefined;
  readonly takenAt: string;
}

/** Gives every manifest that names no namespace the one that it would be applied to. */
export function inNamespace(manifests: readonly Manifest[], fallback: string): readonly Manifest[] {
  return manifests.map((manifest) => (manifest.namespace === '' ? { ...manifest, namespace: fallback } : manifest));
}

/** The cluster as it would be with these manifests applied and everything that they promise come true. */
export function manifestSnapshot(scene: ManifestScene): Snapshot {
  const { manifests, namespaces, live, takenAt } = scene;
  const empty = { items: [], gaps: [] };
  const all = <R extends ManifestResource>(resource: R): Listing<ObjectOf<R>> => ({
    items: objectsOf(manifests, resource),
    gaps: [],
  });
  return {
    takenAt,
    namespaces,
    missingNamespaces: [],
    secrets: { items: secretsOf(scene), gaps: live?.secrets.gaps ?? [] },
    pods: all('pods'),
    deployments: all('deployments'),
    statefulSets: all('statefulsets'),
    daemonSets: all('daemonsets'),
    replicaSets: empty,
    jobs: all('jobs'),
    cronJobs: all('cronjobs'),
    services: all('services'),
    serviceAccounts: {
      items: [...all('serviceaccounts').items, ...(live?.serviceAccounts.items ?? [])],
      gaps: live?.serviceAccounts.gaps ?? [],
    },
    ingresses: all('ingresses'),
    events: empty,
    writers: {
      externalSecrets: empty,
      secretStores: live?.stores.secretStores ?? empty,
      clusterSecretStores: live?.stores.clusterSecretStores ?? empty,
      sealedSecrets: empty,
    },
    argocd: {
      installed: false,
      namespace: 'argocd',
      applications: all('applications'),
      deployments: empty,
      statefulSets: empty,
    },
  };
}

type ObjectOf<R extends ManifestResource> =
  Extract<Manifest['content'], { readonly as: R }> extends {
    readonly object: infer T;
  }
    ? T
    : never;

/** The objects of one kind, each with the namespace that it would be applied to. */
export function objectsOf<R extends ManifestResource>(manifests: readonly Manifest[], resource: R): ObjectOf<R>[] {
  return manifests.flatMap(({ content, namespace }) => {
    if (content.as !== resource) return [];
    const { object } = content;
    return [{ ...object, metadata: { ...object.metadata, namespace } } as ObjectOf<R>];
  });
}

/**
 * Every Secret that will be there: a manifest's own, one that another program will write, the cluster's, and, where
 * there is none of these, what the stack file says of it. They are joined as applying them would.
 */
function secretsOf({ manifests, namespaces, stack, live }: ScenePart): Secret[] {
  const secrets = new Map<string, Secret>();
  for (const secret of [
    ...(live?.secrets.items ?? []),
    ...manifests.flatMap((manifest) => madeBy(manifest, namespaces)),
  ]) {
    const id = `${secret.metadata.namespace}/${secret.metadata.name}`;
    const known = secrets.get(id);
    secrets.set(id, known === undefined ? secret : joined(known, secret));
  }
  // What was read in a cluster says more than the stack file.
  if (live !== undefined) return [...secrets.values()].map((secret) => withGap(secret, live.secrets.gaps));
  const declared = (stack === undefined ? [] : declaredSecrets(stack)).filter(
    ({ metadata }) => !secrets.has(`${metadata.namespace}/${metadata.name}`),
  );
  return [...secrets.values(), ...declared];
}

/** The Secrets that come of one manifest. */
function madeBy({ content, namespace }: Manifest, all: readonly string[]): Secret[] {
  if (content.as === 'secret') return [{ ...content.secret, metadata: { ...content.secret.metadata, namespace } }];
  const promises =
    content.as === 'promises' ? content.promises : content.as === 'ingresses' ? shimmed(content.object) : [];
  return promises.flatMap((promise) => {
    const places = promise.namespaces === 'any' ? all : (promise.namespaces ?? [namespace]);
    return places.map((place) => promised(promise, place));
  });
}

function declaredSecrets(stack: Stack): Secret[] {
  return stack.secrets.map((entry) =>
    unseen({
      name: entry.name,
      namespace: namespaceOf(stack, entry),
      type: entry.type,
      names: Object.keys(entry.keys),
      hasOthers: false,
    }),
  );
}

/** A Secret of the manifests may hold more in a cluster that could not be looked into. */
function withGap(secret: Secret, gaps: readonly Gap[]): Secret {
  const isHidden = gaps.some(({ namespace }) => namespace === '' || namespace === secret.metadata.namespace);
  return isHidden ? { ...secret, promised: { names: secret.promised?.names ?? new Set(), hasOthers: true } } : secret;
}

type ScenePart = Pick<ManifestScene, 'manifests' | 'namespaces' | 'stack' | 'live'>;

function promised({ name, type, keys, hasOthers, owner }: PromisedSecret, namespace: string): Secret {
  return { ...unseen({ name, namespace, type, names: keys, hasOthers }), owner };
}

interface Unseen {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly names: readonly string[];
  readonly hasOthers: boolean;
}

function unseen({ name, namespace, type, names, hasOthers }: Unseen): Secret {
  return {
    metadata: { name, namespace },
    type,
    immutable: false,
    data: new Map(),
    keyChangedAt: new Map(),
    keyDoubtedAt: new Map(),
    keyAddedAt: new Map(),
    exposedKeys: [],
    otherOwners: [],
    writers: [],
    promised: { names: new Set(names), hasOthers },
  };
}

/** The later one is applied over the earlier; keys that it does not name stay. */
function joined(earlier: Secret, later: Secret): Secret {
  const promises = [earlier.promised, later.promised].flatMap((promise) => promise ?? []);
  return {
    ...earlier,
    ...later,
    data: new Map([...earlier.data, ...later.data]),
    exposedKeys: [...new Set([...earlier.exposedKeys, ...later.exposedKeys])],
    ...(promises.length === 0
      ? {}
      : {
          promised: {
            names: new Set(promises.flatMap(({ names }) => [...names])),
            hasOthers: promises.some(({ hasOthers }) => hasOthers),
          },
        }),
  };
}

function shimmed({ metadata, spec }: Ingress): PromisedSecret[] {
  if (!namesIssuer(metadata)) return [];
  return (spec?.tls ?? []).flatMap(({ secretName }): PromisedSecret[] =>
    secretName === undefined
      ? []
      : [
          {
            name: secretName,
            type: 'kubernetes.io/tls',
            keys: ['tls.crt', 'tls.key', 'ca.crt'],
            hasOthers: false,
            owner: { by: 'controller', name: `Certificate/${secretName}` },
          },
        ],
  );
}
