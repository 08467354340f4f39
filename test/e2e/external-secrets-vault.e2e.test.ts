import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import { cuttingProxy } from '../contract/support/cutting-proxy.ts';
import { start, type Finished } from '../support/built-program.ts';
import { serveVault, type ServedVault } from '../support/served-vault.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { heldText, needing, removeNamespace } from './support/owned-secret.ts';
import { collection } from './support/stack.ts';
import { startVaultProxy, type VaultProxy } from './support/vault-proxy.ts';
import { until } from './support/wait.ts';

jest.setTimeout(240_000);

/**
 * The External Secrets controller reads the sandbox's vault by Azure's own library, and c2l writes to it by another. Both
 * believe in a vault of Azure: a proxy of their own leads them here. The controller is a second one, of this test, for
 * one namespace and its own class of stores: C2L_E2E_EXTERNAL_SECRETS names its program.
 */
const program = process.env['C2L_E2E_EXTERNAL_SECRETS'] ?? '';
const told = program === '' ? describe.skip : describe;

const namespace = 'store-vault-e2e';
const controllerClass = 'c2l-e2e';
const vaultUrl = 'https://shop-vault.vault.azure.net';
const value = 'from-the-backup-0123456789';
const group = `/apis/external-secrets.io/v1/namespaces/${namespace}`;
const secretPath = `${collection('Secret', namespace)}/app`;

let cluster: TestCluster;
let vault: ServedVault;
let proxy: VaultProxy;
let controller: ChildProcess | undefined;
let log = '';
let folder: string;
let env: Record<string, string>;

type External = KubeObject & {
  readonly status?: { readonly conditions?: readonly { reason?: string; status: string }[] };
};

const held = (): Promise<Record<string, string> | undefined> => heldText(cluster, { namespace, name: 'app' });

async function ready(): Promise<string | undefined> {
  const external = (await cluster.get(`${group}/externalsecrets/app`)) as External | undefined;
  const [condition] = external?.status?.conditions ?? [];
  return condition && `${condition.status} ${condition.reason ?? ''}`;
}

function fix(...argv: string[]): Promise<Finished> {
  const all = ['fix-secrets', '--kubeconfig', cluster.kubeconfigPath, '-n', namespace, '--yes', '-o', 'json', ...argv];
  return start(all, { env, timeoutMs: 120_000 }).finished;
}

async function remove(): Promise<void> {
  await cluster.remove(`${group}/externalsecrets/app`).catch(() => undefined);
  await removeNamespace(cluster, namespace);
}

