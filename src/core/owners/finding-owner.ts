import { policyBefore } from '../argocd/sync-pause.ts';
import type { Condition } from '../cluster/kubernetes-metadata.ts';
import { type Application, type ObjectRef, refText } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { ExternalSecret, SealedSecret } from '../cluster/secret-writer-objects.ts';
import type { SecretOwner } from '../cluster/secret.ts';
import type { FindingCode } from '../findings/findings.ts';
import type { OwnerState, FindingOwner } from './owner-state.ts';
import {
  conditionOf,
  creationPolicy,
  isTemplated,
  mappingField,
  mayWrite,
  replacesFetched,
  storeRef,
  unseals,
  type SecretWriters,
  type WriterIndex,
} from './secret-writers.ts';
import { storeEntry } from './store-place.ts';

/** The Secret of a finding, and its key where it is about one. */
export interface SecretPlace {
  readonly namespace: string;
  readonly secret: string;
  readonly key?: string;
}

/** Who writes a Secret; undefined where nothing but people does. */
export function findingOwner(index: WriterIndex, place: SecretPlace, code: FindingCode): FindingOwner | undefined {
  const writers = writersOf(index, place);
  const { external, sealed, application, owner, manager } = writers;
  if (external !== undefined) return externalOwner(index, external, place.key);
  if (sealed !== undefined) return sealedOwner(sealed, place.key);
  const name = owner?.by === 'argocd' ? owner.name : owner === undefined ? application?.metadata.name : undefined;
  if (name !== undefined) return argocdOwner(name, writers, code);
  if (owner !== undefined && owner.by !== 'argocd') return { ...owner, repair: repairs[owner.by](owner.name) };
  if (manager === undefined) return undefined;
  const repair = `${manager} wrote its values, and may write them again: give it the key too`;
  return { by: 'field-manager', name: manager, repair };
}

/** Without an ExternalSecret that merges other keys alone: it neither brings nor removes what it does not map. */
function writersOf(index: WriterIndex, { namespace, secret, key }: SecretPlace): SecretWriters {
  const writers = index.of(namespace, secret);
  const { external, owner, ...others } = writers;
  if (external === undefined || key === undefined || creationPolicy(external) !== 'Merge') return writers;
  if (mayWrite(external, key)) return writers;
  return { ...others, ...(owner && owner.by !== 'external-secrets' && { owner }) };
}

function sealedOwner(sealed: SealedSecret, key: string | undefined): FindingOwner {
  const { metadata, status } = sealed;
  const { name } = metadata;
  const isSealed = key === undefined || unseals(sealed, key);
  return {
    by: 'sealed-secrets',
    name,
    object: refOf('SealedSecret', metadata),
    state: stateOf(conditionOf(status?.conditions, 'Synced')),
    repair: isSealed
      ? `see why sealedsecret/${name} is not unsealed, or seal its values again and apply it`
      : `sealedsecret/${name} holds no key ${key}: seal it into that, where it is kept, and apply it`,
  };
}

const repairs: Readonly<Record<Exclude<SecretOwner['by'], 'argocd'>, (name: string) => string>> = {
  'external-secrets': (name) => `put the value into the store that externalsecret/${name} takes it from`,
  'sealed-secrets': (name) => `seal the value into sealedsecret/${name}`,
  helm: (name) => `give the value to Helm release ${name} as well: its next upgrade writes what it knows`,
  controller: (name) => `${name} controls the Secret and writes what it knows: repair it there`,
};

function externalOwner(index: WriterIndex, external: ExternalSecret, key: string | undefined): FindingOwner {
  const { name } = external.metadata;
  const store = storeRef(external);
  const remoteKey = remoteKeyOf(external, key);
  const isMapped = key === undefined || mayWrite(external, key);
  return {
    by: 'external-secrets',
    name,
    object: refOf('ExternalSecret', external.metadata),
    state: stateOf(conditionOf(external.status?.conditions, 'Ready')),
    creationPolicy: creationPolicy(external),
    store: { kind: store.kind, name: store.name, ...storeState(index, external) },
    ...(remoteKey === undefined ? {} : { remoteKey }),
    repair: isMapped
      ? fillText(index, external, key)
      : `externalsecret/${name} maps no key ${key}: add it to its ${mappingText(external, store)}`,
  };
}

function fillText(index: WriterIndex, external: ExternalSecret, key: string | undefined): string {
  const { name } = external.metadata;
  const store = storeRef(external);
  return index.isStoreAbsent(external)
    ? `make ${refText(store)}, or name another store in externalsecret/${name}`
    : `put the value into ${entryText(external, key)} ${refText(store)}, then have externalsecret/${name} sync`;
}

function mappingText(external: ExternalSecret, store: ObjectRef): string {
  const field = mappingField(external);
  return replacesFetched(external)
    ? `${field}, made of what it takes from ${refText(store)}`
    : `${field}, and its value to ${refText(store)}`;
}

function entryText(external: ExternalSecret, key: string | undefined): string {
  const entry = key === undefined ? undefined : storeEntry(external, key);
  if (entry !== undefined) {
    const { name, property } = entry;
    return property === undefined ? `${name} of` : `property ${property} of ${name} of`;
  }
  const isMade = key !== undefined && isTemplated(external, key);
  return isMade ? `the entries that its template makes ${key} of, in` : 'its entry of';
}

