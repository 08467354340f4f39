import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AzureKeyVaultOptions } from '../../../src/adapters/azure/azure-key-vault-connection.ts';
import { openAzureKeyVault } from '../../../src/adapters/azure/azure-key-vault-source.ts';
import type { VaultFault } from '../../../src/sandbox/vault/vault-answer.ts';
import { startVault, type Vault } from '../../../src/sandbox/vault/vault.ts';
import type { SourceAnswer, WantedValue } from '../../../src/value-ports.ts';

const canary = 'canary'.repeat(4);
const never = new AbortController().signal;
let vault: Vault;

beforeEach(async () => {
  vault = await startVault({
    secrets: {
      plain: canary,
      empty: '',
      disabled: { value: canary, enabled: false },
      expired: { value: canary, expires: new Date('2026-01-01T00:00:00Z') },
      early: { value: canary, notBefore: new Date('2026-03-01T00:00:00Z') },
      gone: { value: canary, deleted: true },
    },
  });
  process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = vault.identityHeader;
});

afterEach(async () => {
  await vault.close();
});

const wanted = (azureKeyVaultName: string): WantedValue => {
  return { namespace: 'shop', secret: 'app', key: 'k', envName: 'K', azureKeyVaultName };
};

function source(options: AzureKeyVaultOptions = {}, url = vault.url) {
  const now = () => new Date('2026-02-01T00:00:00Z');
  return openAzureKeyVault(url, { caPem: vault.caPem, credential: 'managed-identity', now, ...options });
}

async function lookUp(names: readonly string[], options: AzureKeyVaultOptions = {}) {
  return source(options).lookUp(names.map(wanted), never);
}

async function reasonOf(fault: VaultFault, options?: AzureKeyVaultOptions): Promise<string> {
  vault.setFault(fault);
  const [answer] = await lookUp(['plain'], options);
  expect(answer).toMatchObject({ state: 'failed' });
  expect(inspect(answer, { depth: 9 })).not.toContain(canary);
  return (answer as Extract<SourceAnswer, { state: 'failed' }>).reason;
}

const host = () => new URL(vault.url).host;

describe('answers', () => {
  test('a value, wrapped, with its version', async () => {
    const [answer] = await lookUp(['plain']);

    expect(answer).toMatchObject({
      state: 'found',
      detail: expect.stringMatching(/^version [0-9a-f]{32}$/),
      storedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(inspect(answer, { depth: 9 })).not.toContain(canary);
    expect(answer?.state === 'found' && answer.value.reveal()).toBe(canary);
  });

  test.each<[string, SourceAnswer]>([
    ['nope', { state: 'not-found' }],
    ['empty', { state: 'not-found', detail: 'empty' }],
    ['under_score', { state: 'failed', reason: '"under_score" is no name of a Key Vault secret' }],
  ])('%s', async (name, answer) => {
    expect(await lookUp([name])).toEqual([answer]);
  });

  test.each([
    ['expired', 'the secret expired on 2026-01-01 00:00:00 UTC', '--expires DATE'],
    ['early', 'the secret is not valid before 2026-03-01 00:00:00 UTC', '--not-before DATE'],
  ])('%s, with what changes that', async (name, why, option) => {
    const command = `az keyvault secret set-attributes --id ${vault.url}/secrets/${name} ${option}`;
    expect(await lookUp([name])).toEqual([{ state: 'failed', reason: `${why}: ${command}`, isUnusable: true }]);
  });

  test('disabled, with what enables it', async () => {
    const command = `az keyvault secret set-attributes --id ${vault.url}/secrets/disabled --enabled true`;

    expect(await lookUp(['disabled'])).toEqual([
      { state: 'failed', reason: `the secret is disabled: ${command}`, isUnusable: true },
    ]);
  });

  test('the version that is pinned, not the newest', async () => {
    const [first] = await lookUp(['plain']);
    const version = (first as { detail: string }).detail.replace('version ', '');
    vault.set('plain', 'rotated since');

    const [pinned, newest, none] = await source().lookUp(
      [
        { ...wanted('plain'), azureKeyVaultVersion: version },
        wanted('plain'),
        { ...wanted('plain'), azureKeyVaultVersion: '0'.repeat(32) },
      ],
      never,
    );

    expect(pinned).toMatchObject({ state: 'found', detail: `version ${version}` });
    expect(pinned?.state === 'found' && pinned.value.reveal()).toBe(canary);
    expect(newest?.state === 'found' && newest.value.reveal()).toBe('rotated since');
    expect(none).toEqual({ state: 'not-found', detail: `no version ${'0'.repeat(32)}` });
  });

  test('a deleted secret is told from one that never was, with the way back', async () => {
    expect(await lookUp(['gone'])).toEqual([
      {
        state: 'deleted',
        detail: expect.stringMatching(/^version [0-9a-f]{32}$/),
        reason: `the secret is deleted and can be recovered: az keyvault secret recover --id ${vault.url}/deletedsecrets/gone`,
      },
    ]);
  });

  test('come in the order asked for, however many', async () => {
    const names = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? 'plain' : `nope-${index}`));

    const states = (await lookUp(names)).map(({ state }) => state);

    expect(states).toEqual(names.map((name) => (name === 'plain' ? 'found' : 'not-found')));
  });

  test('a bad name is never asked for', async () => {
    await lookUp(['under_score', '']);

    expect(vault.requests).toEqual([]);
  });
});

