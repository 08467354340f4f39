import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';

import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { definePrometheusRules } from './support/prometheus-rules.ts';
import { until } from './support/wait.ts';

jest.setTimeout(180_000);

const namespace = 'generated-e2e';
const place = `/api/v1/namespaces/${namespace}`;
let cluster: TestCluster;
let undefine: () => Promise<void>;

async function remove(): Promise<void> {
  await cluster.remove(place);
  await until('namespace gone', async () => ((await cluster.get(place)) ? undefined : true), { within: 60_000 });
}

beforeAll(async () => {
  cluster = TestCluster.open();
  undefine = await definePrometheusRules(cluster);
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

afterAll(async () => {
  await remove();
  await undefine();
});

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** By kind, as the API server itself says; undefined where it does not know the group or the kind. */
async function resourceOf({
  apiVersion = '',
  kind,
}: KubeObject): Promise<(ApiResource & { path: string }) | undefined> {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const { status, text } = await cluster.send('GET', group);
  if (status === 404) return undefined;
  const { resources } = JSON.parse(text) as { resources: ApiResource[] };
  const found = resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (found === undefined) return undefined;
  return {
    ...found,
    path: found.namespaced ? `${group}/namespaces/${namespace}/${found.name}` : `${group}/${found.name}`,
  };
}

interface Patching {
  readonly patches?: readonly { readonly path?: string }[];
}

/** What kustomize reads, and what is laid over objects that are there already. */
const isNoObject = ({ kind }: KubeObject): boolean =>
  kind === undefined || ['Kustomization', 'Component', 'Application'].includes(kind);

interface Tried {
  readonly taken: ReadonlySet<string>;
  readonly refused: readonly string[];
}

/** Has the API server judge each, field by field; nothing is kept. */
async function dryRun(documents: readonly { readonly from: string; readonly object: KubeObject }[]): Promise<Tried> {
  const refused: string[] = [];
  const taken = new Set<string>();
  for (const { from, object } of documents) {
    const resource = await resourceOf(object);
    if (resource === undefined) {
      refused.push(`${from}: the cluster knows no ${object.kind ?? ''}`);
      continue;
    }
    const metadata = { ...object.metadata, ...(resource.namespaced && { namespace }) };
    const query = 'dryRun=All&fieldValidation=Strict&fieldManager=c2l-e2e&force=true';
    const at = `${resource.path}/${object.metadata.name}?${query}`;
    const answer = await cluster.send('PATCH', at, { ...object, metadata }, 'application/apply-patch+yaml');
    if (answer.status >= 300) refused.push(`${from}: ${answer.text}`);
    else taken.add(object.kind!);
  }
  return { taken, refused };
}

test('the API server takes every object that is made of the built-in stack, field by field', async () => {
  const { stdout } = await runCli(['generate', '--all', '--stack', 'cloudtolocalllm', '-o', 'json']);
  const { files } = JSON.parse(stdout) as { files: { path: string; text: string }[] };
  const read = files
    .filter(({ path, text }) => path.endsWith('.yaml') && /^kind: /m.test(text))
    .flatMap(({ path, text }) =>
      parseAllDocuments(text).map((document) => ({ path, object: document.toJS() as KubeObject & Patching })),
    );
  // A patch is a part of an object: the next test lays it over one.
  const patches = new Set(
    read.flatMap(({ path, object }) =>
      (object.patches ?? []).flatMap((patch) => (patch.path ? [posix.join(posix.dirname(path), patch.path)] : [])),
    ),
  );
  const documents = read
    .filter(({ path, object }) => !isNoObject(object) && !patches.has(path))
    .map(({ path, object }) => ({ from: path, object }));
  const { refused, taken } = await dryRun(documents);
  expect(refused).toEqual([]);
  expect([...taken]).toEqual(
    expect.arrayContaining([
      ...['Role', 'CronJob', 'ConfigMap', 'PrometheusRule', 'ValidatingAdmissionPolicy'],
      ...['ExternalSecret', 'SecretStore'],
    ]),
  );
});

test('kubectl kustomize lays every component over the stack, and the API server takes what comes of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-generated-'));
  try {
    cpSync(fileURLToPath(new URL('../../manifests/cloudtolocalllm', import.meta.url)), join(folder, 'stack'), {
      recursive: true,
    });
    expect(
      (await runCli(['generate', '--all', '--stack', 'cloudtolocalllm', '--out', join(folder, 'generated')])).code,
    ).toBe(0);
    const kustomization = (name: string, body: object): void => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'kustomization.yaml'), stringify(body));
    };
    const monitoring = ['alertmanager', 'grafana', 'prometheus'];
    const workloads = ['api-backend', 'postgres', 'postgres-auth', 'redis-tunnel-state', 'web'];
    const filesOf = (names: readonly string[]) => names.map((name) => `${name}.yaml`);
    const within = (names: readonly string[]) => filesOf(names).map((file) => `../stack/${file}`);
    const applications = ['postgres', 'api-backend', 'web-frontend', 'monitoring'];
    writeFileSync(join(folder, 'stack/applications.yaml'), applications.map(application).join('---\n'));
    kustomization('watching', { resources: within(monitoring), components: ['../generated/decouple-monitoring'] });
    kustomization('everything', {
      resources: [
        ...within([...workloads, 'config', 'api-backend-program', 'applications', '00-namespace']),
        '../watching',
        '../generated',
      ],
      components: ['../generated/resilience', '../generated/sync-policy'],
    });
    const argv = ['kustomize', '--load-restrictor=LoadRestrictionsNone', join(folder, 'everything')];
    const built = execFileSync('kubectl', argv, { encoding: 'utf8', maxBuffer: 1 << 26 });
    const objects = parseAllDocuments(built).map((document) => document.toJS() as KubeObject);
    const { refused, taken } = await dryRun(
      objects.map((object) => ({ from: `${object.kind ?? ''} ${object.metadata.name}`, object })),
    );
    expect(refused).toEqual([]);
    expect([...taken]).toEqual(expect.arrayContaining(['Application', 'StatefulSet', 'Deployment', 'PrometheusRule']));
    const shown = (kind: string, name: string): string =>
      stringify(objects.find((object) => object.kind === kind && object.metadata.name === name));
    expect(shown('Application', 'postgres')).toMatch(/prune: true/);
    expect(shown('Deployment', 'api-backend')).toMatch(/startupProbe/);
    expect(shown('Deployment', 'grafana')).toMatch(/name: cloudtolocalllm-monitoring/);
    expect(shown('StatefulSet', 'postgres')).toMatch(/Prune=confirm/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** One that is there already, as people write it. */
function application(name: string): string {
  return stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL: 'https://git.example.test/shop.git', path: name, targetRevision: 'HEAD' },
    },
  });
}
