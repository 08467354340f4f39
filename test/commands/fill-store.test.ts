import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { jsonOf, type JsonAnswer } from '../support/refusals.ts';
import { runCli, type CliOptions, type CliResult } from '../support/run-cli.ts';
import { sandbox } from '../support/sandbox.ts';

const namespace = 'team';
const folder = mkdtempSync(join(tmpdir(), 'c2l-fill-store-'));
writeFileSync(join(folder, 'values.env'), 'PASSWORD=from-the-backup-0123456789\n', { mode: 0o600 });
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let cluster: Sandbox;

interface Shop {
  readonly policy?: string;
  /** The entry that `password` is taken from. */
  readonly remoteRef?: Readonly<Record<string, string>>;
  readonly provider?: object;
  readonly secret?: Readonly<Record<string, string>>;
}

/** A Secret with one key that the vault has and one that it lacks, or held once. */
function addShop({ policy = 'Owner', remoteRef = { key: 'team-password' }, provider, secret }: Shop = {}): void {
  const { store, vault } = cluster;
  const group = 'external-secrets.io/v1';
  vault.set('team-user', 'app');
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  if (secret !== undefined) {
    const data = Object.fromEntries(
      Object.entries(secret).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    );
    store.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: 'app' },
      type: 'Opaque',
      data,
    });
  }
  store.create('secretstores', {
    apiVersion: group,
    kind: 'SecretStore',
    metadata: { namespace, name: 'vault' },
    spec: { provider: provider ?? { azurekv: { vaultUrl: `${vault.url}/` } } },
  });
  store.create('externalsecrets', {
    apiVersion: group,
    kind: 'ExternalSecret',
    metadata: { namespace, name: 'app' },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault' },
      target: { name: 'app', creationPolicy: policy },
      data: [
        { secretKey: 'user', remoteRef: { key: 'team-user' } },
        { secretKey: 'password', remoteRef },
      ],
    },
  });
  const env = ['user', 'password'].map((key) => ({
    name: key.toUpperCase(),
    valueFrom: { secretKeyRef: { name: 'app', key } },
  }));
  const spec = { containers: [{ name: 'main', image: 'example.test/main', env }] };
  store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec });
}

beforeEach(async () => {
  cluster = await sandbox();
  process.env['IDENTITY_ENDPOINT'] = cluster.vault.identityEndpoint;
  process.env['IDENTITY_HEADER'] = cluster.vault.identityHeader;
});

const backup = ['--from', 'env:values.env'];

function fix(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const azure = { caPem: cluster.vault.caPem, credential: 'managed-identity' } as const;
  const all = ['fix-secrets', '-n', namespace, ...argv];
  return runCli(all, { kubeconfig: cluster.kubeconfig, cwd: folder, azure, ...options });
}

