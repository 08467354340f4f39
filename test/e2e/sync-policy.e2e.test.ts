import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { until } from './support/wait.ts';

jest.setTimeout(120_000);

const namespace = 'sync-policy-e2e';
const application = `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`;
const stack = `
version: 1
name: shop
namespaces: [${namespace}]
argocd: { applications: [${namespace}] }
secrets: [{ name: shop-secrets, keys: { password: {} } }]
components:
  - { name: db, workload: StatefulSet/db }
  - { name: api, workload: Deployment/api, dependsOn: [db] }
  - { name: metrics, workload: Deployment/metrics, critical: false }
`;
const wave = 'argocd.argoproj.io/sync-wave';
const options = 'argocd.argoproj.io/sync-options';

const workload = (kind: string, name: string): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec: {
    replicas: 0,
    ...(kind === 'StatefulSet' && { serviceName: name }),
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'busybox:1.36' }] } },
  },
});
const plain = (kind: string, name: string, data: object): object => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  data,
});
const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-space` } },
  plain('Secret', 'shop-secrets', { password: 'eA==' }),
  plain('ConfigMap', 'settings', { colour: 'red' }),
  workload('StatefulSet', 'db'),
  workload('Deployment', 'api'),
  workload('Deployment', 'metrics'),
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: namespace, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL: 'file:///REPOSITORY', path: '.', targetRevision: 'HEAD' },
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
    },
  },
] as KubeObject[];

let cluster: TestCluster;
let folder: string;
let patched: Map<string, KubeObject>;

const inside = (path: string): string => join(folder, path);
const kubectl = (...argv: string[]): string => execFileSync('kubectl', argv, { encoding: 'utf8' });
/** `kubectl diff` exits 1 where something differs. */
const differences = (...argv: string[]): string => spawnSync('kubectl', ['diff', ...argv], { encoding: 'utf8' }).stdout;
const git = (...argv: string[]): string =>
  execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', ...argv], {
    cwd: inside('repository'),
    encoding: 'utf8',
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'c2l-sync-policy-'));
  mkdirSync(inside('repository'));
  writeFileSync(inside('c2l.yaml'), stack);
  const argv = ['generate', 'sync-policy', '--out', 'policy'];
  expect((await runCli(argv, { cwd: folder })).code).toBe(0);
  writeFileSync(inside('objects.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  writeFileSync(inside('kustomization.yaml'), 'resources: [objects.json]\ncomponents: [policy]\n');
  const items = parseAllDocuments(kubectl('kustomize', folder)).map((document) => document.toJS() as KubeObject);
  patched = new Map(items.map((item) => [item.metadata.name, item]));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('as a kustomize component', () => {
  test.each([
    [`${namespace}-space`, '-3', 'Prune=confirm,Delete=confirm'],
    ['shop-secrets', '-1', 'Prune=confirm,Delete=confirm'],
    ['settings', undefined, undefined],
    ['db', '0', 'Prune=confirm,Delete=confirm'],
    ['api', '1', undefined],
    ['metrics', '2', undefined],
  ])('%s is in wave %s, with %s', (name, expectedWave, expectedOptions) => {
    const annotations = patched.get(name)?.metadata.annotations ?? {};
    expect([annotations[wave], annotations[options]]).toEqual([expectedWave, expectedOptions]);
  });

  test('an Application heals and prunes, and keeps what else its policy says', () => {
    expect(patched.get(namespace)?.spec).toMatchObject({
      syncPolicy: {
        automated: { selfHeal: true, prune: true, allowEmpty: false },
        syncOptions: ['CreateNamespace=true'],
      },
    });
  });
});

const tried = process.env['C2L_E2E_CONTROLLERS'] === '1' ? describe : describe.skip;

tried('with the Argo CD of the cluster', () => {
  const map = `/api/v1/namespaces/${namespace}/configmaps/settings`;
  const secret = `/api/v1/namespaces/${namespace}/secrets/shop-secrets`;
  const file = (): string => inside(`policy/application-${namespace}.yaml`);
  const access = (): string[] => ['--kubeconfig', cluster.kubeconfigPath, '--server-side', '--force-conflicts'];

  type Live = KubeObject & {
    status?: { sync?: { status: string; revision?: string }; operationState?: { phase: string; message?: string } };
  };
  const live = async (): Promise<Live | undefined> => await cluster.get(application);
  const seen = async (): Promise<string> => JSON.stringify((await live())?.status);
  const colour = async (): Promise<unknown> =>
    ((await cluster.get(map)) as (KubeObject & { data?: { colour?: string } }) | undefined)?.data?.colour;

  function commit(...names: string[]): void {
    rmSync(inside('repository/objects.json'), { force: true });
    const items = names.flatMap((name) => patched.get(name) ?? []);
    if (items.length > 0) {
      writeFileSync(inside('repository/objects.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    }
    git('add', '-A');
    git('commit', '--allow-empty', '-qm', `with ${names.join(' ')}`);
  }
  const refresh = (): Promise<unknown> =>
    cluster.patch(application, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
  const head = (): string => git('rev-parse', 'HEAD').trim();
  async function isCompared(): Promise<void> {
    await refresh();
    await until(
      'the commit is compared',
      async () => ((await live())?.status?.sync?.revision === head() ? true : undefined),
      { within: 60_000, seen },
    );
  }

  beforeAll(async () => {
    cluster = TestCluster.open();
    await remove();
    git('init', '-q');
    commit('shop-secrets', 'settings');
    const made = structuredClone(objects.find(({ kind }) => kind === 'Application')!) as KubeObject & { spec: object };
    const source = { repoURL: `file://${inside('repository')}`, path: '.', targetRevision: 'HEAD' };
    await cluster.create('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications', {
      ...made,
      spec: { ...made.spec, source },
      operation: { sync: { syncOptions: ['CreateNamespace=true'] } },
    });
    await until('the first sync', () => cluster.get(map), { within: 60_000, seen });
  });

  afterAll(remove);

  async function remove(): Promise<void> {
    await cluster.remove(application);
    await cluster.remove(`/api/v1/namespaces/${namespace}`);
    await until('gone', async () => ((await cluster.get(`/api/v1/namespaces/${namespace}`)) ? undefined : true), {
      within: 60_000,
    });
  }

  test('the README tells what prune would delete, and kubectl what would change, before anything does', async () => {
    commit('settings');
    await isCompared();
    const command = /kubectl get applications.*/.exec(readFileSync(inside('policy/README.md'), 'utf8'))?.[0] ?? '';
    const answer = execFileSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, KUBECONFIG: cluster.kubeconfigPath },
    });
    expect(answer.split('\n')).toContain(`${namespace} Secret ${namespace}/shop-secrets`);
    const changes = differences(...access(), '-f', file());
    expect(changes).toMatch(/^\+ +selfHeal: true$/m);
    expect(changes).not.toMatch(/^- +(repoURL|- CreateNamespace)/m);
    expect((await live())?.spec).not.toHaveProperty('syncPolicy.automated');
  });

  test('drift is healed', async () => {
    commit('settings', 'shop-secrets');
    await isCompared();
    kubectl('apply', ...access(), '-f', file());
    await cluster.patch(map, { data: { colour: 'blue' } });
    await until('the drift is healed', async () => ((await colour()) === 'red' ? true : undefined), {
      within: 60_000,
      seen,
    });
  });

  test('a source that becomes empty takes nothing away', async () => {
    commit();
    await isCompared();
    await until(
      'the refusal',
      async () => ((await seen()).includes('auto-sync will wipe out all resources') ? true : undefined),
      { within: 60_000, seen },
    );
    expect([await colour(), (await cluster.get(secret))?.metadata.name]).toEqual(['red', 'shop-secrets']);
  });

  test('a Secret that leaves Git stays until a person lets it go', async () => {
    commit('settings');
    await isCompared();
    await until(
      'the question',
      async () => ((await live())?.status?.operationState?.message?.includes('confirmation') ? true : undefined),
      { within: 60_000, seen },
    );
    expect((await cluster.get(secret))?.metadata.deletionTimestamp).toBeUndefined();
    await cluster.patch(application, {
      metadata: { annotations: { 'argocd.argoproj.io/deletion-approved': new Date().toISOString() } },
    });
    await until('the Secret is let go', async () => ((await cluster.get(secret)) ? undefined : true), {
      within: 60_000,
      seen,
    });
  });
});
