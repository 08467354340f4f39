import { describe, expect, test } from '@jest/globals';

import type { Secret } from '../../../src/core/cluster/secret.ts';
import {
  allRefused,
  guardTarget,
  overwriteNeeded,
  refuseUnknownNames,
  unnamedChanges,
  withSources,
} from '../../../src/core/fix/secret-guards.ts';
import type { SecretTarget } from '../../../src/core/fix/secret-target.ts';
import type { WantedKey, WantedReason } from '../../../src/core/fix/wanted-key.ts';
import type { SecretWriters, WriterIndex } from '../../../src/core/owners/secret-writers.ts';
import { secret } from '../../support/planning-world.ts';

function key(reason: WantedReason, name = 'token'): WantedKey {
  return { namespace: 'shop', secret: 'app', key: name, reason, references: [] };
}

function target(reason: WantedReason, parts: Partial<Secret>): SecretTarget {
  return {
    object: { kind: 'Secret', namespace: 'shop', name: 'app' },
    current: { ...secret('shop', 'app', {}), ...parts },
    type: 'Opaque',
    wanted: [key(reason)],
  };
}

function indexOf(writers: SecretWriters): WriterIndex {
  return { of: () => writers, storeOf: () => undefined, isStoreAbsent: () => false, hasStoreKind: () => true };
}

