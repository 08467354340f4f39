import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCli, type CliResult } from '../support/run-cli.ts';
import { TestCluster } from './support/cluster.ts';
import { until } from './support/wait.ts';

jest.setTimeout(420_000);

const namespace = 'decouple-e2e';
const programs = ['grafana', 'prometheus', 'alertmanager'];
const password = 'canary-of-grafana-31c9';
const stack = `
version: 1
name: watched
namespaces: [${namespace}]
secrets:
  - name: cloudtolocalllm-secrets
    keys: { slack-webhook-url: { required: false } }
  - name: cloudtolocalllm-monitoring
    keys: { admin-password: { format: { minLength: 16 } } }
components:
  - name: grafana
    workload: Deployment/grafana
    checks:
      - kind: http
        service: grafana
        port: 3000
        path: /api/org
        basicAuth: { user: { value: admin }, password: { secret: cloudtolocalllm-monitoring, key: admin-password } }
  - { name: prometheus, workload: Deployment/prometheus }
  - { name: alertmanager, workload: Deployment/alertmanager }
monitoring: { components: [grafana, prometheus, alertmanager], secret: cloudtolocalllm-monitoring, from: cloudtolocalllm-secrets }
`;

let cluster: TestCluster;
let folder: string;
const path = `/api/v1/namespaces/${namespace}`;
const kubectl = (...argv: string[]): string =>
  execFileSync('kubectl', ['--kubeconfig', cluster.kubeconfigPath, '-n', namespace, ...argv], { encoding: 'utf8' });
const c2l = (...argv: string[]): Promise<CliResult> =>
  runCli([...argv, '--kubeconfig', cluster.kubeconfigPath, '-n', namespace], { cwd: folder });
const rolledOut = (): void => {
  for (const name of programs) kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
};

async function remove(): Promise<void> {
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 90_000 });
}

beforeAll(async () => {
  cluster = TestCluster.open();
  folder = mkdtempSync(join(tmpdir(), 'c2l-decouple-'));
  writeFileSync(join(folder, 'c2l.yaml'), stack);
  for (const name of programs) {
    const manifest = readFileSync(new URL(`../../manifests/cloudtolocalllm/${name}.yaml`, import.meta.url), 'utf8');
    writeFileSync(
      join(folder, `${name}.yaml`),
      manifest.replaceAll('namespace: cloudtolocalllm', `namespace: ${namespace}`),
    );
  }
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    `resources: [${programs.map((name) => `${name}.yaml`).join(', ')}]\n`,
  );
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const data = { 'admin-password': Buffer.from(password).toString('base64'), 'jwt-secret': 'eA==' };
  await cluster.create(`${path}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cloudtolocalllm-secrets' },
    data,
  });
  kubectl('apply', '-k', folder);
  rolledOut();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await remove();
});

test('the monitoring outlives every Secret of the applications, and can be restarted without them', async () => {
  const moved = await c2l('migrate', 'cloudtolocalllm-secrets', '--to', 'monitoring', '--yes');
  expect([moved.code, `${moved.stdout}${moved.stderr}`]).toEqual([0, expect.not.stringContaining(password)]);
  expect((await c2l('migrate', 'cloudtolocalllm-secrets', '--to', 'monitoring', '--yes')).stdout).toContain('already');
  const own = (await cluster.get(`${path}/secrets/cloudtolocalllm-monitoring`)) as unknown as { data: object };
  expect(own.data).toEqual({ 'admin-password': Buffer.from(password).toString('base64') });

  expect((await c2l('generate', 'decouple-monitoring', '--out', 'own')).code).toBe(0);
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    `${readFileSync(join(folder, 'kustomization.yaml'), 'utf8')}components: [own]\n`,
  );
  const built = kubectl('kustomize', folder);
  expect(built).not.toContain('name: cloudtolocalllm-secrets');
  kubectl('apply', '-k', folder);
  rolledOut();
  const refused = await c2l('migrate', 'cloudtolocalllm-secrets', '--to', 'monitoring', '--undo', '--yes');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('takes its values from')]);

  // The outage: every Secret of the applications goes, and with it every pod of the monitoring.
  await cluster.remove(`${path}/secrets/cloudtolocalllm-secrets`);
  const before = (await cluster.list(`${path}/pods`)).map(({ metadata }) => metadata.name);
  for (const name of before) await cluster.remove(`${path}/pods/${name}`);
  await until(
    'new pods',
    async () => {
      const now = (await cluster.list(`${path}/pods`)).map(({ metadata }) => metadata.name);
      return now.length >= programs.length && now.every((name) => !before.includes(name)) ? true : undefined;
    },
    { within: 90_000 },
  );
  rolledOut();
  // Grafana fixed its password at this start: it is the one that everybody knows.
  const verified = await c2l('verify', '--timeout', '60s');
  expect([verified.code, verified.stdout]).toEqual([expect.anything(), expect.stringMatching(/grafana/)]);
  expect(verified.stdout).not.toMatch(/fail +grafana/i);
});
