import { describe, expect, test } from '@jest/globals';

import type { ExternalSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import {
  guardTarget,
  isSecretNamed,
  overwriteNeeded,
  refuseSharedSourceNames,
  refuseUnknownNames,
  refuseUnknownSecrets,
} from '../../../src/core/fix/secret-guards.ts';
import type { SecretTarget } from '../../../src/core/fix/secret-target.ts';
import type { WantedKey, WantedReason } from '../../../src/core/fix/wanted-key.ts';
import { plannedSync } from '../../../src/core/owners/external-guard.ts';
import { writerIndex } from '../../../src/core/owners/secret-writers.ts';
import { OperatorError } from '../../../src/errors.ts';
import { namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const object = { kind: 'Secret', namespace, name: 'app' };
const key = (name: string, reason: WantedReason = 'missing', more: Partial<WantedKey> = {}): WantedKey => ({
  namespace,
  secret: 'app',
  key: name,
  reason,
  references: [],
  ...more,
});

function external(creationPolicy: string, keys: readonly string[], status?: ExternalSecret['status']): Parts {
  return {
    externalSecrets: [
      {
        metadata: { name: 'app', namespace },
        spec: {
          secretStoreRef: { name: 'vault' },
          target: { name: 'app', creationPolicy },
          data: keys.map((name) => ({ secretKey: name, remoteRef: { key: `shop-${name}` } })),
        },
        ...(status && { status }),
      },
    ],
  };
}

const vault = (ready = 'True', provider: object = { azurekv: { vaultUrl: 'https://shop.vault.test' } }): Parts => ({
  secretStores: [
    {
      metadata: { name: 'vault', namespace },
      spec: { provider },
      status: { conditions: [{ type: 'Ready', status: ready, reason: 'InvalidProviderConfig' }] },
    },
  ],
});

function guarded(wanted: readonly WantedKey[], ...parts: readonly Parts[]) {
  const { secrets = [] } = secret('app', ['old']);
  const target: SecretTarget = { object, current: secrets[0], type: 'Opaque', wanted };
  return guardTarget(target, writerIndex(snapshotOf({ secrets }, ...parts)));
}

describe('a Secret that an ExternalSecret writes', () => {
  test('is synced, and a changed value goes into its store first', () => {
    const status = { refreshTime: '2026-01-01T00:00:00Z', syncedResourceVersion: '1-ab' };
    const { sync, refusal, open } = guarded(
      [key('password', 'overwrite'), key('token')],
      external('Owner', ['password', 'token'], status),
      vault(),
    );
    expect([refusal, open]).toEqual([undefined, undefined]);
    expect(sync).toEqual({
      external: { kind: 'ExternalSecret', namespace, name: 'app' },
      policy: 'Owner',
      secret: object,
      keys: ['password', 'token'],
      before: status,
      store: { kind: 'SecretStore', namespace, name: 'vault' },
      vault: {
        url: 'https://shop.vault.test',
        entries: [
          { wanted: key('password', 'overwrite'), name: 'shop-password' },
          { wanted: key('token'), name: 'shop-token' },
        ],
      },
      places: new Map(
        ['password', 'token'].map((name) => [
          name,
          `entry shop-${name} of Azure Key Vault https://shop.vault.test (secretstore/vault)`,
        ]),
      ),
    });
    const stored = new Map([['password', { change: 'CHANGE', source: 'env:backup.env' } as const]]);
    expect(sync && plannedSync(sync, stored, undefined)).toEqual({
      object,
      action: 'sync',
      keys: [
        { key: 'password', change: 'CHANGE', source: 'env:backup.env' },
        { key: 'token', change: 'ADD', source: 'externalsecret/app' },
      ],
    });
  });

  test.each([
    ['Owner', 'owns it and drops at once what it does not map'],
    ['Orphan', 'made it and drops with its next sync what it does not map'],
  ])('by policy %s gets no key that it does not map', (policy, what) => {
    const { refusal, sync } = guarded([key('password'), key('a'), key('b')], external(policy, ['password']), vault());
    expect([sync, refusal?.message, refusal?.hint]).toEqual([
      undefined,
      `Secret shop/app is written by externalsecret/app, which ${what} (creationPolicy ${policy}), and maps no a, b`,
      'add it to its spec.data: kubectl -n shop edit externalsecret app',
    ]);
  });

  test('and that merges leaves the other keys to whoever writes them', () => {
    const { sync, open, refusal } = guarded([key('password'), key('own')], external('Merge', ['password']), vault());
    expect([sync?.keys, open?.wanted.map(({ key: name }) => name), refusal]).toEqual([
      ['password'],
      ['own'],
      undefined,
    ]);
    const beside = guarded([key('own')], external('Merge', ['password']), vault());
    expect([beside.sync, beside.open?.wanted.map(({ key: name }) => name)]).toEqual([undefined, ['own']]);
  });

  test('gets no changed value where c2l cannot put it into the store', () => {
    const { refusal } = guarded(
      [key('password', 'overwrite')],
      external('Owner', ['password']),
      vault('True', { vault: { server: 'https://v.test' } }),
    );
    expect([refusal?.message, refusal?.hint]).toEqual([
      'Secret shop/app is written by externalsecret/app, which takes password from its store and undoes changes made here',
      'put password into entry shop-password of HashiCorp Vault https://v.test (secretstore/vault), then: kubectl -n shop annotate externalsecret app force-sync="$(date +%s)" --overwrite',
    ]);
  });

  test('waits for its store to be repaired', () => {
    expect(guarded([key('password')], external('Owner', ['password']), vault('False')).refusal?.message).toBe(
      'Secret shop/app is written by externalsecret/app, whose secretstore/vault is not ready (InvalidProviderConfig)',
    );
    expect(guarded([key('password')], external('Owner', ['password'])).refusal?.message).toBe(
      'Secret shop/app is written by externalsecret/app, whose secretstore/vault does not exist',
    );
  });

  test('and that makes no Secret is no obstacle, and is told', () => {
    const { open, warnings } = guarded([key('password')], external('None', ['password']), vault());
    expect([open?.wanted.length, warnings]).toEqual([
      1,
      ['externalsecret/app has creationPolicy None and writes no Secret: c2l writes shop/app'],
    ]);
  });
});

function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return [error.code, error.message, error.hint];
    throw error;
  }
  return [];
}

