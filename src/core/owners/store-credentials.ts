import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret, SecretStore, StoreCredential } from '../cluster/secret-writer-objects.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Scene } from '../diagnose/diagnosis-scene.ts';
import type { Finding, FindingCode, FindingReference } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { storeRef } from './secret-writers.ts';

/** A store and one key of a Secret that it logs in to its provider with. */
interface CredentialUse {
  readonly store: ObjectRef;
  /** Who logs in for itself alone: a store of the whole cluster that names no namespace means that of each. */
  readonly external?: ObjectRef;
  readonly secret: ObjectRef;
  readonly key?: string;
}

/** The place of a store that logs in with a Secret. */
export interface StoreUse {
  readonly place: FindingReference;
  readonly key?: string;
}

/** Which stores log in with a Secret, as places that need it. */
export function storesUsing(snapshot: Snapshot, secret: ObjectRef): StoreUse[] {
  return credentialUses(snapshot)
    .filter((use) => refId(use.secret) === refId(secret))
    .map((use) => ({ place: placeOf(holderOf(use)), ...(use.key === undefined ? {} : { key: use.key }) }));
}

/** Secrets that stores and ExternalSecrets which are not ready log in with, and that are not there or lack the key. */
export function diagnoseStoreCredentials({ snapshot }: Scene, failing: ReadonlyMap<string, Finding>): Finding[] {
  const secrets = new Map(snapshot.secrets.items.map((each) => [refId(refOf('Secret', each.metadata)), each]));
  const found = new Map<string, Finding>();
  for (const use of credentialUses(snapshot)) {
    if (!failing.has(refId(holderOf(use))) || !isSeen(snapshot, use.secret)) continue;
    const finding = lacking(use, secrets.get(refId(use.secret)));
    if (finding === undefined) continue;
    const known = found.get(finding.id);
    found.set(finding.id, known === undefined ? finding : joined(known, finding));
  }
  return [...found.values()];
}

export function credentialUses({ writers }: Snapshot): CredentialUse[] {
  return [
    ...writers.secretStores.items.flatMap((store) => usesOf('SecretStore', store)),
    ...writers.clusterSecretStores.items.flatMap((store) => usesOf('ClusterSecretStore', store)),
    ...writers.externalSecrets.items.flatMap((external) => ownUses(external, writers.clusterSecretStores.items)),
  ];
}

/** What an ExternalSecret logs in with to a store that leaves open in which namespace that is. */
function ownUses(external: ExternalSecret, stores: readonly SecretStore[]): CredentialUse[] {
  const store = storeRef(external);
  if (store.kind !== 'ClusterSecretStore') return [];
  const own = refOf('ExternalSecret', external.metadata);
  const open = stores.find(({ metadata }) => metadata.name === store.name)?.spec?.credentials ?? [];
  return open
    .filter(({ namespace }) => namespace === undefined)
    .map(({ name, key }) => ({
      store,
      external: own,
      secret: { kind: 'Secret', namespace: own.namespace, name },
      ...(key === undefined ? {} : { key }),
    }));
}

function holderOf({ store, external }: CredentialUse): ObjectRef {
  return external ?? store;
}

/** A SecretStore may name Secrets of its own namespace alone. */
function usesOf(kind: 'SecretStore' | 'ClusterSecretStore', { metadata, spec }: SecretStore): CredentialUse[] {
  const store = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  const namespaceOf = (each: StoreCredential): string | undefined =>
    kind === 'SecretStore' ? metadata.namespace : each.namespace;
  return (spec?.credentials ?? []).flatMap((each) => {
    const namespace = namespaceOf(each);
    if (namespace === undefined) return [];
    const secret = { kind: 'Secret', namespace, name: each.name };
    return [{ store, secret, ...(each.key === undefined ? {} : { key: each.key }) }];
  });
}

/** Of a namespace that was not looked into, or whose Secrets could not be read, nothing is known. */
function isSeen({ namespaces, secrets }: Snapshot, { namespace, name }: ObjectRef): boolean {
  const isHidden = secrets.gaps.some(
    (gap) => (gap.namespace === namespace || gap.namespace === '') && (gap.name ?? name) === name,
  );
  return namespaces.includes(namespace) && !isHidden;
}