describe('a Secret that somebody else writes', () => {
  test.each([
    ['external-secrets', /External Secrets \(owner-1\)/, /force-sync/],
    ['sealed-secrets', /Sealed Secrets \(owner-1\)/, /kubeseal/],
  ] as const)('of %s is refused, with the repair that lasts', (by, message, hint) => {
    expect(guardTarget(target('missing', { owner: { by, name: 'owner-1' } }))).toEqual({
      refusal: expect.objectContaining({
        code: 'secret-owned',
        exitCode: 2,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
      warnings: [],
    });
  });

  test('of Argo CD takes new keys with a warning, and no changed ones', () => {
    const owner = { by: 'argocd', name: 'shop' } as const;
    const added = target('missing', { owner });
    const warnings = [expect.stringMatching(/application shop: added keys survive self-heal/)];
    expect(guardTarget(added)).toEqual({ open: added, warnings });
    const refusal = expect.objectContaining({ message: expect.stringMatching(/set back to what Git holds/) });
    for (const reason of ['placeholder', 'invalid', 'overwrite'] as const) {
      expect(guardTarget(target(reason, { owner }))).toEqual({ refusal, warnings: [] });
    }
    const both = { ...added, wanted: [...added.wanted, key('placeholder', 'other')] };
    expect(guardTarget(both)).toEqual({ open: added, refusal, warnings });
  });

  test.each([
    [{ automated: { selfHeal: true } }, /self-heal is on, and acts within seconds to minutes/],
    [{ automated: {} }, /self-heal is off, and the next commit does it/],
    [{ automated: { enabled: false, selfHeal: true } }, /does not sync by itself, and the next sync does it/],
  ])('of Argo CD with policy %j is told when it is set back', (syncPolicy, when) => {
    const application = { metadata: { name: 'shop', namespace: 'gitops' }, spec: { syncPolicy } };
    const changed = target('overwrite', { owner: { by: 'argocd', name: 'shop' } });
    const { refusal } = guardTarget(changed, indexOf({ application }));
    expect([refusal?.message, refusal?.hint]).toEqual([
      expect.stringMatching(when),
      expect.stringMatching(/kubectl -n gitops annotate application shop/),
    ]);
    const gone = { ...changed, current: undefined };
    expect(guardTarget(gone, indexOf({ application }))).toEqual({
      open: gone,
      warnings: [expect.stringMatching(when)],
    });
  });

  test('and that is gone is not created beside the SealedSecret that would then refuse to write it', () => {
    const gone = { ...target('missing', {}), current: undefined };
    const sealed = { metadata: { name: 'app', namespace: 'shop' } };
    const { open, refusal } = guardTarget(gone, indexOf({ sealed }));
    expect([open, refusal?.message]).toEqual([undefined, expect.stringMatching(/written by Sealed Secrets \(app\)/)]);
  });

  test('of Helm is written with a warning', () => {
    const helm = target('missing', { owner: { by: 'helm', name: 'release' } });
    expect(guardTarget(helm)).toEqual({ open: helm, warnings: [expect.stringMatching(/Helm release release/)] });
  });

  test('of another controller is written with a warning', () => {
    const controlled = target('overwrite', { owner: { by: 'controller', name: 'Cluster/shop-db' } });
    const warnings = ['Secret shop/app is controlled by Cluster/shop-db, which may undo this'];
    expect(guardTarget(controlled)).toEqual({ open: controlled, warnings });
  });

  test('that is immutable is refused before the API does, with a repair that shows no value', () => {
    const { open, refusal } = guardTarget(target('missing', { immutable: true }));
    expect([open, refusal?.message]).toEqual([undefined, expect.stringMatching(/shop\/app is immutable/)]);
    expect(refusal?.hint).toMatch(/-o yaml \| sed .* \| kubectl replace --force -f -, then: c2l fix-secrets -n shop$/);
  });

  test('that is immutable is deleted and created again only where that is agreed to, and nobody else would do it', () => {
    const fixed = target('missing', { immutable: true });
    expect(guardTarget(fixed, undefined, () => true)).toEqual({ open: fixed, warnings: [] });
    const { refusal } = guardTarget(fixed, undefined, ({ name }) => name === 'other');
    expect([refusal?.message, refusal?.hint]).toEqual([
      expect.stringMatching(/shop\/app is immutable.*consent by name/),
      'c2l fix-secrets -n shop --recreate app',
    ]);
    for (const by of ['sealed-secrets', 'argocd'] as const) {
      const owned = target('missing', { immutable: true, owner: { by, name: 'owner-1' } });
      expect(guardTarget(owned, undefined, () => true).refusal?.message).toMatch(/owner-1/);
    }
    const metadata = { name: 'app', namespace: 'shop', finalizers: ['example.test/hold'] };
    const held = target('missing', { immutable: true, metadata });
    expect(guardTarget(held, undefined, () => true).refusal?.message).toMatch(/example.test\/hold decides/);
  });

  test('that was deleted is left alone for as long as a finalizer holds it, whoever owns it', () => {
    const deletionTimestamp = '2026-03-01T10:00:00Z';
    const metadata = { name: 'app', namespace: 'shop', finalizers: ['example.test/hold'], deletionTimestamp };
    for (const parts of [{}, { immutable: true }, { owner: { by: 'argocd', name: 'owner-1' } as const }]) {
      const { open, refusal } = guardTarget(target('missing', { metadata, ...parts }), indexOf({}), () => true);
      expect([open, refusal?.message]).toEqual([
        undefined,
        'Secret shop/app was deleted at 2026-03-01 10:00:00 UTC: only example.test/hold still holds it, and what is written into it goes with it',
      ]);
      expect(refusal?.hint).toMatch(/get secret app -o jsonpath.*once it is gone: c2l fix-secrets -n shop$/);
    }
  });

  test('is nobody else: no warning', () => {
    const own = target('overwrite', {});
    expect(guardTarget(own)).toEqual({ open: own, warnings: [] });
  });
});

test('of several refusals none is lost', () => {
  const refusals = ['one', 'two'].map((name) => {
    const parts = { immutable: true, metadata: { namespace: 'shop', name } };
    return guardTarget(target('missing', parts)).refusal!;
  });
  expect(allRefused(refusals)).toMatchObject({
    code: 'secret-owned',
    message: expect.stringMatching(/shop\/one is immutable.*; Secret shop\/two is immutable/),
    hint: expect.stringMatching(/get secret one .*; .*get secret two /),
  });
  expect(allRefused(refusals.slice(0, 1))).toBe(refusals[0]);
  expect(allRefused([])).toBeUndefined();
});

test('a present value is replaced only where it is named', () => {
  const keys = [key('missing', 'a'), key('placeholder', 'b'), key('overwrite', 'c'), key('optional', 'd')];
  const unnamed = unnamedChanges(keys, ['c']);
  expect(unnamed.map((each) => each.key)).toEqual(['b']);
  expect(overwriteNeeded(unnamed)).toMatchObject({
    code: 'confirmation-needed',
    exitCode: 2,
    hint: 'add --overwrite b',
  });
});

test('a misspelt key name is refused', () => {
  expect(() => {
    refuseUnknownNames(['tokn'], [key('missing')]);
  }).toThrow(/--overwrite tokn names no key/);
  expect(() => {
    refuseUnknownNames([''], [key('missing')]);
  }).toThrow(/--overwrite "" names no key/);
  refuseUnknownNames(['token', 'app/token', 'shop/app/token'], [key('missing')]);
});

test('the command to type next takes its values from where this one did', () => {
  const { refusal } = guardTarget(target('missing', { immutable: true }), indexOf({}), () => false);
  const hints = [['env:.env', "env:o'neil's file"], []].map(
    (from) => refusal && withSources(refusal, { sources: from }).hint,
  );
  expect(hints).toEqual([
    "c2l fix-secrets -n shop --recreate app --from env:.env --from 'env:o'\\''neil'\\''s file'",
    'c2l fix-secrets -n shop --recreate app',
  ]);
});

test('whoever agrees to another immutable Secret agrees to the values that it is for', () => {
  const hints = (['overwrite', 'placeholder', 'missing'] as const).map(
    (reason) => guardTarget(target(reason, { immutable: true }), indexOf({}), () => false).refusal?.hint,
  );
  const command = 'c2l fix-secrets -n shop --recreate app';
  expect(hints).toEqual([`${command} --overwrite app/token`, `${command} --overwrite app/token`, command]);
});

test('a store that is not there is looked for among those that are, as audit says', () => {
  const external = {
    metadata: { name: 'e', namespace: 'shop' },
    spec: { secretStoreRef: { name: 'gone' }, dataFrom: [{}] },
  };
  const index = { ...indexOf({ external }), isStoreAbsent: () => true };
  expect(guardTarget(target('missing', {}), index).refusal?.hint).toBe('kubectl -n shop get secretstores');
});
