import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

import type { WalkReport } from '../../src/core/reports/walk-report.ts';
import { runCli } from '../support/run-cli.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { until } from './support/wait.ts';

jest.setTimeout(240_000);

const namespace = 'bootstrap-owners-e2e';
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const [db, api] = [`${namespace}-db`, `${namespace}-api`];
const stack = {
  version: 1,
  name: 'shop',
  namespaces: [namespace],
  argocd: { applications: [db, api] },
  secrets: [
    { name: 'shop-secrets', keys: { password: {}, token: {} } },
    { name: 'mail', keys: { 'mail-password': {} } },
  ],
  components: [
    { name: 'db', workload: 'Deployment/db' },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
  ],
};
const values = { password: 'canary-of-the-store-3f8a', token: 'canary-of-the-store-5b2c' };
const sealedValue = 'canary-that-is-sealed-77aa';

/** Runs only with what the Secrets hold; `waits` as a program does that looks for its database. */
const workload = (name: string, keys: readonly (readonly [secret: string, key: string])[], seconds: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name,
            image: 'busybox:1.36',
            imagePullPolicy: 'IfNotPresent',
            command: ['sh', '-c', `sleep ${String(seconds)}; touch /tmp/up; sleep 3600`],
            readinessProbe: { exec: { command: ['test', '-e', '/tmp/up'] }, periodSeconds: 1 },
            resources: { requests: { cpu: '5m' } },
            env: keys.map(([secret, key], index) => ({
              name: `VALUE_${String(index)}`,
              valueFrom: { secretKeyRef: { name: secret, key } },
            })),
          },
        ],
      },
    },
  },
});
const application = (name: string, wave: number, syncPolicy?: object): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name, namespace: 'argocd', annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } },
  spec: {
    project: 'default',
    destination: { server: 'https://kubernetes.default.svc', namespace },
    source: { repoURL: `file://${join(folder, 'repository')}`, path: name, targetRevision: 'HEAD' },
    ...(syncPolicy && { syncPolicy }),
  },
});

let cluster: TestCluster;
let folder: string;

function store(entries: Readonly<Record<string, string>>): object {
  const data = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'vault', namespace },
    spec: { provider: { fake: { data } } },
  };
}

const external = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'shop', namespace },
  spec: {
    refreshInterval: '2s',
    secretStoreRef: { name: 'vault' },
    target: { name: 'shop-secrets' },
    data: Object.keys(values).map((key) => ({ secretKey: key, remoteRef: { key } })),
  },
};

function sealed(): object {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mail', namespace },
    stringData: { 'mail-password': sealedValue },
  };
  const argv = ['--controller-namespace', 'sealed-secrets', '--kubeconfig', cluster.kubeconfigPath, '-o', 'json'];
  return JSON.parse(execFileSync('kubeseal', argv, { input: JSON.stringify(secret), encoding: 'utf8' })) as object;
}

function git(...argv: string[]): void {
  const who = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com'];
  execFileSync('git', [...who, ...argv], { cwd: join(folder, 'repository'), stdio: 'ignore' });
}