describe('names on the command line', () => {
  const known = [{ namespace: 'shop', secret: 'app' }];
  test.each([
    ['app', true],
    ['shop/app', true],
    ['other/app', false],
    ['ap', false],
  ])('%s names Secret shop/app: %s', (name, isNamed) => {
    expect(isSecretNamed(object, ['x', name])).toBe(isNamed);
    expect(
      refusal(() => {
        refuseUnknownSecrets([name], known);
      }),
    ).toEqual(isNamed ? [] : ['usage', `--recreate ${name} names no Secret that anything here needs`, 'c2l audit']);
  });

  test('that are empty are shown as such', () => {
    expect(
      refusal(() => {
        refuseUnknownSecrets([''], known);
      })[1],
    ).toBe('--recreate "" names no Secret that anything here needs');
    expect(
      refusal(() => {
        refuseUnknownNames([''], []);
      }),
    ).toEqual(['usage', '--overwrite "" names no key that anything here needs', 'c2l audit']);
    expect(
      refusal(() => {
        refuseUnknownSecrets([], known);
      }),
    ).toEqual([]);
  });
});

describe('consent', () => {
  test.each<[readonly WantedKey[], readonly string[], string]>([
    [
      [key('a', 'invalid', { detail: 'too short' }), key('b', 'overwrite')],
      [],
      'replacing the value of a (too short), b needs',
    ],
    [[key('a', 'overwrite')], ['a'], 'removing a needs'],
    [[key('a', 'overwrite'), key('b', 'overwrite')], ['b'], 'replacing the value of a and removing b need'],
  ])('is needed by name: %#', (keys, removed, what) => {
    const { code, message, hint } = overwriteNeeded(keys, removed);
    expect([code, message, hint]).toEqual([
      'confirmation-needed',
      `${what} consent by name: --yes is consent to add`,
      `add ${keys.map(({ key: name }) => `--overwrite ${name}`).join(' ')}`,
    ]);
  });

  test('does not have one value written to two keys', () => {
    const both = [key('token'), key('token', 'missing', { secret: 'other' })];
    const [code, message, hint] = refusal(() => {
      refuseSharedSourceNames(both);
    });
    expect([code, hint]).toEqual([
      'source-invalid',
      'declare these keys in c2l.yaml, each with names of its own: from: { env: …, azureKeyVault: … }',
    ]);
    expect(message).toBe(
      'TOKEN in a .env file would fill shop/app/token, shop/other/token alike: nothing tells whose value it is',
    );
    expect(
      refusal(() => {
        refuseSharedSourceNames([key('token'), key('other')]);
      }),
    ).toEqual([]);
  });
});
