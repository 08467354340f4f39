import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openAzureKeyVault } from '../../../src/adapters/azure/azure-key-vault-source.ts';
import { startVault, type Vault } from '../../../src/sandbox/vault/vault.ts';

// Apart from the tests that get a token: the library keeps one for the life of the process, as it does the address that it
// was first told to ask for one. So all of these have one vault.
const never = new AbortController().signal;
const wanted = { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName: 'plain' };
let vault: Vault;

beforeAll(async () => {
  vault = await startVault({ secrets: { plain: 'p'.repeat(20) } });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
});

afterAll(async () => {
  await vault.close();
});

test('no identity: the vault is not to blame', async () => {
  vault.setFault({ kind: 'no-identity' });
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem, credential: 'managed-identity' });

  expect(await source.lookUp([wanted], never)).toEqual([
    {
      state: 'failed',
      reason:
        'no Azure credential was found (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});

test('a token endpoint that never answers is given up', async () => {
  vault.setFault({ kind: 'token-hang' });
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem, credential: 'managed-identity', limitMs: 1000 });

  expect(await source.lookUp([wanted], never)).toEqual([
    {
      state: 'failed',
      reason:
        'no Azure credential came within 1 s (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});
