import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openAzureKeyVault } from '../../src/adapters/azure-key-vault-source.ts';
import { startVault, type Vault } from '../../src/sandbox/vault/vault.ts';

// Apart from the tests that get a token: the library keeps one for the life of the process.
const never = new AbortController().signal;
const wanted = { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName: 'plain' };
let vault: Vault;

beforeEach(async () => {
  vault = await startVault({ secrets: { plain: 'p'.repeat(20) } });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
});

afterEach(async () => {
  await vault.close();
});

test('no identity: the vault is not to blame', async () => {
  vault.setFault({ kind: 'no-identity' });
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem, credential: 'managed-identity' });

  expect(await source.lookUp([wanted], never)).toEqual([
    {
      state: 'failed',
      reason: 'no Azure credential was found: sign in with az login or run where a managed identity is',
    },
  ]);
});

test('a token endpoint that never answers is given up', async () => {
  vault.setFault({ kind: 'token-hang' });
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem, credential: 'managed-identity', limitMs: 300 });

  expect(await source.lookUp([wanted], never)).toEqual([
    { state: 'failed', reason: `${new URL(vault.url).host} did not answer within 0.3 s` },
  ]);
});
