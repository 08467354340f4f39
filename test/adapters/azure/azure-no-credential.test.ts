import { expect, test } from '@jest/globals';
import { openAzureKeyVault } from '../../../src/adapters/azure/azure-key-vault-source.ts';
import { startVault } from '../../../src/sandbox/vault/vault.ts';

// Apart from the tests where a managed identity is: the library keeps to the first one for the life of the process.
test('with nothing to sign in by, all that was tried is named, soon', async () => {
  for (const name of Object.keys(process.env).filter((each) => /^(AZURE|IDENTITY|MSI)_/.test(each))) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the library looks at each of them
    delete process.env[name];
  }
  const vault = await startVault({ secrets: {} });
  // Where the metadata service of a virtual machine would answer: here at once, with nothing.
  process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = 'http://127.0.0.1:1';
  const startedAt = Date.now();

  const wanted = { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName: 'plain' };
  const source = openAzureKeyVault(vault.url, { caPem: vault.caPem });
  const [answer] = await source.lookUp([wanted], new AbortController().signal);

  await vault.close();
  delete process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
  expect(answer).toEqual({
    state: 'failed',
    reason: expect.stringMatching(
      /^no Azure credential (was found|came within 9\.5 s) \(tried service principal, workload identity, managed identity, Azure CLI, PowerShell and azd logins\): sign in with az login/,
    ),
  });
  expect(Date.now() - startedAt).toBeLessThan(10_000);
}, 15_000);
