import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { NewObject } from '../../src/sandbox/store/stored-object.ts';
import { secret, stillCluster, type StillCluster } from '../support/sandbox-cluster.ts';

function store(values: Readonly<Record<string, string>>): NewObject {
  const data = Object.entries(values).map(([key, value]) => ({ key, value }));
  const spec = { provider: { fake: { data } } };
  return { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', metadata: { name: 'vault' }, spec };
}

function external(target: object = {}, fields: object = {}): NewObject {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app-external' },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault', kind: 'SecretStore' },
      target: { name: 'app', ...target },
      data: [{ secretKey: 'password', remoteRef: { key: 'app-password' } }],
      ...fields,
    },
  };
}

function values(cluster: StillCluster, name = 'app'): Record<string, string> | undefined {
  const found = cluster.store.get('secrets', 'test', name);
  if (found === undefined) return undefined;
  const data = (found['data'] ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

function patch(cluster: StillCluster, data: Readonly<Record<string, string>>): void {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  cluster.store.mutate('secrets', 'test', 'app', (draft) => {
    draft['data'] = { ...(draft['data'] as object), ...(Object.fromEntries(encoded) as object) };
  });
}

function restock(cluster: StillCluster, fresh: Readonly<Record<string, string>>): void {
  cluster.store.mutate('secretstores', 'test', 'vault', (draft) => {
    draft['spec'] = store(fresh)['spec'];
  });
}

function forceSync(cluster: StillCluster): void {
  cluster.store.mutate('externalsecrets', 'test', 'app-external', (draft) => {
    draft.metadata.annotations = { 'force-sync': '1' };
  });
}

function condition(cluster: StillCluster, resource: string, name: string): string {
  const { conditions = [] } = cluster.object(resource, name)['status'] as { conditions?: Record<string, string>[] };
  const [{ type, status, reason = '', message = '' } = {}] = conditions;
  return `${String(type)}=${String(status)} ${reason} ${message}`;
}

const ready = (cluster: StillCluster): string => condition(cluster, 'externalsecrets', 'app-external');

describe('External Secrets', () => {
  test('makes the Secret it owns, and undoes what others change in it, add to it or delete', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });
    expect(cluster.object('secrets', 'app').metadata.ownerReferences).toMatchObject([
      { kind: 'ExternalSecret', name: 'app-external', controller: true },
    ]);
    expect(cluster.object('secrets', 'app').metadata.managedFields?.map(({ manager }) => manager)).toEqual([
      'externalsecrets.external-secrets.io/app-external',
    ]);

    patch(cluster, { password: 'by hand', other: 'x' });
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });

    cluster.store.remove('secrets', 'test', 'app');
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });
  });

  test('fetches a new value when its interval is over or it is told to', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    restock(cluster, { 'app-password': 'second' });
    cluster.pass(60);
    expect(values(cluster)).toEqual({ password: 'first' });

    forceSync(cluster);
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'second' });

    restock(cluster, { 'app-password': 'third' });
    cluster.pass(3_600);
    expect(values(cluster)).toEqual({ password: 'third' });
  });

  test('leaves a Secret alone while its store lacks a key, and says so', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    restock(cluster, {});
    forceSync(cluster);
    cluster.pass(1);
    patch(cluster, { password: 'by hand' });
    cluster.pass(60);

    expect(values(cluster)).toEqual({ password: 'by hand' });
    expect(ready(cluster)).toBe('Ready=False SecretSyncedError could not get secret data from provider');
    expect(cluster.eventsOf('app-external')).toContain(
      'UpdateFailed: error processing spec.data[0] (key: app-password), err: Secret does not exist',
    );

    restock(cluster, { 'app-password': 'again' });
    cluster.pass(600);
    expect(values(cluster)).toEqual({ password: 'again' });
    expect(ready(cluster)).toMatch(/^Ready=True SecretSynced /);
  });

  test('takes over an unowned Secret of that name, and drops its other keys', () => {
    const cluster = stillCluster();
    cluster.apply(secret('app', { mine: 'x' }), store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });
  });

  test('merges into a Secret that is there, and waits to be told of one that comes later', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external({ creationPolicy: 'Merge' }));
    cluster.pass(1);
    expect(ready(cluster)).toMatch(/^Ready=True SecretMissing /);
    cluster.apply(secret('app', { mine: 'x' }));
    cluster.pass(60);
    expect(values(cluster)).toEqual({ mine: 'x' });

    forceSync(cluster);
    cluster.pass(1);
    expect(values(cluster)).toEqual({ mine: 'x', password: 'first' });
    expect(cluster.object('secrets', 'app').metadata.ownerReferences).toBeUndefined();

    patch(cluster, { mine: 'y', password: 'by hand' });
    cluster.pass(1);
    expect(values(cluster)).toEqual({ mine: 'y', password: 'first' });
  });

  test.each([
    ['what it only created stays as others leave it', { creationPolicy: 'Orphan' }, {}, 'by hand'],
    ['an interval of 0 still undoes a patch', {}, { refreshInterval: '0s' }, 'first'],
  ])('%s', (_, target, fields, expected) => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external(target, fields));
    cluster.pass(1);
    patch(cluster, { password: 'by hand' });
    cluster.pass(60);
    expect(values(cluster)).toEqual({ password: expected });
  });

  test('is gone with its Secret, and fails without its store', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    cluster.store.remove('secretstores', 'test', 'vault');
    cluster.pass(60);
    expect(ready(cluster)).toMatch(/^Ready=True /);
    forceSync(cluster);
    cluster.pass(1);
    expect(ready(cluster)).toMatch(/^Ready=False SecretSyncedError /);

    cluster.store.remove('externalsecrets', 'test', 'app-external');
    cluster.pass(1);
    expect(values(cluster)).toBeUndefined();
  });

  test('does not take a Secret from another ExternalSecret', () => {
    const cluster = stillCluster();
    cluster.apply(store({ 'app-password': 'first' }), external());
    cluster.pass(1);
    cluster.apply({ ...external(), metadata: { name: 'rival' } });
    cluster.pass(1);
    expect(condition(cluster, 'externalsecrets', 'rival')).toMatch(/^Ready=False SecretSyncedError /);
    expect(ready(cluster)).toMatch(/^Ready=True /);
  });
});

