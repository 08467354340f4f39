import { describe, expect, test } from '@jest/globals';

import type { ExternalSecret, SecretStore } from '../../../src/core/cluster/secret-writer-objects.ts';
import {
  entryPlace,
  keyVaultSecret,
  keyVaultUrl,
  storeEntry,
  storePlace,
} from '../../../src/core/owners/store-place.ts';

const external = (spec: NonNullable<ExternalSecret['spec']> = {}): ExternalSecret => ({
  metadata: { name: 'app', namespace: 'shop' },
  spec: { secretStoreRef: { name: 'vault', kind: 'SecretStore' }, ...spec },
});
const store = (provider?: NonNullable<SecretStore['spec']>['provider']): SecretStore => ({
  metadata: { name: 'vault', namespace: 'shop' },
  spec: { ...(provider && { provider }) },
});
const mapping = (remoteRef?: object) =>
  external({ data: [{ secretKey: 'other' }, { secretKey: 'password', ...(remoteRef && { remoteRef }) }] });

describe('the entry of a store that a key comes from', () => {
  test.each<[string, ExternalSecret, object | undefined]>([
    ['is the one that it maps', mapping({ key: 'db' }), { key: 'password', name: 'db' }],
    [
      'is a part of one version',
      mapping({ key: 'db', property: 'pw', version: '3' }),
      { key: 'password', name: 'db', property: 'pw', version: '3' },
    ],
    ['has its own name where none is told', mapping({}), { key: 'password', name: 'password' }],
    [
      'is a part of the only one that is taken whole',
      external({ dataFrom: [{}, { extract: { key: 'all' } }] }),
      { key: 'password', name: 'all', property: 'password' },
    ],
    [
      'is not known of several',
      external({ dataFrom: [{ extract: { key: 'a' } }, { extract: { key: 'b' } }] }),
      undefined,
    ],
    ['is not known of none', external(), undefined],
    [
      'is not known where a template makes it',
      external({ dataFrom: [{ extract: { key: 'all' } }], target: { template: { data: { password: '{{ .pw }}' } } } }),
      undefined,
    ],
  ])('%s', (_, from, entry) => {
    expect(storeEntry(from, 'password')).toEqual(entry);
  });

  test.each<[string, object, string | undefined]>([
    ['a plain one', { name: 'db-password' }, 'db-password'],
    ['one that says what it is', { name: 'secret/db-password' }, 'db-password'],
    ['a key', { name: 'key/db' }, undefined],
    ['a name that no vault takes', { name: 'db_password' }, undefined],
    ['one that is too long', { name: 'x'.repeat(128) }, undefined],
    ['a part', { name: 'db', property: 'pw' }, undefined],
    ['one version', { name: 'db', version: '3' }, undefined],
  ])('can be written by c2l in a Key Vault where it is %s', (_, entry, name) => {
    expect(keyVaultSecret({ key: 'password', name: '', ...entry })).toBe(name);
  });
});

describe('the place of a store', () => {
  test.each<[string, NonNullable<SecretStore['spec']>['provider'], string]>([
    [
      'Azure',
      { azurekv: { vaultUrl: 'https://shop.vault.test' } },
      'Azure Key Vault https://shop.vault.test (secretstore/vault)',
    ],
    [
      'Vault',
      { vault: { server: 'https://vault.test', path: 'kv' } },
      'HashiCorp Vault https://vault.test path kv (secretstore/vault)',
    ],
    [
      'AWS',
      { aws: { service: 'SecretsManager', region: 'eu-west-1' } },
      'AWS SecretsManager in eu-west-1 (secretstore/vault)',
    ],
    ['Google', { gcpsm: { projectID: 'shop' } }, 'Google Secret Manager of project shop (secretstore/vault)'],
    ['Kubernetes', { kubernetes: { remoteNamespace: 'keys' } }, 'Kubernetes namespace keys (secretstore/vault)'],
    ['nothing more', { azurekv: {} }, 'Azure Key Vault (secretstore/vault)'],
    [
      'a server alone',
      { vault: { server: 'https://vault.test' } },
      'HashiCorp Vault https://vault.test (secretstore/vault)',
    ],
    ['no region', { aws: {} }, 'AWS (secretstore/vault)'],
    ['no project', { gcpsm: {} }, 'Google Secret Manager (secretstore/vault)'],
    ['no namespace', { kubernetes: {} }, 'Kubernetes (secretstore/vault)'],
    ['another', {}, 'secretstore/vault'],
  ])('names %s', (_, provider, place) => {
    expect(storePlace(external(), store(provider))).toBe(place);
  });

  test('is its name alone where nobody could look at it', () => {
    expect(storePlace(external(), undefined)).toBe('secretstore/vault');
    expect([keyVaultUrl(undefined), keyVaultUrl(store({ azurekv: { vaultUrl: 'u' } }))]).toEqual([undefined, 'u']);
  });

  test.each<[string, ExternalSecret, string]>([
    ['an entry', mapping({ key: 'db' }), 'entry db of secretstore/vault'],
    ['a part of it', mapping({ key: 'db', property: 'pw' }), 'property pw of entry db of secretstore/vault'],
    [
      'one version, which a new value does not change',
      mapping({ key: 'db', version: '3' }),
      'entry db of secretstore/vault (it reads version 3 alone: name the new one in its spec.data)',
    ],
    ['entries that are taken whole', external(), 'one of the entries that app takes whole, in secretstore/vault'],
    [
      'entries of which a template makes it',
      external({ target: { template: { data: { password: '{{ .pw }}' } } } }),
      'one of the entries that app makes password of by its template, in secretstore/vault',
    ],
  ])('tells whoever puts a value there by hand of %s', (_, from, place) => {
    expect(entryPlace(from, undefined, 'password')).toBe(place);
  });
});
