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
      reason:
        'no Azure credential was found (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});

test('a token endpoint that never answers is given up', async () => {
  vault.setFault({ kind: 'token-hang' });
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem, credential: 'managed-identity', limitMs: 600 });

  expect(await source.lookUp([wanted], never)).toEqual([
    {
      state: 'failed',
      reason:
        'no Azure credential came within 0.6 s (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});

test('with nothing to sign in by, all that was tried is named, soon', async () => {
  for (const name of Object.keys(process.env).filter((each) => /^(AZURE|IDENTITY|MSI)_/.test(each))) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the library looks at each of them
    delete process.env[name];
  }
  // Where the metadata service of a virtual machine would answer: here at once, with nothing.
  process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = 'http://127.0.0.1:1';
  const startedAt = Date.now();

  const [answer] = await openAzureKeyVault(vault.url, { caPem: vault.caPem }).lookUp([wanted], never);

  delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
  expect(answer).toEqual({
    state: 'failed',
    reason: expect.stringMatching(
      /^no Azure credential (was found|came within 9\.5 s) \(tried service principal, workload identity, managed identity, Azure CLI, PowerShell and azd logins\): sign in with az login/,
    ),
  });
  expect(Date.now() - startedAt).toBeLessThan(10_000);
}, 15_000);