function commit(name: string, ...objects: object[]): void {
  mkdirSync(join(folder, 'repository', name), { recursive: true });
  writeFileSync(
    join(folder, 'repository', name, 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
  git('add', '-A');
  git('commit', '-qm', name);
}

function write(entries: Readonly<Record<string, string>>): void {
  const objects = [
    application(api, 1, { automated: { selfHeal: true } }),
    application(db, 0),
    external,
    store(entries),
    sealed(),
  ];
  writeFileSync(join(folder, 'all.yaml'), objects.map((object) => stringify(object)).join('---\n'));
}

async function bootstrap(timeout: string): Promise<{ code: number; report: WalkReport }> {
  const argv = ['bootstrap', '--manifests', 'all.yaml', '--yes', '-o', 'json', '--timeout', timeout];
  const { code, stdout, stderr } = await runCli([...argv, '--kubeconfig', cluster.kubeconfigPath], { cwd: folder });
  for (const value of [...Object.values(values), sealedValue]) expect(stdout + stderr).not.toContain(value);
  return { code, report: JSON.parse(stdout) as WalkReport };
}

const outcomesOf = ({ phases }: WalkReport) =>
  phases.flatMap(({ report }) => (report !== undefined && 'outcomes' in report ? report.outcomes : []));
const stateOf = (report: WalkReport) => ({
  verdict: report.verdict,
  error: report.error,
  phases: report.phases.map(({ name, verdict, summary }) => `${name} ${verdict}: ${summary}`),
  outcomes: outcomesOf(report).map(
    ({ object, outcome, detail }) => `${object.kind}/${object.name} ${outcome}: ${detail}`,
  ),
});
const secret = (name: string) => cluster.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
const live = (name: string) =>
  cluster.get(`${applications}/${name}`) as Promise<
    | (KubeObject & {
        metadata: { creationTimestamp?: string };
        status?: { operationState?: { startedAt?: string; finishedAt?: string } };
      })
    | undefined
  >;

async function remove(): Promise<void> {
  for (const name of [db, api]) await cluster.remove(`${applications}/${name}`);
  const path = `/api/v1/namespaces/${namespace}`;
  await cluster.remove(path);
  await until('gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
}

(process.env['C2L_E2E_CONTROLLERS'] === '1' ? describe : describe.skip)(
  'an empty cluster whose Secrets others write, and whose workloads Argo CD brings',
  () => {
    beforeAll(async () => {
      cluster = TestCluster.open();
      folder = mkdtempSync(join(tmpdir(), 'c2l-bootstrap-owners-'));
      mkdirSync(join(folder, 'repository'));
      git('init', '-q');
      commit(db, workload('db', [['shop-secrets', 'password']], 6));
      commit(
        api,
        workload(
          'api',
          [
            ['shop-secrets', 'token'],
            ['mail', 'mail-password'],
          ],
          0,
        ),
      );
      writeFileSync(join(folder, 'c2l.yaml'), stringify(stack));
      await remove();
    });

    afterAll(async () => {
      await remove();
      rmSync(folder, { recursive: true });
    });

    test('a store that lacks a value: nothing that needs it is started, and its ExternalSecret is named', async () => {
      write({ password: values.password });
      const { code, report } = await bootstrap('15s');
      expect([code, stateOf(report)]).toMatchObject([4, { verdict: 'partial' }]);
      expect(stateOf(report).outcomes).toContainEqual(
        expect.stringMatching(
          /^Secret\/shop-secrets failed: externalsecret\/shop is not ready \(SecretSyncedError\): kubectl -n \S+ describe externalsecret shop$/,
        ),
      );
      expect([await live(db), await live(api)]).toEqual([undefined, undefined]);
    });

    test('a sync that fails stops what comes after it', async () => {
      write(values);
      commit(db, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not_A_Name' } });
      const { code, report } = await bootstrap('60s');
      expect([code, stateOf(report)]).toMatchObject([4, { verdict: 'partial' }]);
      expect(stateOf(report).outcomes).toContainEqual(expect.stringMatching(new RegExp(`^Application/${db} failed: `)));
      expect(stateOf(report).outcomes).toContainEqual(
        expect.stringMatching(new RegExp(`^Application/${api} skipped: `)),
      );
      expect(await live(api)).toBe(undefined);
    });

    test('with the fault mended the same command ends green: Secrets, then one Application after the other', async () => {
      commit(db, workload('db', [['shop-secrets', 'password']], 6));
      const { code, report } = await bootstrap('120s');
      expect([code, stateOf(report)]).toMatchObject([0, { verdict: 'ok', error: undefined }]);
      const [first, second] = [await live(db), await live(api)];
      const ready = (await cluster.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Ddb`))
        .flatMap(({ status }) => status?.conditions ?? [])
        .find(({ type }) => type === 'Ready') as { lastTransitionTime?: string } | undefined;
      expect(Date.parse(second?.metadata.creationTimestamp ?? '')).toBeGreaterThanOrEqual(
        Date.parse(ready?.lastTransitionTime ?? ''),
      );
      expect(first?.status?.operationState?.finishedAt).toBeDefined();
      expect((await secret('shop-secrets'))?.metadata).toMatchObject({ ownerReferences: [{ kind: 'ExternalSecret' }] });
      expect((await secret('mail'))?.metadata).toMatchObject({ ownerReferences: [{ kind: 'SealedSecret' }] });
    });

    test('run again it changes nothing', async () => {
      const versions = async () =>
        (await Promise.all([secret('shop-secrets'), secret('mail')])).map((found) => found?.metadata.resourceVersion);
      const before = await versions();
      const { code, report } = await bootstrap('60s');
      expect([code, stateOf(report)]).toMatchObject([0, { verdict: 'ok' }]);
      expect(outcomesOf(report).filter(({ outcome }) => outcome !== 'kept')).toEqual([]);
      expect(await versions()).toEqual(before);
    });
  },
);