describe('failures are told apart', () => {
  test.each<[VaultFault, string]>([
    [{ kind: 'forbidden' }, 'reading secrets is forbidden (403): it needs the role Key Vault Secrets User'],
    [
      { kind: 'forbidden-by-policy' },
      "reading secrets is forbidden by the vault's access policy (403): az keyvault set-policy --name NAME --object-id ID --secret-permissions get",
    ],
    [
      { kind: 'firewall' },
      "the vault's firewall does not let this address in (403): az keyvault network-rule add --name NAME --ip-address ADDRESS",
    ],
    [{ kind: 'unauthorized' }, 'HOST does not accept the credential (401)'],
    [{ kind: 'unavailable' }, 'HOST answered 503 ServiceUnavailable'],
    [{ kind: 'empty-refusal' }, 'HOST answered 403 and nothing more'],
    [{ kind: 'garbage' }, 'HOST answered something that cannot be read'],
    [{ kind: 'reset' }, 'HOST breaks the connection off'],
  ])('%j: %s', async (fault, reason) => {
    expect(await reasonOf(fault)).toBe(reason.replace('HOST', host()));
  });

  test.each([{}, { retryAfterSeconds: 1 }])('throttled for a moment, it is asked again: %j', async (header) => {
    vault.setFault({ kind: 'throttled', times: 1, ...header });
    const startedAt = Date.now();

    expect(await lookUp(['plain'])).toMatchObject([{ state: 'found' }]);
    expect(Date.now() - startedAt).toBeGreaterThan(950);
  });

  test('throttled without a word of how long', async () => {
    expect(await reasonOf({ kind: 'throttled' }, { limitMs: 200 })).toBe(
      'the vault takes no more requests for now (429)',
    );
  });

  test('throttled for longer than the limit: the wait that the vault asks for is told', async () => {
    const fault: VaultFault = { kind: 'throttled', retryAfterSeconds: 3600 };

    expect(await reasonOf(fault, { limitMs: 500 })).toBe(
      'the vault takes no more requests for now (429): try again in 3600 s',
    );
  });

  test('a vault that hangs', async () => {
    expect(await reasonOf({ kind: 'hang' }, { limitMs: 300 })).toBe(`${host()} did not answer within 0.3 s`);
  });

  test('a vault whose certificate nobody vouches for', async () => {
    const other = await startVault({ secrets: {} });

    expect(await reasonOf({ kind: 'hang' }, { caPem: other.caPem })).toMatch(
      /^the certificate of 127\.0\.0\.1:\d+ is not trusted \([A-Z_]+\); NODE_EXTRA_CA_CERTS=FILE names its authority$/,
    );
    await other.close();
  });

  test('nobody listens', async () => {
    const url = vault.url;
    await vault.close();

    expect(await source({}, url).lookUp([wanted('plain')], never)).toEqual([
      { state: 'failed', reason: `${new URL(url).host} refuses connections` },
    ]);
  });

  test('something else listens', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-nothing\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

    expect(await source({}, url).lookUp([wanted('plain')], never)).toEqual([
      { state: 'failed', reason: `${new URL(url).host} does not speak HTTPS` },
    ]);
    server.close();
  });

  test('a name that has no address', async () => {
    const [answer] = await source({}, 'https://nope.invalid').lookUp([wanted('plain')], never);

    expect(answer).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^nope\.invalid (has no address|cannot be looked up)/),
    });
  });

  test('Ctrl-C is no failure of the vault', async () => {
    vault.setFault({ kind: 'hang' });
    const interruption = new AbortController();
    const looking = source().lookUp([wanted('plain')], interruption.signal);
    interruption.abort();

    await expect(looking).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
  });
});

