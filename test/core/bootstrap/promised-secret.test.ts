import { describe, expect, test } from '@jest/globals';

import { neededKeys, promisedState } from '../../../src/core/bootstrap/promised-secret.ts';
import { absent, present, unreadable } from '../../../src/core/cluster/observed.ts';
import type { OwnerState } from '../../../src/core/owners/owner-state.ts';
import { secret, stackOf } from '../../support/builders.ts';

const place = {
  namespace: 'shop',
  name: 'shop-secrets',
  writer: { kind: 'ExternalSecret', namespace: 'shop', name: 'shop' },
};
const holding = (...keys: string[]) => present(secret('shop-secrets', keys).secrets![0]!);
const ready: OwnerState = { ready: 'true' };
const failing: OwnerState = { ready: 'false', reason: 'SecretSyncedError' };

describe('a Secret that somebody else is to write', () => {
  test.each([
    ['whole', holding('password', 'more'), ready, { state: 'ready' }],
    ['whole, by a writer without words', holding('password'), undefined, { state: 'ready' }],
    [
      'whole, from before',
      holding('password'),
      failing,
      { state: 'usable', waitsFor: /not ready \(SecretSyncedError\)/ },
    ],
    [
      'whole, and no controller runs',
      holding('password'),
      { ready: 'unknown' },
      { state: 'usable', waitsFor: /controller/ },
    ],
    [
      'without a key, though its writer is content',
      holding('more'),
      ready,
      { state: 'lacking', waitsFor: /lacks password/ },
    ],
    [
      'without a key, while its writer fails',
      holding('more'),
      failing,
      { state: 'waiting', waitsFor: /lacks password; .*Error/ },
    ],
    [
      'not there, while its writer fails',
      absent,
      failing,
      { state: 'waiting', waitsFor: /^externalsecret\/shop is not ready/ },
    ],
    ['not there yet', absent, ready, { state: 'waiting', waitsFor: /did not write it yet/ }],
    ['not to be read', unreadable('timeout', 'no answer'), ready, { state: 'waiting', waitsFor: /no answer/ }],
  ] as const)('%s', (_case, found, writer, expected) => {
    const seen = promisedState(place, { secret: found, writer }, ['password']);
    expect(seen).toEqual({
      ...expected,
      ...('waitsFor' in expected && { waitsFor: expect.stringMatching(expected.waitsFor) as unknown }),
    });
  });

  test('is needed for the keys that the stack requires of it, there and nowhere else', () => {
    const stack = stackOf({
      secrets: [{ name: 'shop-secrets', keys: { password: {}, mail: { required: false } } }],
    });
    expect(neededKeys(stack, place)).toEqual(['password']);
    expect(neededKeys(stack, { ...place, namespace: 'other' })).toEqual([]);
  });
});
