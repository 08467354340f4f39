import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { toSecret } from '../../../src/adapters/kubernetes/kubernetes-secret.ts';

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
  const [first, second, third] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'];
  const entry = (manager: string, time: string, ...keys: string[]) => ({ manager, time, fieldsV1: holds(...keys) });
  const noted = (changed: object, added: object) => ({
    'c2l.dev/key-changed-at': JSON.stringify(changed),
    'c2l.dev/key-added-at': JSON.stringify(added),
  });
  const read = (metadata: object) => {
    const secret = toSecret(withMetadata(metadata))!;
    return { changed: Object.fromEntries(secret.keyChangedAt), added: Object.fromEntries(secret.keyAddedAt) };
  };

  test.each<[string, readonly object[], string]>([
    ['the latest', [entry('c2l', first, 'user'), entry('kubectl', second, 'password')], 'kubectl'],
    ['c2l, where another wrote in the same second', [entry('c2l', first, 'user'), entry('z', first, 'salt')], 'c2l'],
  ])('of the whole Secret is the time of %s', (_case, managedFields, manager) => {
    expect(toSecret(withMetadata({ managedFields }))?.lastWrite?.manager).toBe(manager);
  });

  test('is the time of a writer that holds this key alone', () => {
    const managedFields = [
      entry('kubectl', second, 'password'),
      { manager: 'helm', time: first, fieldsV1: { 'f:data': { '.': {}, 'f:user': {} }, 'f:type': {} } },
    ];
    expect(read({ managedFields }).changed).toEqual({ password: second, user: first });
  });

  test('is not the time at which the Secret was created, or created again', () => {
    const managedFields = [entry('kubectl', second, 'password')];
    expect(read({ managedFields, creationTimestamp: second }).changed).toEqual({});
    expect(read({ managedFields, creationTimestamp: first }).changed).toEqual({ password: second });
  });

  test('is not known of a writer of several keys: its time moves with any of them', () => {
    const managedFields = [entry('kubectl', second, 'user', 'password'), entry('helm', first, 'user')];
    expect(read({ managedFields }).changed).toEqual({ user: first });
  });

  test('may be the time of a writer of several keys, unless that is before what c2l added back', () => {
    const doubted = (metadata: object) => Object.fromEntries(toSecret(withMetadata(metadata))!.keyDoubtedAt);
    const managedFields = [entry('kubectl', second, 'user', 'password'), entry('c2l', third, 'salt', 'token')];
    expect(doubted({ managedFields, creationTimestamp: first })).toEqual({ user: second, password: second });
    expect(doubted({ managedFields, creationTimestamp: second })).toEqual({});
    expect(doubted({ managedFields, annotations: noted({}, { salt: third }) })).toEqual({});
  });

  test('is what c2l noted, whoever holds the key, or the later proof', () => {
    const managedFields = [
      entry('c2l', third, 'user', 'password'),
      entry('kubectl', second, 'token'),
      entry('edit', third, 'other', 'salt'),
    ];
    const annotations = noted({ user: first, token: first, salt: second, odd: 5 }, {});
    expect(read({ managedFields, annotations })).toEqual({
      changed: { user: first, token: second, salt: second },
      added: {},
    });
  });

  test('by c2l is doubted up to its write itself, of which it notes the time just before', () => {
    const doubted = (changed: object, writtenAt: string) => {
      const managedFields = [entry('c2l', writtenAt, 'user', 'password')];
      const metadata = { managedFields, annotations: noted(changed, {}), creationTimestamp: first };
      return Object.fromEntries(toSecret(withMetadata(metadata))!.keyDoubtedAt);
    };
    const late = '2026-01-02T00:00:02Z';
    expect(doubted({ user: first, password: second }, late)).toEqual({ password: late });
    expect(doubted({ user: first, password: second }, second)).toEqual({});
    // A request ends before that: it is the time of another write, which changed neither.
    expect(doubted({ user: first, password: second }, '2026-01-02T00:00:30Z')).toEqual({});
  });

  test('is no time at which c2l only added it back', () => {
    const managedFields = [entry('c2l', second, 'password')];
    expect(read({ managedFields, annotations: noted({}, { password: second }) })).toEqual({
      changed: {},
      added: { password: second },
    });
    const created = { annotations: noted({}, { password: 'creationTimestamp' }), creationTimestamp: first };
    expect(read({ ...created, managedFields: [entry('c2l', first, 'password')] })).toEqual({
      changed: {},
      added: { password: first },
    });
  });

  test('is not told by a writer whose keys were lost but for one, before c2l added them back', () => {
    const annotations = noted({}, { user: second });
    const lostThen = [entry('kubectl', first, 'password')];
    expect(read({ managedFields: lostThen, annotations }).changed).toEqual({});
    const changedSince = [entry('kubectl', third, 'password')];
    expect(read({ managedFields: changedSince, annotations }).changed).toEqual({ password: third });
  });

  test('is not made up where the managed fields are missing or malformed', () => {
    const annotations = { 'c2l.dev/key-changed-at': 'not JSON', 'c2l.dev/key-added-at': '[]' };
    const odd = [null, 7, { manager: 'kubectl', fieldsV1: 'x' }, { fieldsV1: holds('user') }];

    expect(read({}).changed).toEqual({});
    expect(read({ annotations, managedFields: odd })).toEqual({ changed: {}, added: {} });
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
  const ownedBy = (kind: string, more: object = {}) => ({
    ownerReferences: [{ apiVersion: 'x/v1', kind, name: 'source', uid: '1', ...more }],
  });
  const writtenBy = (manager: string, data: object = { '.': {}, 'f:token': {} }) => ({
    managedFields: [{ manager, operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:data': data } }],
  });
  const instance = { labels: { 'app.kubernetes.io/instance': 'apps' } };
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
    [writtenBy('externalsecrets.external-secrets.io/merged'), { by: 'external-secrets', name: 'merged' }],
    [{ ...writtenBy('externalsecrets.external-secrets.io/merged', {}), labels: {} }, undefined],
    [{ labels: { 'reconcile.external-secrets.io/managed': 'true' } }, { by: 'external-secrets', name: 'db' }],
    [
      { ...writtenBy('argocd-controller'), ...instance },
      { by: 'argocd', name: 'apps' },
    ],
    [{ ...writtenBy('kubectl'), ...instance }, undefined],
    [writtenBy('argocd-controller'), undefined],
    [ownedBy('Cluster', { controller: true }), { by: 'controller', name: 'Cluster/source' }],
  ])('%j', (metadata, owner) => {
    expect(toSecret(withMetadata(metadata))?.owner).toEqual(owner);
  });
});
