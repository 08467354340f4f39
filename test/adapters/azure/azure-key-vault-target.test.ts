import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openAzureKeyVault } from '../../../src/adapters/azure/azure-key-vault-source.ts';
import { azureKeyVaultTarget } from '../../../src/adapters/azure/azure-key-vault-target.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { VaultFault } from '../../../src/sandbox/vault/vault-answer.ts';
import { startVault, type Vault } from '../../../src/sandbox/vault/vault.ts';
import type { HeldState, StoredValue, StoreResult, WantedValue } from '../../../src/value-ports.ts';

const value = 'canary'.repeat(4);
const never = new AbortController().signal;
const now = () => new Date('2026-02-01T00:00:00Z');
let vault: Vault;

beforeEach(async () => {
  vault = await startVault({
    secrets: {
      same: value,
      other: 'an older one',
      disabled: { value, enabled: false },
      expired: { value, expires: new Date('2026-01-01T00:00:00Z') },
      early: { value, notBefore: new Date('2026-03-01T00:00:00Z') },
      gone: { value, deleted: true },
      'gone-other': { value: 'an older one', deleted: true },
    },
  });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
});

afterEach(async () => {
  await vault.close();
});

function wanted(azureKeyVaultName: string, azureKeyVaultVersion?: string): WantedValue {
  return { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName, azureKeyVaultVersion };
}

function stored(name: string, version?: string, text = value): StoredValue {
  return { wanted: wanted(name, version), value: SecretValue.fromText(text) };
}

const options = () => ({ caPem: vault.caPem, credential: 'managed-identity', now, limitMs: 400 }) as const;
const target = () => azureKeyVaultTarget(vault.url, options());
const compare = async (...values: StoredValue[]): Promise<readonly HeldState[]> => target().compare(values, never);
const store = async (...values: StoredValue[]): Promise<readonly StoreResult[]> => target().store(values, never);
const read = async (name: string): Promise<unknown> => {
  const [answer] = await openAzureKeyVault(vault.url, options()).lookUp([wanted(name)], never);
  return answer?.state === 'found' ? answer.value.reveal() : answer;
};
const writes = () => vault.requests.filter((request) => !request.startsWith('GET'));

test.each([
  ['same', 'same'],
  ['other', 'different'],
  ['disabled', 'different'],
  ['expired', 'different'],
  ['early', 'different'],
  ['gone', 'deleted'],
  ['nope', 'absent'],
])('%s is compared as %s, and nothing is written', async (name, state) => {
  expect(await compare(stored(name))).toEqual([{ state }]);
  expect(writes()).toEqual([]);
});

test.each<[VaultFault, RegExp]>([
  [{ kind: 'forbidden' }, /^reading secrets is forbidden \(403\): it needs the role/],
  [{ kind: 'hang' }, /no answer|silent|did not answer/],
])('a vault that fails is not one that differs: %j', async (fault, reason) => {
  vault.setFault(fault);
  expect(await compare(stored('same'))).toEqual([{ state: 'failed', reason: expect.stringMatching(reason) }]);
});

describe('storing', () => {
  test('makes a new version of what is there, and of what is not', async () => {
    expect(await store(stored('other'), stored('disabled'), stored('nope'))).toEqual([
      { stored: true },
      { stored: true },
      { stored: true },
    ]);
    expect([await read('other'), await read('disabled'), await read('nope')]).toEqual([value, value, value]);
  });

  test('brings back what is deleted, and writes only where it then differs', async () => {
    expect(await store(stored('gone'), stored('gone-other'))).toEqual([{ stored: true }, { stored: true }]);
    expect([await read('gone'), await read('gone-other')]).toEqual([value, value]);
    expect(writes().filter((request) => request.startsWith('PUT'))).toEqual(['PUT /secrets/gone-other']);
  });

  test('refuses what no vault holds before it is sent', async () => {
    const [result] = await store(stored('other', undefined, 'x'.repeat(25_601)));
    expect(result).toEqual({ stored: false, reason: expect.stringContaining('larger than the 25 kB') });
    expect(writes()).toEqual([]);
  });

  test('without the right to it says which', async () => {
    vault.setFault({ kind: 'forbidden' });
    const [result] = await store(stored('other'));
    expect(result).toEqual({ stored: false, reason: expect.stringMatching(/forbidden \(403\): it needs the role/) });
  });
});

test('a version that the stack pins is the one that is compared, and a new one says that it is not read yet', async () => {
  const [answer] = await openAzureKeyVault(vault.url, options()).lookUp([wanted('other')], never);
  const pin = /[0-9a-f]{32}/.exec(answer?.state === 'found' ? (answer.detail ?? '') : '')?.[0] ?? '';
  vault.set('other', value);

  expect(await compare(stored('other'), stored('other', pin))).toEqual([{ state: 'same' }, { state: 'different' }]);
  const target = azureKeyVaultTarget(vault.url);
  expect([target.noteOn?.(wanted('other')), target.noteOn?.(wanted('other', pin))]).toEqual([
    undefined,
    `the stack pins ${pin}: a repair goes on reading that one until it names the new one, other/VERSION`,
  ]);
  const [result] = await store(stored('other', pin));
  expect(result).toMatchObject({ stored: true });
  expect(result).toEqual({
    stored: true,
    note: expect.stringMatching(new RegExp(`still pins ${pin}: azureKeyVault: other/[0-9a-f]{32} makes a repair read`)),
  });
});