function held(): Record<string, string> {
  const secret = cluster.store.get('secrets', namespace, 'app') as unknown as { data?: Record<string, string> };
  const data = Object.entries(secret.data ?? {});
  return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

function stepsOf({ outcomes = [] }: JsonAnswer): string[] {
  return outcomes.map(({ action, outcome, detail }) => `${action} ${outcome}: ${detail}`);
}

describe('a value that the vault of an ExternalSecret lacks', () => {
  test('is stored there with consent of its own, and then written by External Secrets', async () => {
    addShop();
    const { code, stdout } = await fix([...backup, '--yes', '--fill-store', '-o', 'json']);

    const answer = jsonOf({ stdout });
    expect(stepsOf(answer)).toEqual([
      `fill-store done: team-password stored in azure-key-vault:${cluster.vault.url}`,
      'sync-external-secret done: written by externalsecret/app (creationPolicy Owner), read back',
    ]);
    expect([code, answer.verdict]).toEqual([0, 'ok']);
    expect(held()).toEqual({ user: 'app', password: 'from-the-backup-0123456789' });
    expect(cluster.vault.read('team-password')).toBe('from-the-backup-0123456789');
  });

  test('is not stored by --yes alone', async () => {
    addShop();
    const { code, stderr } = await fix([...backup, '--yes']);

    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /storing 1 value \(team-password\) in azure-key-vault:\S+, which secretstore\/vault reads, needs consent of its own.*--fill-store/,
      ),
    ]);
    expect(cluster.vault.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
  });

  test('is asked for where a person sits: first the vault, then the cluster', async () => {
    addShop();
    const { code, prompter } = await fix(backup, { answers: [true, true] });
    expect(prompter.questions).toEqual([
      expect.stringMatching(
        /^store 1 value \(team-password\) in azure-key-vault:\S+, which secretstore\/vault reads\?/,
      ),
      expect.stringMatching(/^have externalsecret\/app write team\/app\?/),
    ]);
    expect([code, held()['password']]).toEqual([0, 'from-the-backup-0123456789']);
  });

  test('may be typed by that person', async () => {
    addShop();
    const typed = 'typed-by-hand-0123456789';
    const { code } = await fix([], { answers: [typed, typed, true, true] });
    expect([code, held()['password'], cluster.vault.read('team-password')]).toEqual([0, typed, typed]);
  });

  test('declined leaves the vault and the cluster as they are', async () => {
    addShop();
    const { code } = await fix(backup, { answers: [false] });
    expect([code, cluster.vault.read('team-password')]).toEqual([5, undefined]);
  });

  test('is shown in a dry run with where it would go, and nothing is asked of it', async () => {
    addShop();
    const { code, stdout } = await fix([...backup, '--dry-run']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/stored there from\s+env:values\.env/)]);
    expect(cluster.vault.read('team-password')).toBeUndefined();
  });

  test('that no source has is named, and nothing is begun', async () => {
    addShop();
    const { code, stderr } = await fix(['--yes', '--fill-store']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /no usable value for 1 key of team\/app: password; asked azure-key-vault:\S+ for team-password/,
      ),
    ]);
  });

  test('that no source has leads a dry run to a source and the vault', async () => {
    addShop();
    const { code, stdout } = await fix(['--dry-run']);
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      'next: c2l fix-secrets --from env:FILE --fill-store -n team',
    ]);
  });

  test('is recovered where the vault holds it as deleted', async () => {
    cluster.vault.set('team-password', 'from-the-bin-0123456789');
    cluster.vault.delete('team-password');
    addShop();
    const { code, stdout } = await fix(['--yes', '--recover', '-o', 'json']);
    expect([code, stepsOf(jsonOf({ stdout }))]).toEqual([0, [expect.stringMatching(/^sync-external-secret done/)]]);
    expect(held()['password']).toBe('from-the-bin-0123456789');
  });

  test('is not stored anew where the vault has it and External Secrets only has not looked', async () => {
    cluster.vault.set('team-password', 'from-the-vault-0123456789');
    addShop();
    const { code } = await fix([...backup, '--yes']);
    expect([code, cluster.vault.requests.filter((request) => request.startsWith('PUT'))]).toEqual([0, []]);
    expect(held()['password']).toBe('from-the-vault-0123456789');
  });
});

test('a store that refuses the write is told, and no sync is begun that could bring nothing', async () => {
  addShop();
  const { code, stdout } = await fix([...backup, '--yes', '--fill-store', '-o', 'json'], {
    onOutput: (text) => {
      if (text.includes('stored there from')) cluster.vault.setFault({ kind: 'forbidden' });
    },
  });
  expect([code, stepsOf(jsonOf({ stdout }))]).toEqual([
    4,
    [
      expect.stringMatching(
        /^fill-store failed: azure-key-vault:\S+: team-password: writing secrets is forbidden \(403\)/,
      ),
      'sync-external-secret skipped: skipped because secretstore/vault could not be given what it lacks',
    ],
  ]);
});

test('a vault that c2l may not read is left to External Secrets, and what it lacks is named with its place', async () => {
  cluster.vault.setFault({ kind: 'forbidden' });
  addShop();
  const { code, stderr, stdout } = await fix([...backup, '--yes', '--fill-store', '-o', 'json']);
  expect(stderr).toMatch(/which secretstore\/vault reads, could not be looked into: reading secrets is forbidden/);
  expect([code, stepsOf(jsonOf({ stdout }))]).toEqual([
    4,
    [
      expect.stringMatching(
        /^sync-external-secret failed: .* put password into entry team-password of Azure Key Vault https:\S+ \(secretstore\/vault\)/,
      ),
    ],
  ]);
});