describe('what was deleted', () => {
  test('is brought back, however long the vault takes to settle', async () => {
    await vault.close();
    vault = await startVault({ secrets: { gone: { value: canary, deleted: true } }, settleMs: 400 });
    process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
    process.env['IDENTITY_HEADER'] = vault.identityHeader;

    const [answer] = (await source().recover?.([wanted('gone')], never)) ?? [];

    expect(answer).toMatchObject({ state: 'found' });
    expect(answer?.state === 'found' && answer.value.reveal()).toBe(canary);
    expect(await lookUp(['gone'])).toMatchObject([{ state: 'found' }]);
  });

  test('a vault that never settles is given up', async () => {
    await vault.close();
    vault = await startVault({ secrets: { gone: { value: canary, deleted: true } }, settleMs: 3_600_000 });
    process.env['IDENTITY_ENDPOINT'] = vault.identityEndpoint;
    process.env['IDENTITY_HEADER'] = vault.identityHeader;

    expect(await source({ recoveryPauseMs: 1 }).recover?.([wanted('gone')], never)).toEqual([
      { state: 'failed', reason: 'the secret is recovered, but cannot be read yet: run this again' },
    ]);
  });

  test('stays there where recovering is forbidden, and the right is named', async () => {
    vault.setFault({ kind: 'forbidden' });

    expect(await source().recover?.([wanted('gone')], never)).toEqual([
      { state: 'failed', reason: 'recovering secrets is forbidden (403): it needs the role Key Vault Secrets Officer' },
    ]);
  });
});

test('twelve keys cost one challenge, one token and one request each', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `key-${index}`);
  for (const name of names) vault.set(name, canary);

  await lookUp(names);

  expect(vault.requests).toHaveLength(13);
  expect(vault.requests.filter((request) => request === 'GET /secrets/key-0/')).toHaveLength(2);
});

describe('a place that is no vault is refused', () => {
  test.each([
    ['', 'azure-key-vault: names no vault'],
    ['my_vault', 'my_vault is no name of a Key Vault and no URL'],
    ['ab', 'ab is no name of a Key Vault and no URL'],
    ['a--b', 'a--b is no name of a Key Vault and no URL'],
    ['http://shop.vault.azure.net', 'http://shop.vault.azure.net is not https: values are never sent in the clear'],
    [
      'https://shop.vault.azure.net/secrets/a',
      'shop.vault.azure.net is followed by a path: name the vault, not one of its secrets',
    ],
    [`https://a:${canary}@shop.vault.azure.net`, 'the URL must not hold a user or password'],
  ])('%j: %s', (text, message) => {
    expect(() => openAzureKeyVault(text)).toThrow(expect.objectContaining({ code: 'source-invalid', message }));
  });

  test('a name and a URL are accepted, and nothing is asked yet', () => {
    expect(openAzureKeyVault('shop-prod').label).toBe('azure-key-vault:shop-prod');
    expect(openAzureKeyVault('https://shop.vault.azure.cn/').label).toBe(
      'azure-key-vault:https://shop.vault.azure.cn/',
    );
  });
});
