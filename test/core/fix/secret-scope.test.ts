import { expect, test } from '@jest/globals';

import { idleNames, isInScope, refuseUnknownScope } from '../../../src/core/fix/secret-scope.ts';

const keys = [
  { namespace: 'shop', secret: 'app', key: 'token' },
  { namespace: 'shop', secret: 'app', key: 'password' },
  { namespace: 'shop', secret: 'site', key: 'password' },
  { namespace: 'other', secret: 'app', key: 'token' },
];

function meant(...only: readonly string[]): string[] {
  return keys
    .filter((key) => isInScope(key, only))
    .map(({ namespace, secret, key }) => `${namespace}/${secret}/${key}`);
}

test.each([
  [[], ['shop/app/token', 'shop/app/password', 'shop/site/password', 'other/app/token']],
  [['app'], ['shop/app/token', 'shop/app/password', 'other/app/token']],
  [['secret/site'], ['shop/site/password']],
  [['shop/app'], ['shop/app/token', 'shop/app/password']],
  [['password'], ['shop/app/password', 'shop/site/password']],
  [
    ['site/password', 'other/app/token'],
    ['shop/site/password', 'other/app/token'],
  ],
])('%j are the keys %j', (only, expected) => {
  refuseUnknownScope(only, keys);
  expect(meant(...only)).toEqual(expected);
});

test.each([
  ['pasword', 'c2l fix-secrets password, or see all of them: c2l audit'],
  ['nothing-like-it', 'c2l audit'],
  ['', 'c2l audit'],
])('"%s" is a typing error, and what was meant is named where it is near', (name, hint) => {
  let thrown: unknown;
  try {
    refuseUnknownScope(['app', name], keys);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: 'usage',
    message: `${name === '' ? '""' : name} names no Secret and no key that anything here needs`,
    hint,
  });
});

test('names of which nothing is wanted are told', () => {
  expect(idleNames(['app', 'site', 'shop/app/token'], keys.slice(1, 2))).toEqual(['site', 'shop/app/token']);
  expect(idleNames(['site', 'app'], keys)).toEqual([]);
});
