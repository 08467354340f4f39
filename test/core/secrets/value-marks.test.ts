import { expect, test } from '@jest/globals';

import { isEncodedOnceMore, seemsEncoded } from '../../../src/core/secrets/encoded-value.ts';
import { endingRefusal } from '../../../src/core/secrets/ending-secret.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { ValueFormat } from '../../../src/core/secrets/value-format.ts';
import { secret } from '../../support/planning-world.ts';

const encoded = SecretValue.fromText(Buffer.from('a long password').toString('base64'));

test.each<[string, ValueFormat | undefined, boolean]>([
  ['password', undefined, true],
  ['password', {}, true],
  ['password', { minLength: 3 }, true],
  ['password', { minLength: 3, pattern: undefined }, true],
  ['password', { pattern: '.*' }, false],
  ['password', { kind: 'url' }, false],
  ['password-base64', undefined, false],
  ['BASIC_AUTH', undefined, false],
])('the base64 of text under %s with format %j seems to be encoded once more: %s', (key, format, seems) => {
  expect(seemsEncoded(key, encoded, format)).toBe(seems);
  expect(seemsEncoded(key, SecretValue.fromText('a long password'), format)).toBe(false);
});

test.each<[ValueFormat, boolean]>([
  [{ pattern: '[a-z ]+' }, true],
  [{ pattern: '[0-9]+' }, false],
])('what it is the base64 of fits %j: %s', (format, fits) => {
  expect(isEncodedOnceMore(encoded, format)).toBe(fits);
  expect(isEncodedOnceMore(SecretValue.fromText('12'), format)).toBe(false);
});

const show = "kubectl -n shop get secret app -o jsonpath='{.metadata.finalizers}' shows who has to let it go";
test.each([
  [undefined, 'it is gone in a moment'],
  [[], 'it is gone in a moment'],
  [['a/b', 'c/d'], 'only a/b and c/d still holds it'],
])('a Secret that ends with finalizers %j %s', (finalizers, what) => {
  const { metadata, ...rest } = secret('shop', 'app', {});
  const ends = { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', ...(finalizers && { finalizers }) };
  const { code, message, hint } = endingRefusal({ ...rest, metadata: ends });
  expect([code, message, hint]).toEqual([
    'secret-owned',
    `Secret shop/app was deleted at 2026-01-01 00:00:00 UTC: ${what}, and what is written into it goes with it`,
    `${show}; once it is gone: c2l fix-secrets -n shop`,
  ]);
});
