import { describe, expect, test } from '@jest/globals';
import type { ExternalSecret } from '../../../src/core/cluster/secret-writer-objects.ts';
import type { WantedKey } from '../../../src/core/fix/wanted-key.ts';
import { guardExternal } from '../../../src/core/owners/external-guard.ts';
import { writerIndex } from '../../../src/core/owners/secret-writers.ts';
import { syncDoubt, type SeenEntries } from '../../../src/core/owners/sync-doubt.ts';
import type { SyncPlan } from '../../../src/core/owners/sync-plan.ts';
import { namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const wanted: WantedKey = { namespace, secret: 'app', key: 'k', reason: 'missing', references: [] };
const object = { kind: 'Secret', namespace, name: 'app' };

function external(status: 'True' | 'False', spec: ExternalSecret['spec'] = {}): Parts {
  const mapped = { data: [{ secretKey: 'k', remoteRef: { key: 'secret/app-k' } }] };
  const conditions = [{ type: 'Ready', status, reason: status === 'True' ? 'SecretSynced' : 'SecretSyncedError' }];
  return {
    externalSecrets: [
      {
        metadata: { namespace, name: 'app' },
        spec: { secretStoreRef: { name: 'vault' }, ...mapped, ...spec },
        status: { conditions, refreshTime: '2026-01-02T03:04:05Z' },
      },
    ],
    secretStores: [{ metadata: { namespace, name: 'vault' } }],
  };
}

const absent: Parts = {
  events: [
    {
      metadata: { namespace, name: 'app.1' },
      reason: 'UpdateFailed',
      lastTimestamp: '2026-01-02T03:04:06Z',
      message: 'error processing spec.data[0] (key: secret/app-k), err: Secret does not exist',
      involvedObject: { kind: 'ExternalSecret', namespace, name: 'app' },
    },
  ],
};

const unseen: SeenEntries = { names: new Set(), willBeFilled: false };
const whole: ExternalSecret['spec'] = { data: [], dataFrom: [{ extract: { key: 'all' } }] };

function doubt(parts: readonly Parts[], seen: SeenEntries): string | undefined {
  const snapshot = snapshotOf(...parts);
  const [es] = snapshot.writers.externalSecrets.items;
  const target = { object, current: undefined, type: 'Opaque', wanted: [wanted] };
  const sync = guardExternal(target, es as ExternalSecret, writerIndex(snapshot)).sync as SyncPlan;
  return syncDoubt(sync, snapshot, seen)?.because;
}

describe('a sync is in doubt', () => {
  test.each<[string, Parts[], RegExp]>([
    [
      'that failed for an entry',
      [external('False'), absent],
      /no entry secret\/app-k \(seen .*\): where that is so still, put k into entry secret\/app-k of secretstore\/vault first$/,
    ],
    ['that failed otherwise', [external('False')], /could not sync when it last tried \(SecretSyncedError\)$/],
    [
      'that succeeded without the key, of an entry that it takes whole',
      [external('True', whole), secret('app', ['other'])],
      /has synced \(2026-01-02 03:04:05 UTC\) and brought no k: where the store lacks that, put k into property k of entry all/,
    ],
  ])('%s', (_, parts, words) => {
    expect(doubt(parts, unseen)).toMatch(words);
  });

  test.each<[string, Parts[], SeenEntries]>([
    ['whose entry is seen in the vault by now', [external('False'), absent], { ...unseen, names: new Set(['app-k']) }],
    ['whose entry is stored first', [external('False')], { ...unseen, willBeFilled: true }],
    ['that succeeded before the key was lost', [external('True'), secret('app', ['other'])], unseen],
    ['that succeeded before the Secret was lost', [external('True', whole)], unseen],
    [
      'that would not have put the key back',
      [external('True', { ...whole, target: { creationPolicy: 'Orphan' } }), secret('app', ['other'])],
      unseen,
    ],
  ])('but not one %s', (_, parts, seen) => {
    expect(doubt(parts, seen)).toBeUndefined();
  });
});
