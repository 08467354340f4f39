import { expect, test } from '@jest/globals';
import { sourceNames } from '../../src/core/source-names.ts';

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
