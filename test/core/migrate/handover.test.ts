import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import { differingKeys, handoverRefusal, keptFromPrune } from '../../../src/core/migrate/handover.ts';
import { externalSecretFor, sealedSecretFor } from '../../../src/core/migrate/writer-manifests.ts';
import { secretWith } from '../../support/builders.ts';

function built(extra: Partial<Secret> = {}, data: Readonly<Record<string, string>> = { b: '2', a: '1' }): Secret {
  const [found] = secretWith('app', data, extra).secrets ?? [];
  if (found === undefined) throw new Error('no Secret was built');
  return found;
}

const owner = (by: NonNullable<Secret['owner']>['by']): Partial<Secret> => ({ owner: { by, name: 'owner-1' } });

describe('a Secret is not handed over', () => {
  test.each<[string, Secret, string, string]>([
    [
      'where Kubernetes keeps it',
      built({ type: 'kubernetes.io/service-account-token' }),
      'Secret shop/app is a token that Kubernetes itself keeps',
      'it needs no other writer',
    ],
    [
      'where nobody could write it',
      built({ immutable: true }),
      'Secret shop/app is immutable: External Secrets could never write it',
      'c2l fix-secrets -n shop --recreate app, or replace it by one that is not',
    ],
    ['while it is empty', built({}, {}), 'Secret shop/app holds no key yet', 'c2l fix-secrets -n shop'],
    [
      'while Sealed Secrets writes it',
      built(owner('sealed-secrets')),
      'Secret shop/app is written by Sealed Secrets owner-1',
      'take it back first: c2l migrate app -n shop --to sealed-secrets --undo',
    ],
    [
      'while External Secrets writes it',
      built(owner('external-secrets')),
      'Secret shop/app is written by External Secrets owner-1',
      'take it back first: c2l migrate app -n shop --to external-secrets --undo',
    ],
    [
      'while a release holds it',
      built(owner('helm')),
      'Secret shop/app is written by Helm release owner-1',
      'take it out there first, so that it stays: kubectl -n shop get secret app -o yaml',
    ],
    [
      'while a controller makes it',
      built(owner('controller')),
      'Secret shop/app is written by controller owner-1',
      'take it out there first, so that it stays: kubectl -n shop get secret app -o yaml',
    ],
  ])('%s', (_, secret, message, hint) => {
    const refusal = handoverRefusal(secret, 'external-secrets');
    expect([refusal?.code, refusal?.message, refusal?.hint]).toEqual(['secret-owned', message, hint]);
  });

  test.each<[string, Secret]>([
    ['nobody writes it', built()],
    ['Argo CD holds it, from a Git that has the same values', built(owner('argocd'))],
  ])('unless %s', (_, secret) => {
    expect(handoverRefusal(secret, 'sealed-secrets')).toBeUndefined();
  });
});

test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, readonly string[]]>([
  ['are none of the same', { a: '1', b: '2' }, { b: '2', a: '1' }, []],
  ['are those with another value', { a: '1', b: '2' }, { a: '1', b: '3' }, ['b']],
  ['are those that only one has', { z: '1', b: '2' }, { b: '2', a: '1' }, ['a', 'z']],
])('the keys by which one cannot stand for the other %s', (_, before, after, keys) => {
  expect(differingKeys(built({}, before).data, built({}, after).data)).toEqual(keys);
});

describe('a Secret that leaves Git', () => {
  const options = 'argocd.argoproj.io/sync-options';
  const bearing = (
    annotations: Readonly<Record<string, string>> | undefined,
    more: Partial<Secret> = owner('argocd'),
  ) => built({ metadata: { name: 'app', namespace: 'shop', ...(annotations && { annotations }) }, ...more });

  test.each<[string, Secret, object | undefined]>([
    ['is kept from being deleted', bearing(undefined), { [options]: 'Prune=false' }],
    [
      'keeps its other options',
      bearing({ [options]: 'Validate=false,Prune=confirm' }),
      { [options]: 'Validate=false,Prune=false' },
    ],
    ['is kept already', bearing({ [options]: 'Validate=false,Prune=false' }), undefined],
    ['is nothing to Argo CD', bearing(undefined, {}), undefined],
    ['is somebody else’s', bearing(undefined, owner('helm')), undefined],
    [
      'has Argo CD beside its writer',
      bearing(undefined, { ...owner('external-secrets'), otherOwners: [{ by: 'argocd', name: 'shop' }] }),
      { [options]: 'Prune=false' },
    ],
  ])('%s', (_, secret, annotations) => {
    expect(keptFromPrune(secret)).toEqual(annotations);
  });
});

describe('what is created beside a Secret', () => {
  const labels = { 'app.kubernetes.io/managed-by': 'c2l' };
  const annotations = {
    'argocd.argoproj.io/sync-wave': '-1',
    'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
  };

  test('brings exactly its keys from a store, by the names that the stack file gives them', () => {
    const declared = { keys: { b: { from: { azureKeyVault: 'shop-b', azureKeyVaultVersion: undefined } } } };
    const manifest = externalSecretFor(built({ type: 'Opaque' }), declared as never, {
      store: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'app', creationPolicy: 'Orphan' },
    });
    expect(manifest).toEqual({
      metadata: { name: 'app', namespace: 'shop', labels, annotations },
      spec: {
        refreshInterval: '1m',
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        target: {
          name: 'app',
          creationPolicy: 'Orphan',
          deletionPolicy: 'Retain',
          template: { engineVersion: 'v2', type: 'Opaque' },
        },
        data: [
          { secretKey: 'a', remoteRef: { key: 'a' } },
          { secretKey: 'b', remoteRef: { key: 'shop-b' } },
        ],
      },
    });
  });

  test('seals into a template what others put on it, and nothing that is of this one object', () => {
    const metadata = {
      name: 'app',
      namespace: 'shop',
      labels: { team: 'shop' },
      annotations: {
        'reloader.example.test/match': 'true',
        'c2l.dev/revision': '3',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'argocd.argoproj.io/tracking-id': 'shop:/Secret:shop/app',
      },
    };
    expect(
      sealedSecretFor(
        built({ metadata, type: 'Opaque' }),
        new Map([
          ['b', 'AgB'],
          ['a', 'AgA'],
        ]),
      ),
    ).toEqual({
      metadata: { name: 'app', namespace: 'shop', labels, annotations },
      spec: {
        encryptedData: { a: 'AgA', b: 'AgB' },
        template: {
          metadata: {
            name: 'app',
            namespace: 'shop',
            labels: { team: 'shop' },
            annotations: {
              'reloader.example.test/match': 'true',
              'sealedsecrets.bitnami.com/managed': 'true',
            },
          },
          type: 'Opaque',
        },
      },
    });
    const bare = sealedSecretFor(built({ metadata: { name: 'app', namespace: 'shop' } }), new Map());
    expect(bare.spec).toMatchObject({
      template: { metadata: { labels: {}, annotations: { 'sealedsecrets.bitnami.com/managed': 'true' } } },
    });
  });
});
