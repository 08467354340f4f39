import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startVault, type Vault } from '../../../src/sandbox/vault/vault.ts';
import { lookUpApart } from '../../support/look-up-apart.ts';

let vault: Vault;
let identity: Readonly<Record<string, string>>;

beforeEach(async () => {
  vault = await startVault({ secrets: { plain: 'p'.repeat(20) } });
  identity = { IDENTITY_ENDPOINT: vault.identityEndpoint, IDENTITY_HEADER: vault.identityHeader };
});

afterEach(() => vault.close());

test('no identity: the vault is not to blame', async () => {
  vault.setFault({ kind: 'no-identity' });
  const options = { caPem: vault.caPem, credential: 'managed-identity' } as const;

  expect(await lookUpApart({ url: vault.url, options }, identity)).toEqual([
    {
      state: 'failed',
      reason:
        'no Azure credential was found (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});

test('a token endpoint that never answers is given up', async () => {
  vault.setFault({ kind: 'token-hang' });
  const options = { caPem: vault.caPem, credential: 'managed-identity', limitMs: 1000 } as const;

  expect(await lookUpApart({ url: vault.url, options }, identity)).toEqual([
    {
      state: 'failed',
      reason:
        'no Azure credential came within 1 s (tried managed identity): sign in with az login or run where a managed identity is',
    },
  ]);
});

test('with nothing to sign in by, all that was tried is named, soon', async () => {
  const { HOME = '', PATH = '' } = process.env;
  // Where the metadata service of a virtual machine would answer: here at once, with nothing.
  const nothing = { HOME, PATH, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' };
  const startedAt = Date.now();

  expect(await lookUpApart({ url: vault.url, options: { caPem: vault.caPem } }, nothing)).toEqual([
    {
      state: 'failed',
      reason: expect.stringMatching(
        /^no Azure credential (was found|came within 9\.5 s) \(tried service principal, workload identity, managed identity, Azure CLI, PowerShell and azd logins\): sign in with az login/,
      ),
    },
  ]);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
}, 15_000);
