import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { ValidateReport } from '../../src/core/reports/file-reports.ts';
import { runCli } from '../support/run-cli.ts';
import { checksNotMade, substance } from '../support/same-substance.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { collection, manifests, secret } from './support/stack.ts';
import { freshValues } from './support/values.ts';
import { until } from './support/wait.ts';
import { withoutClaims } from './support/without-claims.ts';

const namespace = 'validate-init';
const path = `/api/v1/namespaces/${namespace}`;
const values = freshValues();
let cluster: TestCluster;
let folder: string;

beforeAll(async () => {
  cluster = TestCluster.open();
  folder = await mkdtemp(join(tmpdir(), 'c2l-init-'));
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const create = (object: KubeObject): Promise<KubeObject> =>
    cluster.create(collection(object.kind ?? '', namespace), object);
  await create(secret('cloudtolocalllm-secrets', 'Opaque', values) as KubeObject);
  const auths = { '.dockerconfigjson': JSON.stringify({ auths: {} }) };
  await create(secret('regcred', 'kubernetes.io/dockerconfigjson', auths) as KubeObject);
  for (const object of manifests()) await create(moved(object));
  await until('all workloads ready', allReady, { within: 180_000 });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await remove();
});

async function remove(): Promise<void> {
  await cluster.remove(path);
  await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 120_000 });
}

/** In a namespace of its own. */
function moved(object: KubeObject): KubeObject {
  const text = JSON.stringify(object)
    .replaceAll('"namespace":"cloudtolocalllm"', `"namespace":"${namespace}"`)
    .replaceAll('.cloudtolocalllm.svc', `.${namespace}.svc`);
  return withoutClaims(JSON.parse(text) as KubeObject);
}

async function allReady(): Promise<true | undefined> {
  const lists = await Promise.all(
    ['Deployment', 'StatefulSet'].map((kind) => cluster.list(collection(kind, namespace))),
  );
  const ready = lists.flat().map(({ status }) => (status as { readyReplicas?: number } | undefined)?.readyReplicas);
  return ready.length === 8 && ready.every((replicas) => replicas === 1) ? true : undefined;
}

const c2l = (...argv: string[]): ReturnType<typeof runCli> =>
  runCli([...argv, '--kubeconfig', cluster.kubeconfigPath], { cwd: folder });

test('init gives a file equal in substance to the one that ships', async () => {
  const { code, stdout } = await c2l('init', '-n', namespace);

  const files = createStackFiles({ cwd: folder });
  const [made, shipped] = [(await files.find(undefined))!.stack, await files.builtIn('cloudtolocalllm')];
  expect({ ...substance(made), namespaces: [] }).toEqual({ ...substance(shipped), namespaces: [] });
  expect(checksNotMade(shipped, made)).toEqual([]);
  expect(stdout).toContain('wrote c2l.yaml: 2 Secrets with 22 keys, 8 components');
  expect(code).toBe(0);
});

test('no value got into it', async () => {
  const text = await readFile(join(folder, 'c2l.yaml'), 'utf8');

  expect(Object.values(values).filter((value) => text.includes(value))).toEqual([]);
});

test('audit and verify work with it', async () => {
  const audit = JSON.parse((await c2l('audit', '-o', 'json')).stdout) as AuditReport;
  const verify = await c2l('verify');

  expect(audit.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(audit).toMatchObject({ stack: namespace, namespaces: [namespace] });
  expect(verify.stdout).toContain('verdict: ok');
  expect(verify.code).toBe(0);
});

test('validate counts the Secrets of the cluster where it is told to', async () => {
  const file = join(folder, 'manifest.yaml');
  const wants = (key: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: key, namespace },
    spec: {
      containers: [
        { name: 'c', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'cloudtolocalllm-secrets', key } } }] },
      ],
    },
  });
  await writeFile(
    file,
    [wants('jwt-secret'), wants('nobody-has-it')].map((each) => JSON.stringify(each)).join('\n---\n'),
  );

  const { stdout, code } = await c2l('validate', 'manifest.yaml', '--against-cluster', '-o', 'json');

  const report = JSON.parse(stdout) as ValidateReport;
  expect(report.findings.filter(({ severity }) => severity === 'error').map(({ id }) => id)).toEqual([
    `secret-key-missing/${namespace}/cloudtolocalllm-secrets/nobody-has-it`,
  ]);
  expect(report.server).toMatch(/^https:/);
  expect(code).toBe(1);
});