told('a vault that External Secrets reads', () => {
  beforeAll(async () => {
    cluster = TestCluster.open();
    await remove();
    folder = mkdtempSync(join(tmpdir(), 'c2l-store-vault-'));
    writeFileSync(join(folder, 'values.env'), `PASSWORD=${value}\n`, { mode: 0o600 });
    vault = await serveVault();
    await vault.send('PUT', '/secrets/app-user', { value: 'app' });
    proxy = await startVaultProxy(vault.url);
    env = { ...vault.env, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1,localhost' };
    const flags = ['--namespace', namespace, '--controller-class', controllerClass, '--live-addr', '127.0.0.1:0'];
    const off = ['cluster-store', 'cluster-external-secret', 'cluster-push-secret', 'push-secret'];
    const args = [...flags, '--metrics-addr', '0', ...off.map((name) => `--enable-${name}-reconciler=false`)];
    await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    controller = spawn(program, [...args, '--enable-generator-state=false'], {
      env: { ...env, KUBECONFIG: cluster.kubeconfigPath, HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [controller.stdout, controller.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
    }
    await cluster.create(`${group}/secretstores`, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'vault' },
      spec: {
        controller: controllerClass,
        provider: { azurekv: { vaultUrl, authType: 'ManagedIdentity', useAzureSDK: true } },
      },
    });
    await cluster.create(`${group}/externalsecrets`, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'app' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'vault', kind: 'SecretStore' },
        target: { name: 'app', creationPolicy: 'Owner' },
        data: ['user', 'password'].map((key) => ({ secretKey: key, remoteRef: { key: `app-${key}` } })),
      },
    });
    await cluster.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, needing(['user', 'password']));
  });

  afterAll(async () => {
    if (controller !== undefined && controller.exitCode === null) {
      controller.kill('SIGKILL');
      await once(controller, 'close');
    }
    await proxy.close();
    await vault.stop();
    rmSync(folder, { recursive: true });
    await remove();
  });

  test('lacks an entry: the controller says so and writes nothing', async () => {
    const failed = async () => ((await ready()) === 'False SecretSyncedError' ? true : undefined);
    await until('the failure', failed, {
      within: 60_000,
      seen: async () => `${(await ready()) ?? ''}\n${log.slice(-3000)}`,
    });
    expect(await held()).toBeUndefined();
  });

  test('is given it by c2l, and the controller writes the Secret with it', async () => {
    const { exitCode, stdout, stderr } = await fix('--from', `env:${join(folder, 'values.env')}`, '--fill-store');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(namespace)]);
    const { outcomes } = JSON.parse(stdout) as FixReport;
    expect(outcomes.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'fill-store done',
      'sync-external-secret done',
    ]);
    expect(await held()).toEqual({ user: 'app', password: value });
    expect(JSON.parse((await vault.send('GET', '/secrets/app-password')).text)).toMatchObject({ value });
    expect([stdout, stderr, log].join('\n')).not.toContain(value);
  });

  test('was given it by a run that was killed before it could have the controller look: the next run does', async () => {
    await vault.send('DELETE', '/secrets/app-password');
    await vault.send('DELETE', '/deletedsecrets/app-password');
    await cluster.remove(secretPath);
    const failed = async () => ((await ready()) === 'False SecretSyncedError' ? true : undefined);
    await until('the failure', failed, { within: 60_000, seen: async () => (await ready()) ?? '' });
    const cut = await cuttingProxy(readFileSync(cluster.kubeconfigPath, 'utf8'));
    try {
      writeFileSync(join(folder, 'cut'), cut.kubeconfig);
      const argv = ['fix-secrets', '--yes', '--fill-store', '--from', `env:${join(folder, 'values.env')}`];
      const first = start([...argv, '--kubeconfig', join(folder, 'cut'), '-n', namespace], { env, timeoutMs: 120_000 });
      const isMeant = (line: string) => /^PATCH .*\/externalsecrets\/app/.test(line);
      cut.begin({ isMeant, moment: 'before', kill: () => first.child.kill('SIGKILL') });
      expect((await first.finished).exitCode).toBeNull();
    } finally {
      cut.close();
    }
    expect(JSON.parse((await vault.send('GET', '/secrets/app-password')).text)).toMatchObject({ value });
    // Where the controller, which tries again by itself, was faster, there is nothing left to do.
    const { exitCode, stderr } = await fix('--from', `env:${join(folder, 'values.env')}`);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(namespace)]);
    expect(await held()).toEqual({ user: 'app', password: value });
  });

  test('holds it as deleted, and the Secret is gone: c2l recovers it, and the controller brings the Secret back', async () => {
    await vault.send('DELETE', '/secrets/app-password');
    await cluster.remove(secretPath);
    const failed = async () => ((await ready()) === 'False SecretSyncedError' ? true : undefined);
    await until('the failure', failed, { within: 60_000, seen: async () => (await ready()) ?? '' });
    const { exitCode, stdout, stderr } = await fix('--recover');
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/recovered in azure-key-vault:\S+: app-password/)]);
    const { outcomes } = JSON.parse(stdout) as FixReport;
    expect(outcomes.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(['sync-external-secret done']);
    expect(await held()).toEqual({ user: 'app', password: value });
  });
});
