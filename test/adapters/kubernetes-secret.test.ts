import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { toSecret } from '../../src/adapters/kubernetes-secret.ts';

const value = ['plain', 'value'].join('-');
const base = {
  metadata: { name: 'db', namespace: 'shop', resourceVersion: '7' },
  type: 'Opaque',
  data: { password: btoa(value) },
};
const withMetadata = (metadata: object) => ({ ...base, metadata: { ...base.metadata, ...metadata } });
const holds = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });

describe('values', () => {
  test('are wrapped, so that no way of printing shows them', () => {
    const secret = toSecret(base);

    expect(secret?.data.get('password')?.reveal()).toBe(value);
    const printed = `${inspect(secret, { depth: 9 })} ${JSON.stringify(secret)}`;
    expect(printed).not.toContain(value);
    expect(printed).not.toContain(btoa(value));
  });

  test('need not be there: a Secret without data is an empty one', () => {
    const secret = toSecret({ metadata: base.metadata });

    expect(secret).toMatchObject({ type: 'Opaque', immutable: false, exposedKeys: [] });
    expect(secret?.data.size).toBe(0);
  });

  test.each([
    ['no object', 'text'],
    ['no namespace', { metadata: { name: 'db' } }],
    ['labels that are none', withMetadata({ labels: [1] })],
    ['data that is a list', { ...base, data: ['x'] }],
    ['a value that is a number', { ...base, data: { password: 5 } }],
    ['a value that is not base64', { ...base, data: { password: 'ä' } }],
    ['base64 that is cut short', { ...base, data: { password: 'YWJ' } }],
  ])('%s is no Secret', (_name, object) => {
    expect(toSecret(object)).toBeUndefined();
  });
});

describe('when a key was changed', () => {
  test('is the time of the manager that holds it', () => {
    const secret = toSecret(
      withMetadata({
        managedFields: [
          { manager: 'kubectl', time: '2026-01-01T00:00:00Z', fieldsV1: holds('user', 'password') },
          { manager: 'helm', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:data': { '.': {}, 'f:password': {} } } },
        ],
      }),
    );

    expect(secret?.keyChangedAt).toEqual(
      new Map([
        ['user', '2026-01-01T00:00:00Z'],
        ['password', '2026-01-02T00:00:00Z'],
      ]),
    );
  });

  test('is what c2l noted where c2l holds it, since its entry moves with each key it writes', () => {
    const noted = { 'c2l.dev/key-changed-at': JSON.stringify({ user: '2025-05-05T00:00:00Z', other: 5 }) };
    const secret = toSecret(
      withMetadata({
        annotations: noted,
        managedFields: [{ manager: 'c2l', time: '2026-01-01T00:00:00Z', fieldsV1: holds('user', 'other') }],
      }),
    );

    expect(secret?.keyChangedAt).toEqual(
      new Map([
        ['user', '2025-05-05T00:00:00Z'],
        ['other', '2026-01-01T00:00:00Z'],
      ]),
    );
  });

  test('is not made up where the managed fields are missing or malformed', () => {
    const noted = { 'c2l.dev/key-changed-at': 'not JSON' };
    const odd = [null, 7, { manager: 'c2l', fieldsV1: 'x' }, { fieldsV1: holds('user') }];

    expect(toSecret(base)?.keyChangedAt).toEqual(new Map());
    expect(toSecret(withMetadata({ annotations: noted, managedFields: odd }))?.keyChangedAt).toEqual(new Map());
  });
});

test('keys that last-applied exposes are named, and the annotation is dropped', () => {
  const applied = JSON.stringify({ data: { a: btoa(value), empty: '' }, stringData: { b: value, a: value } });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied, kept: 'yes' };

  const secret = toSecret(withMetadata({ annotations, managedFields: [] }));

  expect(secret?.exposedKeys).toEqual(['a', 'b']);
  expect(secret?.metadata).toEqual({ ...base.metadata, annotations: { kept: 'yes' } });
});

describe('who owns it', () => {
  const ownedBy = (kind: string) => ({
    ownerReferences: [{ apiVersion: 'x/v1', kind, name: 'source', uid: '1' }],
  });
  const tracked = (id: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
  const helm = { annotations: { 'meta.helm.sh/release-name': 'release' } };

  test.each([
    [ownedBy('ExternalSecret'), { by: 'external-secrets', name: 'source' }],
    [ownedBy('SealedSecret'), { by: 'sealed-secrets', name: 'source' }],
    [ownedBy('Deployment'), undefined],
    [tracked('apps:/Secret:shop/db'), { by: 'argocd', name: 'apps' }],
    [tracked('apps:/Secret:other/db'), undefined],
    [
      { ...helm, labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
      { by: 'helm', name: 'release' },
    ],
    [helm, undefined],
  ])('%j', (metadata, owner) => {
    expect(toSecret(withMetadata(metadata))?.owner).toEqual(owner);
  });
});
