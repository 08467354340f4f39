import { expect, test } from '@jest/globals';

import { canDoWithout, keyId, keyNamer, wantedKeys } from '../../../src/core/fix/plan-secrets.ts';
import type { Requirement } from '../../../src/core/secrets/requirements.ts';

const reference = { kind: 'Deployment', namespace: 'shop', name: 'api', optional: false } as const;
const env = [{ ...reference, via: 'env' }] as const;
const pull = [{ ...reference, via: 'imagePullSecrets' }] as const;

function requirement(parts: Partial<Requirement>): Requirement {
  return {
    namespace: 'shop',
    secret: 'app',
    key: 'token',
    required: true,
    references: env,
    state: 'missing',
    ...parts,
  };
}

function wanted(parts: Partial<Requirement>, overwrite: readonly string[] = []): readonly unknown[] {
  return wantedKeys([requirement(parts)], overwrite).map(({ reason }) => reason);
}

test.each<[Partial<Requirement>, readonly string[], readonly string[]]>([
  [{ state: 'missing' }, [], ['missing']],
  [{ state: 'missing' }, ['token'], ['missing']],
  [{ state: 'secret-missing' }, ['token'], ['missing']],
  [{ state: 'placeholder' }, [], ['placeholder']],
  [{ state: 'invalid' }, [], ['invalid']],
  [{ state: 'ok' }, [], []],
  [{ state: 'ok' }, ['token'], ['overwrite']],
  [{ state: 'ok' }, ['shop/app/token'], ['overwrite']],
  [{ state: 'ok' }, ['oken'], []],
  [{ state: 'unreadable' }, ['token'], []],
  [{ required: false }, [], []],
  [{ required: false, state: 'secret-missing' }, [], []],
  [{ required: false, state: 'placeholder' }, ['token'], ['overwrite']],
  [{ references: [{ ...reference, via: 'envFrom' }] }, [], ['missing']],
  [{ references: [{ ...reference, via: 'volume' }] }, [], ['missing']],
  [{ references: [{ ...reference, via: 'projected-volume' }] }, [], ['missing']],
  [{ references: pull }, [], []],
  [{ references: [...pull, ...env] }, [], ['missing']],
  [{ references: pull, declared: { required: true, generate: false, from: {} } }, [], ['missing']],
])('of %j with --overwrite %j is wanted: %j', (parts, overwrite, reasons) => {
  expect(wanted(parts, overwrite)).toEqual(reasons);
});

test('a wanted key holds what is known of it, and nothing that is not', () => {
  const declared = { required: true, generate: false, from: {} };
  expect(wantedKeys([requirement({ declared, state: 'invalid', detail: 'is empty' })], [])).toStrictEqual([
    {
      namespace: 'shop',
      secret: 'app',
      key: 'token',
      reason: 'invalid',
      detail: 'is empty',
      declared,
      references: env,
    },
  ]);
  expect(wantedKeys([requirement({})], [])).toStrictEqual([
    { namespace: 'shop', secret: 'app', key: 'token', reason: 'missing', references: env },
  ]);
});

test('an optional key comes back beside a required one of the same Secret, and credentials of a registry by themselves', () => {
  const optional = {
    required: false,
    state: 'secret-missing',
    declared: { required: false, generate: false, from: {} },
    references: [],
  } as const;
  const all = [
    requirement({ secret: 'site', key: 'z' }),
    requirement({ ...optional, key: 'alone' }),
    requirement({ secret: 'site', key: 'undeclared', required: false, state: 'secret-missing' }),
    requirement({ namespace: 'other', key: 'token' }),
    requirement({ ...optional, secret: 'site', key: 'b' }),
    requirement({ ...optional, secret: 'registry', key: '.dockerconfigjson' }),
  ];
  expect(wantedKeys(all, []).map((key) => [keyId(key), key.reason, canDoWithout(key)])).toEqual([
    ['other/app/token', 'missing', false],
    ['shop/registry/.dockerconfigjson', 'optional', true],
    ['shop/site/b', 'optional', true],
    ['shop/site/z', 'missing', false],
  ]);
});

test.each([
  [['shop/app/a', 'other/app/a'], 'shop/app/a'],
  [['shop/app/a', 'other/site/a'], 'shop/app/a'],
  [['shop/app/a', 'shop/site/a'], 'app/a'],
  [['shop/app/a', 'shop/app/b'], 'a'],
  [[], 'a'],
])('of %j the first is called %s', (ids, name) => {
  const keys = ids.map((id) => id.split('/')).map(([namespace = '', secret = '']) => ({ namespace, secret }));
  expect(keyNamer(keys)({ namespace: 'shop', secret: 'app', key: 'a' })).toBe(name);
});
