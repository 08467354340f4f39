import { refText } from '../cluster/kubernetes.ts';
import type { ExternalSecret, SecretStore } from '../cluster/secret-writer-objects.ts';
import { isTemplated, storeRef } from './secret-writers.ts';

/** Where in its store an ExternalSecret takes one key from. */
export interface StoreEntry {
  readonly key: string;
  /** The entry's name there. */
  readonly name: string;
  /** The part of the entry that it is, where that holds several values. */
  readonly property?: string;
  /** The one version that is read; otherwise the newest is. */
  readonly version?: string;
}

/** Undefined where nothing here tells: it takes several whole entries, or makes the key of others by its template. */
export function storeEntry(external: ExternalSecret, key: string): StoreEntry | undefined {
  const ref = external.spec?.data?.find(({ secretKey }) => secretKey === key)?.remoteRef;
  if (ref !== undefined) {
    const { key: name = key, property, version } = ref;
    return { key, name, ...(property && { property }), ...(version && { version }) };
  }
  return isTemplated(external, key) ? undefined : wholeEntry(external, key);
}

/** The one entry of which every part becomes a key. */
function wholeEntry({ spec }: ExternalSecret, key: string): StoreEntry | undefined {
  const whole = (spec?.dataFrom ?? []).flatMap(({ extract }) => extract?.key ?? []);
  const [name] = whole;
  return name === undefined || whole.length > 1 ? undefined : { key, name, property: key };
}

/** The Azure Key Vault that a store reads from. */
export function keyVaultUrl(store: SecretStore | undefined): string | undefined {
  return store?.spec?.provider?.azurekv?.vaultUrl;
}

const plainName = /^(?:secret\/)?([0-9a-zA-Z-]{1,127})$/;

/** The secret of a Key Vault that holds nothing but the value; undefined where a value cannot just be put there. */
export function keyVaultSecret({ name, property, version }: StoreEntry): string | undefined {
  if (property !== undefined || version !== undefined) return undefined;
  return plainName.exec(name)?.[1];
}

/** What is to be put where, for whoever does it by hand: `entry db of HashiCorp Vault https://… (secretstore/vault)`. */
export function entryPlace(external: ExternalSecret, store: SecretStore | undefined, key: string): string {
  const entry = storeEntry(external, key);
  const where = storePlace(external, store);
  if (entry === undefined) {
    const how = isTemplated(external, key) ? `makes ${key} of by its template` : 'takes whole';
    return `one of the entries that ${external.metadata.name} ${how}, in ${where}`;
  }
  const { name, property, version } = entry;
  const pinned = version === undefined ? '' : ` (it reads version ${version} alone: name the new one in its spec.data)`;
  return `${property === undefined ? '' : `property ${property} of `}entry ${name} of ${where}${pinned}`;
}

/** `HashiCorp Vault https://… (secretstore/vault)`. */
export function storePlace(external: ExternalSecret, store: SecretStore | undefined): string {
  return `${providerText(store)}${refText(storeRef(external))}${providerText(store) === '' ? '' : ')'}`;
}

type Provider = NonNullable<NonNullable<SecretStore['spec']>['provider']>;

/** What each program is called, and the parts of the place in it that its store names. */
const providers: { readonly [P in keyof Provider]-?: readonly [string, (of: NonNullable<Provider[P]>) => string[]] } = {
  azurekv: ['Azure Key Vault', ({ vaultUrl = '' }) => [vaultUrl]],
  vault: ['HashiCorp Vault', ({ server = '', path = '' }) => [server, named('path', path)]],
  aws: ['AWS', ({ service = '', region = '' }) => [service, named('in', region)]],
  gcpsm: ['Google Secret Manager', ({ projectID = '' }) => [named('of project', projectID)]],
  kubernetes: ['Kubernetes', ({ remoteNamespace = '' }) => [named('namespace', remoteNamespace)]],
};

function named(word: string, name: string): string {
  return name === '' ? '' : `${word} ${name}`;
}

/** The program behind a store, as far as the store names it, with the place in it. */
function providerText(store: SecretStore | undefined): string {
  const provider = store?.spec?.provider ?? {};
  for (const name of Object.keys(providers) as (keyof Provider)[]) {
    const found = provider[name];
    if (found === undefined) continue;
    const [program, placeIn] = providers[name] as readonly [string, (of: object) => string[]];
    return `${[program, ...placeIn(found).filter((part) => part !== '')].join(' ')} (`;
  }
  return '';
}