function lacking(use: CredentialUse, secret: Secret | undefined): Finding | undefined {
  const { store, external, secret: object, key } = use;
  const { namespace, name } = object;
  const common = { object, secret: name, references: [placeOf(holderOf(use))] };
  const needing = `which ${refText(store)} logs in with${external === undefined ? '' : ` for ${refText(external)}`}`;
  if (secret === undefined) {
    return newFinding('secret-missing', {
      ...common,
      keys: key === undefined ? [] : [key],
      message: `${refText(object)} does not exist, ${needing}`,
      fix: `kubectl -n ${namespace} create secret generic ${name} --from-file=${key === undefined ? 'DIRECTORY' : `${key}=FILE`}`,
    });
  }
  if (key === undefined || secret.data.has(key)) return undefined;
  return newFinding('secret-key-missing', {
    ...common,
    key,
    message: `${refText(object)} lacks key ${key}, ${needing}`,
    fix: `kubectl -n ${namespace} edit secret ${name}`,
  });
}

/** Several keys of one Secret that is missing, or several stores with one. */
function joined(known: Finding, other: Finding): Finding {
  const places = [...(known.references ?? []), ...(other.references ?? [])];
  const keys = [...new Set([...(known.keys ?? []), ...(other.keys ?? [])])].sort();
  const references = [...new Map(places.map((place) => [refId(place), place])).values()];
  if (known.keys === undefined) return { ...known, references };
  const { namespace, name } = known.object;
  const files = keys.map((key) => `--from-file=${key}=FILE`).join(' ');
  const fix = keys.length === 0 ? known.fix : `kubectl -n ${namespace} create secret generic ${name} ${files}`;
  return { ...known, references, keys, fix };
}

/** Puts what is wrong with such Secrets beneath the stores: each is as bad as the worst of them, and blocks what they block. */
export function joinCredentials(
  all: readonly Finding[],
  credentials: readonly Finding[],
): { readonly roots: readonly Finding[]; readonly credentials: readonly Finding[] } {
  const causesOf = (store: Finding): string[] =>
    credentials.filter((each) => isOf(each, store) && !leadsTo(each, store, all)).map(({ id }) => id);
  const roots = all.map((root) =>
    holders.has(root.code) ? { ...root, causes: [...root.causes, ...causesOf(root)] } : root,
  );
  return {
    roots,
    credentials: credentials.map((each) => {
      const stores = all.filter((root) => isOf(each, root));
      const blocks = new Map(stores.flatMap((store) => store.blocks).map((ref) => [refId(ref), ref]));
      const isError = stores.some(({ severity }) => severity === 'error');
      return { ...each, severity: isError ? 'error' : 'warning', blocks: [...blocks.values()] };
    }),
  };
}

function isOf({ references = [] }: Finding, store: Finding): boolean {
  return references.some((place) => refId(place) === refId(store.object));
}

/** A Secret that its own store would have to write is no root of that store. */
function leadsTo({ causes }: Finding, store: Finding, all: readonly Finding[]): boolean {
  return causes.some(
    (cause) => cause === store.id || all.find(({ id }) => id === cause)?.causes.includes(store.id) === true,
  );
}

/** Of a Secret that workloads lack as well there is one finding. */
export function withCredentials(secrets: readonly Finding[], credentials: readonly Finding[]): Finding[] {
  const byId = new Map(credentials.map((each) => [each.id, each]));
  const known = secrets.map((finding) => {
    const same = byId.get(finding.id);
    if (same === undefined) return finding;
    const references = [...(finding.references ?? []), ...(same.references ?? [])];
    const blocks = new Map([...finding.blocks, ...same.blocks].map((ref) => [refId(ref), ref]));
    const keys = finding.keys && [...new Set([...finding.keys, ...(same.keys ?? [])])].sort();
    return { ...finding, references, blocks: [...blocks.values()], ...(keys && { keys }) };
  });
  const ids = new Set(secrets.map(({ id }) => id));
  return [...known, ...credentials.filter(({ id }) => !ids.has(id))];
}

/** Codes of those that log in. */
const holders: ReadonlySet<FindingCode> = new Set(['secret-store-not-ready', 'external-secret-not-ready']);

function placeOf(store: ObjectRef): FindingReference {
  return { ...store, via: 'secretStore', optional: false };
}
