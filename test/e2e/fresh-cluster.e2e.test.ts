import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { check, hasProgram, ruleTest } from '../generated/promtool.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { definePrometheusRules } from './support/prometheus-rules.ts';
import { collection, manifests, namespace, pod, pods, removeStack, secretName } from './support/stack.ts';
import { envBackup, freshValues } from './support/values.ts';
import { bindEmptyVolumes, claimsOf } from './support/volumes.ts';
import { until } from './support/wait.ts';

jest.setTimeout(600_000);

/** As they lie in the repository: not one byte is edited. */
const folderOfManifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const values = freshValues();
const secretPath = `${collection('Secret')}/${secretName}`;
const journal = '/api/v1/namespaces/c2l-drill';
let cluster: TestCluster;
let folder: string;
let undefine: () => Promise<void>;

const kubectl = (...argv: string[]): string =>
  execFileSync('kubectl', ['--kubeconfig', cluster.kubeconfigPath, ...argv], { encoding: 'utf8', maxBuffer: 1 << 26 });
async function c2l(...argv: string[]): Promise<CliResult> {
  const result = await runCli([...argv, '--kubeconfig', cluster.kubeconfigPath], { cwd: folder });
  for (const value of Object.values(values)) expect(result.stdout + result.stderr).not.toContain(value);
  return result;
}

async function remove(): Promise<void> {
  await removeStack(cluster);
  // What lies elsewhere goes by its name; what went with the namespace is no longer there.
  kubectl('delete', '--ignore-not-found', '--wait=true', '-f', join(folder, 'all.yaml'));
}

beforeAll(async () => {
  cluster = TestCluster.open();
  folder = mkdtempSync(join(tmpdir(), 'c2l-fresh-'));
  writeFileSync(join(folder, 'all.yaml'), kubectl('kustomize', folderOfManifests));
  writeFileSync(join(folder, 'backup.env'), envBackup(values), { mode: 0o600 });
  undefine = await definePrometheusRules(cluster);
  await remove();
  // By its label the suites know their own namespace again, and a volume that was used holds an older database.
  const labels = { 'app.kubernetes.io/managed-by': 'c2l-e2e' };
  await cluster.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  await bindEmptyVolumes(cluster, namespace, manifests().flatMap(claimsOf));
});

afterAll(async () => {
  await remove();
  await until('the journal is gone', async () => ((await cluster.get(journal)) ? undefined : true), {
    within: 120_000,
  });
  await undefine();
  rmSync(folder, { recursive: true });
});

test('the manifests of the repository and a backup give a green stack', async () => {
  const { code, stdout } = await c2l(
    ...['bootstrap', '--manifests', 'all.yaml', '--from', 'env:backup.env', '--yes', '--timeout', '400s', '-o', 'json'],
  );
  const report = JSON.parse(stdout) as WalkReport;
  const phases = report.phases.map(({ name, verdict, summary }) => `${name} ${verdict}: ${summary}`);
  expect({ code, error: report.error, phases }).toMatchObject({ code: 0, error: undefined });
  expect(report.verdict).toBe('ok');
  const difference = spawnSync(
    'kubectl',
    [
      '--kubeconfig',
      cluster.kubeconfigPath,
      'diff',
      '--server-side',
      '--field-manager=c2l',
      '-f',
      join(folder, 'all.yaml'),
    ],
    { encoding: 'utf8' },
  );
  expect([difference.status, difference.stdout, difference.stderr]).toEqual([0, '', '']);
});

test('the policy among them is in force', async () => {
  const lost = { data: { 'jwt-secret': null } };
  const { status, text } = await cluster.send('PATCH', secretPath, lost, 'application/merge-patch+json');
  expect([status, text]).toEqual([422, expect.stringContaining('jwt-secret')]);
});

interface PodObject extends KubeObject {
  metadata: KubeObject['metadata'] & { ownerReferences?: { kind: string; name: string }[] };
}

/** What kube-state-metrics tells of these pods. */
function series(found: readonly PodObject[]): Record<string, string> {
  const entries = found.flatMap(({ metadata, status }) => {
    const at = `namespace="${namespace}",pod="${metadata.name}"`;
    const [owner] = metadata.ownerReferences ?? [];
    const reasons = (['containerStatuses', 'initContainerStatuses'] as const).flatMap((list) =>
      (status?.[list] ?? []).flatMap(({ name, state }) => {
        const family = list === 'containerStatuses' ? 'kube_pod_container' : 'kube_pod_init_container';
        const reason = state.waiting?.reason;
        return reason === undefined
          ? []
          : [`${family}_status_waiting_reason{${at},container="${name}",reason="${reason}"}`];
      }),
    );
    return [`kube_pod_owner{${at},owner_kind="${owner?.kind ?? ''}",owner_name="${owner?.name ?? ''}"}`, ...reasons];
  });
  return Object.fromEntries(entries.map((name) => [name, '1x40']));
}

(hasProgram('promtool', '--version') ? test : test.skip)(
  'the alerts among them tell the outage that the live pods are in, and are silent once it is over',
  async () => {
    await cluster.patch(secretPath, {
      metadata: { annotations: { 'c2l.dev/break-glass': 'what the alerts are for' } },
      data: { 'postgres-auth-password': null },
    });
    await cluster.remove(`/api/v1/namespaces/${namespace}/pods/postgres-auth-0`);
    const reason = async (): Promise<string | undefined> =>
      (await pod(cluster, 'postgres-auth'))?.status?.containerStatuses?.[0]?.state.waiting?.reason;
    await until(
      'the pod lacks its key',
      async () => ((await reason()) === 'CreateContainerConfigError' ? true : undefined),
      { within: 90_000, seen: async () => String(await reason()) },
    );
    const rule = await cluster.get(
      `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/prometheusrules/c2l-cloudtolocalllm`,
    );
    const rules = stringify(rule?.spec);
    const alert = 'C2lContainerCannotStart';
    const tried = async (expected: object) => {
      const found = series(await pods(cluster));
      const test = ruleTest(
        { series: found, alert, silentAt: [], ...expected },
        { stack: namespace, finding: 'secret-key-missing' },
      );
      return check('promtool', ['test', 'rules', 'test.yaml'], { 'rules.yaml': rules, 'test.yaml': test });
    };
    const labels = {
      namespace,
      component: 'postgres-auth',
      workload: 'StatefulSet/postgres-auth',
      severity: 'critical',
    };
    expect(await tried({ silentAt: [150], firesAt: 180, labels: [labels] })).toMatchObject({ code: 0 });

    const fixed = await c2l('fix-secrets', '--from', 'env:backup.env', '--yes');
    expect([fixed.code, fixed.stdout]).toEqual([0, expect.any(String)]);
    const verified = await c2l('verify', '--timeout', '180s');
    expect([verified.code, verified.stdout]).toEqual([0, expect.any(String)]);
    expect(await tried({ silentAt: [180, 600] })).toMatchObject({ code: 0 });
  },
);
