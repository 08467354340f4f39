import { describe, expect, test } from '@jest/globals';

import type { SecretTarget, WantedKey, WantedReason } from '../../src/core/plan-secrets.ts';
import {
  overwriteNeeded,
  ownershipWarnings,
  refuseUnknownNames,
  unnamedChanges,
} from '../../src/core/secret-guards.ts';
import type { Secret } from '../../src/core/secret.ts';
import { secret } from '../support/planning-world.ts';

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

describe('a Secret that somebody else writes', () => {
  test.each([
    ['external-secrets', /External Secrets \(owner-1\)/, /force-sync/],
    ['sealed-secrets', /Sealed Secrets \(owner-1\)/, /kubeseal/],
  ] as const)('of %s is refused, with the repair that lasts', (by, message, hint) => {
    const refusal = expect.objectContaining({
      code: 'secret-owned',
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(() => ownershipWarnings(target('missing', { owner: { by, name: 'owner-1' } }))).toThrow(refusal);
  });

  test('of Argo CD takes new keys with a warning, and no changed ones', () => {
    const owner = { by: 'argocd', name: 'shop' } as const;
    expect(ownershipWarnings(target('missing', { owner }))).toEqual([
      expect.stringMatching(/application shop: added keys survive self-heal/),
    ]);
    for (const reason of ['placeholder', 'invalid', 'overwrite'] as const) {
      expect(() => ownershipWarnings(target(reason, { owner }))).toThrow(/set back to what Git holds/);
    }
  });

  test('of Helm is written with a warning', () => {
    const warnings = ownershipWarnings(target('missing', { owner: { by: 'helm', name: 'release' } }));
    expect(warnings).toEqual([expect.stringMatching(/Helm release release/)]);
  });

  test('that is immutable is refused before the API does', () => {
    expect(() => ownershipWarnings(target('missing', { immutable: true }))).toThrow(/shop\/app is immutable/);
  });

  test('is nobody else: no warning', () => {
    expect(ownershipWarnings(target('overwrite', {}))).toEqual([]);
  });
});

test('a present value is replaced only where it is named', () => {
  const keys = [key('missing', 'a'), key('placeholder', 'b'), key('overwrite', 'c')];
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
  refuseUnknownNames(['token', 'app/token', 'shop/app/token'], [key('missing')]);
});
