import { refText } from './kubernetes.ts';
import type { ExternalSecret, SecretStore } from './secret-writer-objects.ts';
import { storeRef } from './secret-writers.ts';

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

/** Undefined where only the store itself could tell: it takes several whole entries. */
export function storeEntry({ spec }: ExternalSecret, key: string): StoreEntry | undefined {
  const ref = spec?.data?.find(({ secretKey }) => secretKey === key)?.remoteRef;
  if (ref !== undefined) {
    const { key: name = key, property, version } = ref;
    return { key, name, ...(property && { property }), ...(version && { version }) };
  }
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
  const where = `${providerText(store)}${refText(storeRef(external))}${providerText(store) === '' ? '' : ')'}`;
  if (entry === undefined) return `one of the entries that ${external.metadata.name} takes whole, in ${where}`;
  const { name, property, version } = entry;
  const pinned = version === undefined ? '' : ` (it reads version ${version} alone: name the new one in its spec.data)`;
  return `${property === undefined ? '' : `property ${property} of `}entry ${name} of ${where}${pinned}`;
}

/** The program behind a store, as far as the store names it, with the place in it. */
function providerText(store: SecretStore | undefined): string {
  const { azurekv, vault, aws, gcpsm, kubernetes } = store?.spec?.provider ?? {};
  const at = (...parts: readonly (string | undefined)[]): string =>
    parts
      .filter((part) => part !== undefined)
      .map((part) => ` ${part}`)
      .join('');
  if (azurekv) return `Azure Key Vault${at(azurekv.vaultUrl)} (`;
  if (vault) return `HashiCorp Vault${at(vault.server, vault.path && `path ${vault.path}`)} (`;
  if (aws) return `AWS${at(aws.service, aws.region && `in ${aws.region}`)} (`;
  if (gcpsm) return `Google Secret Manager${at(gcpsm.projectID && `of project ${gcpsm.projectID}`)} (`;
  if (kubernetes) return `Kubernetes${at(kubernetes.remoteNamespace && `namespace ${kubernetes.remoteNamespace}`)} (`;
  return '';
}