function storeState(index: WriterIndex, external: ExternalSecret): OwnerState {
  if (index.isStoreAbsent(external)) return { ready: 'false', reason: 'NotFound' };
  return stateOf(conditionOf(index.storeOf(external)?.status?.conditions, 'Ready'));
}

/** `ENTRY`, or `ENTRY property PART`. */
function remoteKeyOf({ spec }: ExternalSecret, key: string | undefined): string | undefined {
  const { key: entry, property } = spec?.data?.find(({ secretKey }) => secretKey === key)?.remoteRef ?? {};
  return property === undefined ? entry : `${entry ?? ''} property ${property}`;
}

export function stateOf(condition: Condition | undefined): OwnerState {
  if (condition === undefined) return { ready: 'unknown' };
  const { status, reason, message } = condition;
  const ready = status === 'True' ? 'true' : status === 'False' ? 'false' : 'unknown';
  return {
    ready,
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(message === undefined || message === '' ? {} : { message }),
  };
}

function argocdOwner(name: string, { application }: SecretWriters, code: FindingCode): FindingOwner {
  const sync = application && syncPolicy(application);
  return {
    by: 'argocd',
    name,
    ...(application && { object: refOf('Application', application.metadata) }),
    ...(sync && { sync }),
    repair: argocdRepair(name, sync, code),
  };
}

/** A key that Git lacks may be added beside it; a value that Git holds is set back to what it is there. */
function argocdRepair(name: string, sync: FindingOwner['sync'], code: FindingCode): string {
  const how = sync === 'manual' ? 'sync' : 'refresh';
  if (code === 'secret-key-missing')
    return `add it now, and put it into Git as well, from where application/${name} brings the Secret: created again from there, it lacks the key`;
  return code.endsWith('secret-missing')
    ? `see that Git holds it, from where application/${name} brings it, then ${how} that`
    : `correct it in Git, from where application/${name} brings it, then ${how} that`;
}

/** Whether an Application syncs by itself; while c2l has it paused, whether it does again afterwards. */
export function syncPolicy({ metadata, spec }: Application): NonNullable<FindingOwner['sync']> {
  const automated = policyBefore(metadata, spec?.syncPolicy?.automated) as Automated | undefined;
  if (!automated || automated.enabled === false) return 'manual';
  return automated.selfHeal === true ? 'self-heal' : 'automatic';
}

type Automated = NonNullable<NonNullable<Application['spec']>['syncPolicy']>['automated'];

/** What `c2l fix-secrets` has External Secrets bring again; a value that its store has wrong it cannot. */
const syncable: ReadonlySet<FindingCode> = new Set(['secret-missing', 'secret-key-missing']);

/** The command that carries the repair on, where it is not c2l that repairs. */
export function ownerFix(
  owner: FindingOwner,
  place: SecretPlace,
  { code, kubeseal }: { readonly code: FindingCode; readonly kubeseal: readonly string[] },
): string | undefined {
  const { namespace, secret, key } = place;
  switch (owner.by) {
    case 'external-secrets':
      return externalFix(owner, namespace, code);
    case 'sealed-secrets':
      return owner.object === undefined
        ? undefined
        : `kubectl -n ${namespace} create secret generic ${secret} --from-file=${key ?? 'KEY'}=FILE --dry-run=client -o yaml | ${['kubeseal', ...kubeseal].join(' ')} -o yaml --merge-into SEALED-FILE`;
    case 'argocd':
      return code === 'secret-key-missing' ? undefined : syncCommand(owner);
    case 'helm':
    case 'controller':
    case 'field-manager':
      return undefined;
  }
}

function externalFix({ object, repair, name }: FindingOwner, namespace: string, code: FindingCode): string | undefined {
  if (object === undefined) return undefined;
  if (repair.includes(' maps no key ')) return `kubectl -n ${namespace} edit externalsecret ${name}`;
  return syncable.has(code)
    ? undefined
    : `kubectl -n ${namespace} annotate externalsecret ${name} force-sync="$(date +%s)" --overwrite`;
}

/** Has Argo CD bring what is in Git. */
function syncCommand({ object, sync }: FindingOwner): string | undefined {
  if (object === undefined) return undefined;
  const { namespace, name } = object;
  return sync === 'manual'
    ? `kubectl -n ${namespace} patch application ${name} --type=merge -p '{"operation":{"sync":{}}}'`
    : `kubectl -n ${namespace} annotate application ${name} argocd.argoproj.io/refresh=normal --overwrite`;
}

/** Where to look at a store of no use: one that is absent has nothing to describe, so that others are listed, to be named instead. */
export function storeStep(index: WriterIndex, external: ExternalSecret): string {
  if (!index.isStoreAbsent(external)) return describeCommand(storeRef(external));
  const { namespace = '', name } = external.metadata;
  return index.hasStoreKind(external)
    ? listCommand(storeRef(external))
    : `kubectl -n ${namespace} edit externalsecret ${name}`;
}

export function describeCommand({ kind, namespace, name }: ObjectRef): string {
  return `kubectl ${inNamespace(namespace)}describe ${kind.toLowerCase()} ${name}`;
}

function listCommand({ kind, namespace }: ObjectRef): string {
  return `kubectl ${inNamespace(namespace)}get ${kind.toLowerCase()}s`;
}

function inNamespace(namespace: string): string {
  return namespace === '' ? '' : `-n ${namespace} `;
}
