import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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

/** Before and after the programs themselves have moved. */
const stackOf = (own: string, isMoved: boolean): string => {
  const place = isMoved ? `, namespace: ${own}` : '';
  const secret = isMoved ? 'cloudtolocalllm-monitoring' : 'cloudtolocalllm-secrets';
  return `
version: 1
name: watched
namespaces: [${[...new Set([namespace, own])].join(', ')}]
secrets:
  - name: cloudtolocalllm-secrets
    keys: { slack-webhook-url: { required: false }, admin-password: { required: false } }
  - name: cloudtolocalllm-monitoring
    namespace: ${own}
    keys: { admin-password: { format: { minLength: 16 }, from: { env: GRAFANA, azureKeyVault: grafana } } }
components:
  - name: grafana
    workload: Deployment/grafana${isMoved ? `\n    namespace: ${own}` : ''}
    checks:
      - kind: http
        service: grafana
        port: 3000
        path: /api/org
        basicAuth: { user: { value: admin }, password: { secret: ${secret}, key: admin-password } }
  - { name: prometheus, workload: Deployment/prometheus${place} }
  - { name: alertmanager, workload: Deployment/alertmanager${place} }
monitoring:
  components: [grafana, prometheus, alertmanager]
  secret: cloudtolocalllm-monitoring
  from: cloudtolocalllm-secrets${own === namespace ? '' : `\n  namespace: ${own}`}
`;
};

describe.each([
  { where: 'the namespace that it is in', own: namespace },
  { where: 'a namespace of its own', own: `${namespace}-own` },
])('a Secret of its own, in $where', ({ own }) => {
  let cluster: TestCluster;
  let folder: string;
  const pathOf = (name: string): string => `/api/v1/namespaces/${name}`;
  const kubectl = (...argv: string[]): string =>
    execFileSync('kubectl', ['--kubeconfig', cluster.kubeconfigPath, ...argv], { encoding: 'utf8' });
  const c2l = (...argv: string[]): Promise<CliResult> =>
    runCli([...argv, '--kubeconfig', cluster.kubeconfigPath], { cwd: folder });
  const rolledOut = (place: string): void => {
    for (const name of programs) kubectl('-n', place, 'rollout', 'status', `deployment/${name}`, '--timeout=120s');
  };

  async function remove(): Promise<void> {
    for (const name of [namespace, own]) await cluster.remove(pathOf(name));
    for (const name of [namespace, own]) {
      const gone = async () => ((await cluster.get(pathOf(name))) ? undefined : true);
      await until('namespace gone', gone, { within: 90_000 });
    }
  }

  beforeAll(async () => {
    cluster = TestCluster.open();
    folder = mkdtempSync(join(tmpdir(), 'c2l-decouple-'));
    writeFileSync(join(folder, 'c2l.yaml'), stackOf(own, own === namespace));
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
    await cluster.create(`${pathOf(namespace)}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cloudtolocalllm-secrets' },
      data,
    });
    kubectl('apply', '-k', folder);
    rolledOut(namespace);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await remove();
  });

  test('the monitoring outlives every Secret of the applications, and can be restarted without them', async () => {
    const migrate = (...flags: string[]) =>
      c2l('migrate', 'cloudtolocalllm-secrets', '--to', 'monitoring', '--yes', ...flags);
    const moved = await migrate();
    expect([moved.code, `${moved.stdout}${moved.stderr}`]).toEqual([0, expect.not.stringContaining(password)]);
    expect((await migrate()).stdout).toContain('already');
    const copied = (await cluster.get(`${pathOf(own)}/secrets/cloudtolocalllm-monitoring`)) as unknown as {
      data: object;
    };
    expect(copied.data).toEqual({ 'admin-password': Buffer.from(password).toString('base64') });

    expect((await c2l('generate', 'decouple-monitoring', '--out', 'own')).code).toBe(0);
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      `${readFileSync(join(folder, 'kustomization.yaml'), 'utf8')}components: [own]\n`,
    );
    const built = kubectl('kustomize', folder);
    expect(built).not.toContain('name: cloudtolocalllm-secrets');
    kubectl('apply', '-k', folder);
    rolledOut(own);
    // As Argo CD prunes what Git has elsewhere now.
    if (own !== namespace) kubectl('-n', namespace, 'delete', 'deployment,service', ...programs);
    writeFileSync(join(folder, 'c2l.yaml'), stackOf(own, true));
    const refused = await migrate('--undo', '-n', namespace);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('takes its values from')]);

    // The outage: every Secret of the applications goes, and with it every pod of the monitoring.
    await cluster.remove(`${pathOf(namespace)}/secrets/cloudtolocalllm-secrets`);
    const before = (await cluster.list(`${pathOf(own)}/pods`)).map(({ metadata }) => metadata.name);
    for (const name of before) await cluster.remove(`${pathOf(own)}/pods/${name}`);
    await until(
      'new pods',
      async () => {
        const now = (await cluster.list(`${pathOf(own)}/pods`)).map(({ metadata }) => metadata.name);
        return now.length >= programs.length && now.every((name) => !before.includes(name)) ? true : undefined;
      },
      { within: 90_000 },
    );
    rolledOut(own);
    // Grafana fixed its password at this start: it is the one that everybody knows.
    const verified = await c2l('verify', '--timeout', '60s');
    expect([verified.code, verified.stdout]).toEqual([expect.anything(), expect.stringMatching(/grafana/)]);
    expect(verified.stdout).not.toMatch(/fail +grafana/i);
  });
});
