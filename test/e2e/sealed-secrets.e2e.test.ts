import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openKubeseal } from '../../src/adapters/owners/kubeseal.ts';
import type { FixReport } from '../../src/core/fix/secret-reports.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { TestCluster } from './support/cluster.ts';
import { heldText, needing, removeNamespace } from './support/owned-secret.ts';
import { until } from './support/wait.ts';

jest.setTimeout(240_000);

const namespace = 'sealed-e2e';
const value = 'from-the-backup-0123456789';
const sealedPath = `/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets`;
const certificatePath = '/api/v1/namespaces/sealed-secrets/services/sealed-secrets-controller:8080/proxy/v1/cert.pem';
const env = { PATH: process.env['PATH'] ?? '' };
const told = process.env['C2L_E2E_CONTROLLERS'] === '1' ? describe : describe.skip;

let cluster: TestCluster;
let folder: string;

const held = (): Promise<Record<string, string> | undefined> => heldText(cluster, { namespace, name: 'app' });

function c2l(...argv: string[]): Promise<CliResult> {
  const all = [...argv, '--kubeconfig', cluster.kubeconfigPath, '-n', namespace, '-o', 'json'];
  return runCli(all, { cwd: folder, env });
}

async function remove(): Promise<void> {
  await removeNamespace(cluster, namespace);
}

told('a Secret of the Sealed Secrets controller that lacks a key', () => {
  beforeAll(async () => {
    cluster = TestCluster.open();
    await remove();
    folder = mkdtempSync(join(tmpdir(), 'c2l-sealed-e2e-'));
    writeFileSync(join(folder, 'values.env'), `PASSWORD=${value}\n`, { mode: 0o600 });
    await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const sealer = await openKubeseal({ env });
    if (sealer === undefined) throw new Error('kubeseal is not on PATH');
    const certificate = (await cluster.send('GET', certificatePath)).text;
    const data = new Map([['user', SecretValue.fromText('app')]]);
    const request = { namespace, name: 'app', data, scope: 'strict', certificate } as const;
    const encrypted = await sealer.seal(request, AbortSignal.timeout(60_000));
    await cluster.create(sealedPath, {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'app' },
      spec: { encryptedData: Object.fromEntries(encrypted), template: { metadata: { labels: { app: 'shop' } } } },
    });
    await cluster.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, needing(['user', 'password']));
    await until('the Secret', held, { within: 60_000 });
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await remove();
  });

  test('has it once what c2l printed is applied, beside those that it had', async () => {
    expect(await held()).toEqual({ user: 'app' });
    const { code, stdout, stderr } = await c2l('fix-secrets', '--yes', '--from', 'env:values.env');
    const { outcomes, sealed = [] } = JSON.parse(stdout) as FixReport;
    expect([code, stderr, outcomes.map(({ action, outcome }) => `${action} ${outcome}`)]).toEqual([
      1,
      expect.not.stringContaining('warning:'),
      ['seal-values done'],
    ]);
    expect([stdout, stderr].join('\n')).not.toContain(value);
    expect(await held()).toEqual({ user: 'app' });

    await cluster.patch(`${sealedPath}/app`, { spec: sealed[0]?.spec });
    const both = async () => ('password' in ((await held()) ?? {}) ? held() : undefined);
    expect(await until('the key', both, { within: 60_000 })).toEqual({ user: 'app', password: value });
    const audited = await c2l('audit');
    expect([audited.code, audited.stdout]).toEqual([0, expect.stringContaining('"verdict": "ok"')]);
  });
});
