import { deployedObjects, isTrackedAs } from '../argocd/application-objects.ts';
import { policyBefore } from '../argocd/sync-pause.ts';
import type { Condition } from '../cluster/kubernetes-metadata.ts';
import { refId, type Application, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret, SealedSecret, SecretStore } from '../cluster/secret-writer-objects.ts';
import type { Secret, SecretOwner } from '../cluster/secret.ts';
import type { Listing, Snapshot } from '../cluster/snapshot.ts';

/** The store that an ExternalSecret takes its values from. */
export function storeRef({ metadata, spec }: ExternalSecret): ObjectRef {
  const { kind = 'SecretStore', name = '' } = spec?.secretStoreRef ?? {};
  return { kind, namespace: kind === 'ClusterSecretStore' ? '' : (metadata.namespace ?? ''), name };
}

export function targetName({ metadata, spec }: ExternalSecret): string {
  return spec?.target?.name ?? metadata.name;
}

/** While c2l has it paused, the one that it has again afterwards. */
export function creationPolicy({ metadata, spec }: ExternalSecret): string {
  const policy = policyBefore(metadata, spec?.target?.creationPolicy);
  return typeof policy === 'string' ? policy : 'Owner';
}

/** Whether it would write this key: where it takes whole entries, only its store knows. */
export function mayWrite(external: ExternalSecret, key: string): boolean {
  if (isTemplated(external, key) || replacesFetched(external)) return isTemplated(external, key);
  const { spec } = external;
  return (spec?.dataFrom ?? []).length > 0 || (spec?.data ?? []).some(({ secretKey }) => secretKey === key);
}

/** Whether the Secret that it makes has this key. */
export function unseals({ spec }: SealedSecret, key: string): boolean {
  return [spec?.encryptedData, spec?.template?.data].some((keys) => Object.hasOwn(keys ?? {}, key));
}

/** Whether its template makes this key, out of whatever is fetched. */
export function isTemplated({ spec }: ExternalSecret, key: string): boolean {
  const { data = {}, templateFrom = [] } = spec?.target?.template ?? {};
  return Object.hasOwn(data, key) || templateFrom.length > 0;
}

/** Whether its template alone decides which keys there are: what was fetched is no key then. */
export function replacesFetched({ spec }: ExternalSecret): boolean {
  const { data = {}, templateFrom = [], mergePolicy } = spec?.target?.template ?? {};
  return mergePolicy !== 'Merge' && Object.keys(data).length + templateFrom.length > 0;
}

/** The field that a key has to be added to, for it to be written. */
export function mappingField(external: ExternalSecret): string {
  return replacesFetched(external) ? 'spec.target.template.data' : 'spec.data';
}

/** What is called `ready` in Kubernetes: undefined where its controller has not said anything yet. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: 'Ready' | 'Synced',
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Everything that is known of who else writes one Secret. */
export interface SecretWriters {
  readonly external?: ExternalSecret;
  /** That names it as its target and does not make it: by its policy it writes nothing, or only into what is there. */
  readonly idle?: ExternalSecret;
  readonly sealed?: SealedSecret;
  /** Of the Application that has it in Git. */
  readonly application?: Application;
  /** What the Secret's own marks say, of which the controller's object may be gone or unreadable. */
  readonly owner?: SecretOwner;
  /** Who wrote its values last, where nobody owns it. */
  readonly manager?: string;
}

export interface WriterIndex {
  of(namespace: string, secret: string): SecretWriters;
  /** Undefined where it does not exist or could not be read. */
  storeOf(external: ExternalSecret): SecretStore | undefined;
  /** A store that is proven not to be there. */
  isStoreAbsent(external: ExternalSecret): boolean;
  /** Whether the cluster has stores of that kind. */
  hasStoreKind(external: ExternalSecret): boolean;
}

/** Looks up who writes Secrets, those that do not exist included. */
export function writerIndex({ secrets, writers, argocd }: Snapshot): WriterIndex {
  const idOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
  const bySecret = new Map(
    secrets.items.map((secret) => [idOf(secret.metadata.namespace, secret.metadata.name), secret]),
  );
  const externals = new Map<string, ExternalSecret>();
  const idle = new Map<string, ExternalSecret>();
  for (const external of writers.externalSecrets.items) {
    const id = idOf(external.metadata.namespace, targetName(external));
    (writesTarget(external, bySecret.has(id)) ? externals : idle).set(id, external);
  }
  const sealed = new Map(
    writers.sealedSecrets.items.map((each) => [idOf(each.metadata.namespace, each.metadata.name), each]),
  );
  const applications = applicationsBySecret(argocd.applications.items);
  const stores = new Map([
    ...storesOf('SecretStore', writers.secretStores.items),
    ...storesOf('ClusterSecretStore', writers.clusterSecretStores.items),
  ]);
  const listingOf = ({ kind }: ObjectRef): Listing<SecretStore> =>
    kind === 'ClusterSecretStore' ? writers.clusterSecretStores : writers.secretStores;
  return {
    of: (namespace, name) => {
      const id = idOf(namespace, name);
      const secret = bySecret.get(id);
      const manager = secret?.owner === undefined ? automaticWriter(secret) : undefined;
      return definedOf({
        external: externals.get(id),
        idle: externals.has(id) ? undefined : idle.get(id),
        sealed: sealed.get(id),
        application: applications.get(id) ?? ownApplication(secret, argocd.applications.items),
        owner: secret?.owner,
        manager,
      });
    },
    storeOf: (external) => stores.get(refId(storeRef(external))),
    isStoreAbsent: (external) => {
      const ref = storeRef(external);
      return ref.name !== '' && listingOf(ref).gaps.length === 0 && !stores.has(refId(ref));
    },
    hasStoreKind: (external) => listingOf(storeRef(external)).isServed !== false,
  };
}

function storesOf(kind: string, stores: readonly SecretStore[]): (readonly [id: string, store: SecretStore])[] {
  return stores.map((store) => [refId(refOf(kind, store.metadata)), store]);
}

/** One that merges does not make the Secret that it merges into. */
function writesTarget(external: ExternalSecret, exists: boolean): boolean {
  const policy = creationPolicy(external);
  return policy !== 'None' && (policy !== 'Merge' || exists);
}

function definedOf(writers: { [K in keyof SecretWriters]: SecretWriters[K] | undefined }): SecretWriters {
  return Object.fromEntries(Object.entries(writers).filter(([, value]) => value !== undefined));
}

function applicationsBySecret(applications: readonly Application[]): Map<string, Application> {
  const found = new Map<string, Application>();
  for (const application of applications) {
    for (const { group, kind, namespace, name } of deployedObjects(application)) {
      if (group === '' && kind === 'Secret') found.set(`${namespace}/${name}`, application);
    }
  }
  return found;
}

function ownApplication(secret: Secret | undefined, applications: readonly Application[]): Application | undefined {
  if (secret?.owner?.by !== 'argocd') return undefined;
  const { name } = secret.owner;
  return applications.find((application) => isTrackedAs(application, name));
}

/** People's tools, and the names that clients have who say none: whoever used them does not come again by itself. */
const byHand = /^(?:kubectl|c2l$|k9s|lens|curl|node-fetch|unknown|oc$|OpenLens|Mozilla|freelens|headlamp)/i;

function automaticWriter(secret: Secret | undefined): string | undefined {
  return secret?.writers.find((manager) => !byHand.test(manager));
}
