import { describe, expect, test } from '@jest/globals';
import { sharedSourceNames, sourceNames } from '../../../src/core/sources/source-names.ts';
import type { StackKey } from '../../../src/core/stack/stack.ts';

test.each([
  ['postgres-auth-password', 'POSTGRES_AUTH_PASSWORD', 'postgres-auth-password'],
  ['tls.key', 'TLS_KEY', 'tls-key'],
  ['API_KEY', 'API_KEY', 'API-KEY'],
  ['2fa-seed', '_2FA_SEED', '2fa-seed'],
])('%s is %s in a .env backup and %s in Key Vault', (key, envName, azureKeyVaultName) => {
  expect(sourceNames(key)).toEqual({ envName, azureKeyVaultName });
});

test('what the stack declares comes first, each source by itself', () => {
  expect(sourceNames('password', { from: { env: 'DB_PASS' } })).toEqual({
    envName: 'DB_PASS',
    azureKeyVaultName: 'password',
  });
});

describe('keys that share a source name', () => {
  const key = (secret: string, name: string, from?: StackKey['from'], namespace = 'shop') => ({
    namespace,
    secret,
    key: name,
    ...(from === undefined ? {} : { declared: { from } }),
  });

  test('by the default mapping are told with that name, once', () => {
    const keys = [key('pg', 'password'), key('redis', 'password'), key('pg', 'user')];
    expect(sharedSourceNames(keys)).toEqual([
      { name: 'PASSWORD', kind: 'env', keys: ['shop/pg/password', 'shop/redis/password'] },
    ]);
  });

  test('in a vault alone are told too', () => {
    const keys = [key('pg', 'password', { env: 'PG_PASSWORD' }), key('redis', 'Password')];
    expect(sharedSourceNames(keys)).toEqual([
      { name: 'password', kind: 'azureKeyVault', keys: ['shop/pg/password', 'shop/redis/Password'] },
    ]);
  });

  test('on purpose are fine: all name it, or one declared Secret has copies', () => {
    const from = { env: 'SHARED', azureKeyVault: 'shared' };
    expect(sharedSourceNames([key('pg', 'password', from), key('redis', 'password', from)])).toEqual([]);
    expect(sharedSourceNames([key('pg', 'password', {}), key('pg', 'password', {}, 'copy')])).toEqual([]);
  });

  test('in Secrets of one name that nothing declares are not', () => {
    expect(sharedSourceNames([key('pg', 'password'), key('pg', 'password', undefined, 'other')])).toHaveLength(1);
  });
});
