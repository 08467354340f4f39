import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { start, type Finished } from '../support/built-program.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { prometheusRuleDefinition } from './support/prometheus-rules.ts';
import { runRunbook } from './support/runbook.ts';
import { freshValues } from './support/values.ts';
import { until } from './support/wait.ts';
import { withoutClaims } from './support/without-claims.ts';

jest.setTimeout(600_000);

/** Everything of the repository's manifests is renamed: other suites use their own names on the same cluster. */
const name = 'bootstrap-e2e';
const argocd = `${name}-argocd`;
const drill = `${name}-journal`;
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const renamed = (text: string): string =>
  text
    .replaceAll('cloudtolocalllm', name)
    .replaceAll(/namespace: argocd$/gm, `namespace: ${argocd}`)
    .replaceAll(/(name|namespace): c2l-drill$/gm, `$1: ${drill}`);
const values = freshValues();
const cluster = TestCluster.open();
let folder: string;

interface Run {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly report: WalkReport;
}

/** As a person renders the folder, with nothing edited but names and volumes; with a kind that they define themselves. */
function rendered(): KubeObject[] {
  const text = execFileSync('kubectl', ['kustomize', root('manifests')], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const objects = parseAllDocuments(renamed(text)).map((document) => withoutClaims(document.toJS() as KubeObject));
  return [...objects, prometheusRuleDefinition as unknown as KubeObject];
}

function program() {
  const line = [
    ...['bootstrap', '--kubeconfig', cluster.kubeconfigPath, '--config', join(folder, 'c2l.yaml')],
    ...['--manifests', join(folder, 'all.yaml'), '--from', `env:${join(folder, 'backup.env')}`, '--yes', '-o', 'json'],
  ];
  return start(line, { timeoutMs: 400_000 });
}

function told({ exitCode, stdout, stderr }: Finished): Run {
  for (const value of Object.values(values)) expect(stdout + stderr).not.toContain(value);
  return { exitCode, stderr, report: JSON.parse(stdout) as WalkReport };
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const admission = '/apis/admissionregistration.k8s.io/v1';

/** What goes with no namespace of the test. */
const outliving: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ValidatingAdmissionPolicyBinding: `${admission}/validatingadmissionpolicybindings`,
  ValidatingAdmissionPolicy: `${admission}/validatingadmissionpolicies`,
  ClusterRoleBinding: `${rbac}/clusterrolebindings`,
  ClusterRole: `${rbac}/clusterroles`,
  // Whoever seals asks the controller of Sealed Secrets where it runs.
  RoleBinding: `${rbac}/namespaces/kube-system/rolebindings`,
  Role: `${rbac}/namespaces/kube-system/roles`,
};

async function remove(): Promise<void> {
  const isOutliving = ({ metadata }: KubeObject): boolean =>
    metadata.namespace === undefined || metadata.namespace === 'kube-system';
  const objects = rendered().filter(isOutliving);
  for (const [kind, path] of Object.entries(outliving)) {
    for (const object of objects) if (object.kind === kind) await cluster.remove(`${path}/${object.metadata.name}`);
  }
  for (const namespace of [name, argocd, drill]) await cluster.remove(`/api/v1/namespaces/${namespace}`);
  for (const namespace of [name, argocd, drill]) {
    const gone = async () => ((await cluster.get(`/api/v1/namespaces/${namespace}`)) ? undefined : true);
    await until(`${namespace} gone`, gone, { within: 120_000 });
  }
}

/** Every object with its version: equal where nothing was written. */
async function versions(): Promise<Record<string, string | undefined>> {
  const lists = await Promise.all(
    [
      'api/v1/namespaces/NS/secrets',
      'api/v1/namespaces/NS/configmaps',
      'api/v1/namespaces/NS/services',
      'apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
    ].map((path) => cluster.list(`/${path.replace('NS', name)}`)),
  );
  const workloads = await Promise.all(
    ['deployments', 'statefulsets'].map((kind) => cluster.list(`/apis/apps/v1/namespaces/${name}/${kind}`)),
  );
  return Object.fromEntries([
    ...lists.flat().map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
    ...workloads.flat().map(({ metadata, spec }) => [metadata.name, JSON.stringify(spec)]),
  ]) as Record<string, string | undefined>;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-bootstrap-'));
  writeFileSync(
    join(folder, 'c2l.yaml'),
    renamed(readFileSync(root('src/stacks/cloudtolocalllm.yaml'), 'utf8')).replace(
      'namespace: argocd',
      `namespace: ${argocd}`,
    ),
  );
  writeFileSync(
    join(folder, 'all.yaml'),
    rendered()
      .map((object) => stringify(object))
      .join('---\n'),
  );
  const pull = { REGCRED_DOCKERCONFIGJSON: JSON.stringify({ auths: {} }) };
  const lines = Object.entries({ ...values, ...pull }).map(
    ([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'\n`,
  );
  writeFileSync(join(folder, 'backup.env'), lines.join(''), { mode: 0o600 });
  await remove();
});

afterAll(async () => {
  await remove();
  rmSync(folder, { recursive: true });
});

test('killed among the workloads, it leaves a cluster that the next run goes on with', async () => {
  const killed = program();
  await killed.said('stderr', /3\/4 apply/);
  await until(
    'a workload',
    async () => ((await cluster.list(`/apis/apps/v1/namespaces/${name}/statefulsets`)).length > 0 ? true : undefined),
    { within: 120_000, every: 50 },
  );
  killed.child.kill('SIGKILL');
  expect((await killed.finished).exitCode).toBe(null);
  const deployments = await cluster.list(`/apis/apps/v1/namespaces/${name}/deployments`);
  expect(deployments.map(({ metadata }) => metadata.name)).not.toContain('web');
});

test('the whole of the manifests comes up green, without a hand edit', async () => {
  const { exitCode, report } = told(await program().finished);
  expect({
    exitCode,
    error: report.error,
    phases: report.phases.map((phase) => `${phase.name} ${phase.verdict}: ${phase.summary}`),
  }).toMatchObject({
    exitCode: 0,
    error: undefined,
  });
  expect(report.verdict).toBe('ok');
  console.info(report.phases.map((phase) => `${phase.name} ${phase.durationMs} ms: ${phase.summary}`).join('\n'));
  const rules = `/apis/monitoring.coreos.com/v1/namespaces/${name}/prometheusrules`;
  expect((await cluster.list(rules)).map(({ metadata }) => metadata.name)).toEqual([`c2l-${name}`]);
});

test('run again it changes nothing', async () => {
  const before = await versions();
  const { exitCode, report } = told(await program().finished);
  expect([exitCode, report.verdict]).toEqual([0, 'ok']);
  const wrote = report.phases.flatMap((phase) =>
    phase.report !== undefined && 'outcomes' in phase.report ? phase.report.outcomes : [],
  );
  expect(wrote.filter(({ outcome }) => outcome !== 'kept')).toEqual([]);
  expect(await versions()).toEqual(before);
});

test('its runbook walks the same way, changes nothing, and proves the stack', async () => {
  const before = await versions();
  const ran = await runRunbook('bootstrapping-the-cluster', {
    values: {
      SOURCE: `env:${join(folder, 'backup.env')}`,
      MANIFESTS: join(folder, 'all.yaml'),
      NAMESPACE: name,
    },
    flags: ['--kubeconfig', cluster.kubeconfigPath, '--config', join(folder, 'c2l.yaml')],
  });
  expect([ran.exitCode, ran.steps]).toEqual([
    0,
    [
      'See whether Argo CD runs: done, exit 0',
      'See what bootstrap would do: done, exit 0',
      'Fill the cluster: done, exit 0',
      'Prove the stack: done, exit 0',
      'Look at the pods yourself: done, exit 0',
    ],
  ]);
  for (const value of Object.values(values)) expect(ran.stdout + ran.stderr + ran.log).not.toContain(value);
  expect(await versions()).toEqual(before);
});

test('the policy among them keeps the Secret from losing a key', async () => {
  const path = `/api/v1/namespaces/${name}/secrets/${name}-secrets`;
  const refused = await cluster.send('PATCH', path, { data: { 'jwt-secret': null } }, 'application/merge-patch+json');
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('jwt-secret');
  expect(
    (await cluster.send('PATCH', path, { metadata: { labels: { some: 'label' } } }, 'application/merge-patch+json'))
      .status,
  ).toBe(200);
});

/** Of Debian's packages prometheus and prometheus-alertmanager. */
const hasTools = ['promtool', 'amtool'].every((tool) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

(hasTools ? test : test.skip)('the alerts among them load in Prometheus and Alertmanager', () => {
  const rule = rendered().find(({ kind }) => kind === 'PrometheusRule');
  writeFileSync(join(folder, 'rules.yaml'), stringify(rule?.spec));
  const checked = execFileSync('promtool', ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8' });
  expect(checked).toMatch(/SUCCESS: [1-9]\d* rules found/);
  const inhibit = readFileSync(root('manifests/generated/prometheus-rules/alertmanager.yaml'), 'utf8');
  const config = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };
  writeFileSync(join(folder, 'alertmanager.yaml'), `${stringify(config)}${inhibit}`);
  expect(execFileSync('amtool', ['check-config', join(folder, 'alertmanager.yaml')], { encoding: 'utf8' })).toContain(
    'SUCCESS',
  );
});