describe('Sealed Secrets', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keySecret: NewObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sealing-key', labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': '',
      'tls.key': Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })).toString('base64'),
    },
  };

  function seal(text: string, label: string): string {
    const session = randomBytes(32);
    const cipher = createCipheriv('aes-256-gcm', session, Buffer.alloc(12));
    const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const sealed = publicEncrypt(
      { key: publicKey, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(label) },
      session,
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(sealed.length);
    return Buffer.concat([length, sealed, body]).toString('base64');
  }

  function sealedSecret(texts: Readonly<Record<string, string>>, label = 'test/app'): NewObject {
    const encryptedData = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, seal(text, label)]));
    const spec = { encryptedData, template: { type: 'Opaque' } };
    return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'app' }, spec };
  }

  const synced = (cluster: StillCluster): string => condition(cluster, 'sealedsecrets', 'app');

  test('unseals; a hand patch stays until it is sealed anew; what is deleted comes back', () => {
    const cluster = stillCluster();
    cluster.apply(keySecret, sealedSecret({ password: 'first' }));
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });
    expect(synced(cluster)).toMatch(/^Synced=True/);

    patch(cluster, { password: 'by hand', other: 'x' });
    cluster.pass(60);
    expect(values(cluster)).toEqual({ password: 'by hand', other: 'x' });

    cluster.store.remove('secrets', 'test', 'app');
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'first' });

    cluster.store.mutate('sealedsecrets', 'test', 'app', (draft) => {
      draft['spec'] = sealedSecret({ password: 'second' })['spec'];
    });
    cluster.pass(1);
    expect(values(cluster)).toEqual({ password: 'second' });
  });

  test('leaves an unowned Secret of that name alone', () => {
    const cluster = stillCluster();
    cluster.apply(keySecret, secret('app', { mine: 'x' }), sealedSecret({ password: 'first' }));
    cluster.pass(1);
    expect(values(cluster)).toEqual({ mine: 'x' });
    expect(synced(cluster)).toBe(
      'Synced=False  failed update: Resource "app" already exists and is not managed by SealedSecret',
    );
  });

  test('does not open what was sealed for another place', () => {
    const cluster = stillCluster();
    cluster.apply(keySecret, sealedSecret({ password: 'first' }, 'elsewhere/app'));
    cluster.pass(1);
    expect(values(cluster)).toBeUndefined();
    expect(synced(cluster)).toBe('Synced=False  no key could decrypt secret (password)');
  });
});
