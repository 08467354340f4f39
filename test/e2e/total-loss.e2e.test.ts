import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../support/built-program.ts';
import { serveVault, type ServedVault } from '../support/served-vault.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { collection } from './support/stack.ts';
import { bindEmptyVolumes, freeVolumes } from './support/volumes.ts';
import { until } from './support/wait.ts';

interface Report {
  readonly verdict: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

const namespace = 'hard-total-loss';
const secretName = 'shop-secrets';
const path = `/api/v1/namespaces/${namespace}`;
const cluster = TestCluster.open();
const folder = mkdtempSync(join(tmpdir(), 'c2l-total-loss-'));
const stackFile = join(folder, 'c2l.yaml');
const values: Record<string, string> = {
  'db-password': `p#"%$ ${randomBytes(12).toString('hex')}`,
  'jwt-secret': randomBytes(32).toString('base64'),
};
const keys = Object.keys(values);
let vault: ServedVault;

const container = {
  imagePullPolicy: 'IfNotPresent',
  resources: { requests: { cpu: '5m', memory: '32Mi' } },
};
const claim = {
  name: 'data-db-0',
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'standard',
    resources: { requests: { storage: '1Gi' } },
  },
};

/** A database that fixes its password when it first starts, on a volume that outlives its pods. */
const db = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            ...container,
            name: 'db',
            image: 'postgres:16-alpine',
            env: [
              { name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: secretName, key: 'db-password' } } },
              { name: 'PGDATA', value: '/data/pg' },
            ],
            readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim.name } }],
      },
    },
  },
};

const login = `psql -h db.${namespace}.svc.cluster.local -U postgres -c 'select 1'`;

/** Ready only while the database lets it in with the password that the Secret holds, and with no other. */
const api = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    selector: { matchLabels: { app: 'api' } },
    template: {
      metadata: { labels: { app: 'api' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...container,
            name: 'main',
            image: 'busybox:1.36',
            command: ['sleep', '3600'],
            env: [
              { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: secretName, key: 'db-password' } } },
              { name: 'JWT_SECRET', valueFrom: { secretKeyRef: { name: secretName, key: 'jwt-secret' } } },
            ],
            readinessProbe: {
              exec: { command: ['sh', '-c', `${login} && ! PGPASSWORD=wrong ${login}`] },
              periodSeconds: 1,
              timeoutSeconds: 3,
            },
          },
        ],
      },
    },
  },
};

const stack = {
  version: 1,
  name: 'total-loss',
  namespaces: [namespace],
  secrets: [{ name: secretName, keys: { 'db-password': {}, 'jwt-secret': {} } }],
  components: [
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
  ],
};

async function fixSecrets(...argv: readonly string[]): Promise<{ exitCode: number | null; report: Report }> {
  const { exitCode, stdout, stderr } = await start(
    [
      ...['fix-secrets', '--kubeconfig', cluster.kubeconfigPath, '--config', stackFile],
      ...['--from', `azure-key-vault:${vault.url}`, '--yes', '-o', 'json', ...argv],
    ],
    { env: vault.env, timeoutMs: 60_000 },
  ).finished;
  for (const value of Object.values(values)) expect(stdout + stderr).not.toContain(value);
  return { exitCode, report: JSON.parse(stdout) as Report };
}

async function podOf(app: string): Promise<KubeObject | undefined> {
  const pods = await cluster.list(`${path}/pods?labelSelector=app%3D${app}`);
  return pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
}

const isReady = (pod: KubeObject | undefined): boolean =>
  pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const ready = (app: string): Promise<boolean> =>
  until(`${app} ready`, async () => isReady(await podOf(app)) || undefined, {
    within: 60_000,
    seen: async () => JSON.stringify((await podOf(app))?.status),
  });

const waitingReason = async (app: string): Promise<string | undefined> =>
  (await podOf(app))?.status?.containerStatuses?.[0]?.state.waiting?.message;

const revisions = async (): Promise<KubeObject[]> =>
  cluster.list(`${path}/secrets?fieldSelector=type%3Dc2l.dev/revision`);

async function remove(): Promise<void> {
  if ((await cluster.get(path)) !== undefined) {
    await cluster.remove(path);
    await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 90_000 });
  }
  await freeVolumes(cluster, namespace);
}

beforeAll(async () => {
  writeFileSync(stackFile, JSON.stringify(stack));
  const serving = serveVault();
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await bindEmptyVolumes(cluster, namespace, [claim]);
  vault = await serving;
  for (const [name, value] of Object.entries(values)) await vault.send('PUT', `/secrets/${name}`, { value });
  await cluster.create(collection('Secret', namespace), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName },
    stringData: { 'db-password': values['db-password'] },
  });
  await cluster.create(collection('Service', namespace), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] },
  });
  await cluster.create(collection('StatefulSet', namespace), db);
  await cluster.create(collection('Deployment', namespace), api);
});

afterAll(async () => {
  await remove();
  await vault.stop();
  rmSync(folder, { recursive: true });
});

test('a first repair leaves a revision, and everything runs', async () => {
  expect(await fixSecrets()).toMatchObject({ exitCode: 0, report: { verdict: 'ok' } });
  await Promise.all([ready('db'), ready('api')]);
  expect(await revisions()).toHaveLength(1);
});

test('then the Secret, its revisions, the entries of the vault and the pods are gone', async () => {
  await Promise.all(keys.map((key) => vault.send('DELETE', `/secrets/${key}`)));
  for (const { metadata } of await revisions()) await cluster.remove(`${path}/secrets/${metadata.name}`);
  await cluster.remove(`${path}/secrets/${secretName}`);
  await Promise.all(
    ['db', 'api'].map(async (app) => cluster.remove(`${path}/pods/${(await podOf(app))!.metadata.name}`)),
  );
  for (const app of ['db', 'api']) {
    const message = `secret "${secretName}" not found`;
    await until(`${app} without its Secret`, async () => (await waitingReason(app)) === message || undefined, {
      within: 60_000,
      seen: async () => JSON.stringify((await podOf(app))?.status),
    });
  }
  const found = await Promise.all(keys.map((key) => vault.send('GET', `/secrets/${key}`)));
  expect(found.map(({ status }) => status)).toEqual([404, 404]);
});

test('without consent to write to the vault nothing is written anywhere, and what is deleted is told', async () => {
  const { exitCode, report } = await fixSecrets();
  expect([exitCode, report.error?.code]).toEqual([2, 'values-invalid']);
  expect(report.error?.hint).toBe('2 of them can be brought back in the vault: add --recover');
  for (const key of keys) {
    expect(report.error?.message).toContain(`${key} (azure-key-vault:${vault.url}: the secret is deleted`);
  }
  expect(await cluster.get(`${path}/secrets/${secretName}`)).toBeUndefined();
  expect((await vault.send('GET', '/deletedsecrets/jwt-secret')).status).toBe(200);
});

test('--recover brings back the entries and the Secret, and the old database lets everybody in again', async () => {
  expect(await fixSecrets('--recover')).toMatchObject({ exitCode: 0, report: { verdict: 'ok' } });
  const found = await Promise.all(keys.map((key) => vault.send('GET', `/secrets/${key}`)));
  expect(found.map(({ text }) => (JSON.parse(text) as { value: string }).value)).toEqual(Object.values(values));
  // Its volume was set up before the loss: only the old password opens it, and the readiness of api is a login.
  await Promise.all([ready('db'), ready('api')]);
});