test.each([
  [
    'a part of an entry',
    { remoteRef: { key: 'team-login', property: 'password' } },
    /put password into property password of entry team-login of Azure Key Vault/,
  ],
  [
    'HashiCorp Vault',
    { provider: { vault: { server: 'https://vault.example.test', path: 'kv' } } },
    /secretstore\/vault is not ready/,
  ],
] as const)('what c2l cannot store is said with its place: %s', async (_, shop, says) => {
  addShop(shop);
  const { code, stderr, stdout } = await fix([...backup, '--yes', '--fill-store', '-o', 'json']);
  expect([code === 0, `${stderr}${stdout}`]).toEqual([false, expect.stringMatching(says)]);
  expect(cluster.vault.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
});

test('where it merges, what it does not map is written beside it', async () => {
  addShop({ policy: 'Merge', secret: { other: 'kept' } });
  const { code, stdout } = await fix([...backup, '--yes', '--fill-store', '-o', 'json']);
  expect([code, stepsOf(jsonOf({ stdout })).at(-1)]).toEqual([0, expect.stringMatching(/creationPolicy Merge/)]);
  expect(held()).toEqual({ other: 'kept', user: 'app', password: 'from-the-backup-0123456789' });
});

test('where it writes nothing, the Secret is written by c2l, and that is said', async () => {
  writeFileSync(join(folder, 'both.env'), 'PASSWORD=one-0123456789\nUSER=two\n', { mode: 0o600 });
  addShop({ policy: 'None', secret: {} });
  const { code, stdout, stderr } = await fix(['--from', 'env:both.env', '--yes', '-o', 'json']);
  expect(stderr).toMatch(/externalsecret\/app has creationPolicy None and writes no Secret: c2l writes team\/app/);
  expect([code, stepsOf(jsonOf({ stdout })).at(-1)]).toEqual([0, expect.stringMatching(/^patch-secret done/)]);
  expect(held()).toEqual({ password: 'one-0123456789', user: 'two' });
});

test('a placeholder that the vault holds is replaced there only where it is named', async () => {
  cluster.vault.set('team-password', 'CHANGE_ME');
  addShop();
  const unnamed = await fix([...backup, '--yes', '--fill-store']);
  const named = await fix([...backup, '--yes', '--fill-store', '--overwrite', 'password']);
  expect([unnamed.code, named.code]).toEqual([2, 0]);
  expect(unnamed.stderr).toMatch(/--overwrite password/);
  expect([held()['password'], cluster.vault.read('team-password')]).toEqual(
    Array(2).fill('from-the-backup-0123456789'),
  );
});

/** As its controller left it: none runs here that would look at a store of the whole cluster. */
function addFailedShop(): void {
  const { store } = cluster;
  addShop();
  const apiVersion = 'external-secrets.io/v1';
  store.create('clustersecretstores', {
    apiVersion,
    kind: 'ClusterSecretStore',
    metadata: { name: 'central' },
    spec: { provider: { vault: { server: 'https://vault.example.test', path: 'kv' } } },
  });
  store.mutate('externalsecrets', namespace, 'app', (draft) => {
    Object.assign(draft['spec'] as object, { secretStoreRef: { kind: 'ClusterSecretStore', name: 'central' } });
    draft['status'] = { conditions: [{ type: 'Ready', status: 'False', reason: 'SecretSyncedError' }] };
  });
  store.create('events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: 'app.1' },
    type: 'Warning',
    reason: 'UpdateFailed',
    message: 'error processing spec.data[1] (key: team-password), err: Secret does not exist',
    lastTimestamp: '2026-01-02T03:04:05Z',
    involvedObject: { apiVersion, kind: 'ExternalSecret', namespace, name: 'app' },
  });
}

test('a sync that the ExternalSecret says it cannot do is in doubt, with where the entry belongs', async () => {
  addFailedShop();
  const shown = await fix(['--dry-run']);
  expect([shown.code, shown.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
    1,
    expect.stringMatching(
      /DOUBT externalsecret\/app could not sync: its store had no entry team-password \(seen .*\): where that is so still, put password into entry team-password of HashiCorp Vault .* first.*would write 2 keys to secret\/app, 1 Secret in doubt next: kubectl -n team describe externalsecret app $/,
    ),
  ]);
  const { plan } = JSON.parse((await fix(['--dry-run', '-o', 'json'])).stdout) as { plan: readonly object[] };
  expect(plan).toEqual([expect.objectContaining({ doubt: expect.objectContaining({ next: expect.any(String) }) })]);
});
