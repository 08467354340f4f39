import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DrillReport } from '../../src/core/drill/drill-report.ts';
import { start, type Finished } from '../support/built-program.ts';
import { allObjects, differences } from './support/all-objects.ts';
import { leakedKeys } from './support/canary.ts';
import { TestCluster, type KubeObject } from './support/cluster.ts';
import { collection } from './support/stack.ts';
import { bindEmptyVolumes, claimsOf, freeVolumes } from './support/volumes.ts';
import { until } from './support/wait.ts';
import { workload } from './support/workload.ts';

const namespace = 'drill-e2e';
const journalNamespace = 'drill-e2e-journal';
const secretName = 'shop-secrets';
const values = { 'db-password': randomBytes(16).toString('hex'), 'session-key': randomBytes(24).toString('hex') };
const runs: Finished[] = [];
let cluster: TestCluster;
let context: string;
let folder: string;

const stack = `
version: 1
name: shop
namespaces: [${namespace}]
secrets:
  - { name: ${secretName}, keys: { db-password: {}, session-key: {} } }
components:
  - name: db
    workload: StatefulSet/db
    checks:
      - { kind: postgres-login, user: { value: postgres }, password: { secret: ${secretName}, key: db-password } }
  - { name: api, workload: Deployment/api, dependsOn: [db] }
`;

/** What people would type is what is drilled. */
const byRunbook = `
version: 1
name: by-runbook
description: every key gone, and repaired as the runbook says
faults: [{ kind: lose-keys }]
recovery: { path: runbook, runbook: restoring-application-secrets }
`;

const env = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } });
const quick = { imagePullPolicy: 'IfNotPresent', resources: { requests: { cpu: '5m', memory: '16Mi' } } };

const db = workload('StatefulSet', 'db', {
  spec: {
    serviceName: 'db',
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'standard',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
  },
  pod: {
    containers: [
      {
        ...quick,
        name: 'db',
        image: 'postgres:16-alpine',
        ports: [{ containerPort: 5432 }],
        env: [env('POSTGRES_PASSWORD', 'db-password'), { name: 'PGDATA', value: '/data/pg' }],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
      },
    ],
  },
});
const api = workload('Deployment', 'api', {
  pod: {
    containers: [
      {
        ...quick,
        name: 'api',
        image: 'busybox:1.36',
        command: ['sleep', '3600'],
        env: [env('DB_PASSWORD', 'db-password'), env('SESSION_KEY', 'session-key')],
      },
    ],
  },
});

async function remove(): Promise<void> {
  for (const name of [namespace, journalNamespace]) {
    const path = `/api/v1/namespaces/${name}`;
    await cluster.remove(path);
    await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
  }
  await freeVolumes(cluster, namespace);
}

beforeAll(async () => {
  cluster = TestCluster.open();
  context = cluster.config.getCurrentContext();
  folder = await mkdtemp(join(tmpdir(), 'c2l-drill-'));
  await writeFile(join(folder, 'c2l.yaml'), stack);
  const lines = Object.entries(values).map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'`);
  await writeFile(join(folder, 'by-runbook.yaml'), byRunbook);
  await writeFile(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });
  await remove();
  await cluster.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.create(collection('Secret', namespace), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, labels: { team: 'shop' }, annotations: { note: 'kept' } },
    stringData: { ...values, unused: 'nobody' },
  });
  await bindEmptyVolumes(cluster, namespace, claimsOf(db));
  for (const object of [db, api]) await cluster.create(collection(object.kind!, namespace), object);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await remove();
});

function c2l(...argv: string[]) {
  const where = ['--kubeconfig', cluster.kubeconfigPath, '--config', join(folder, 'c2l.yaml'), '-o', 'json'];
  return start([...argv, ...where], { timeoutMs: 120_000 });
}

const drill = (name: string) =>
  c2l(
    'dr-drill',
    'run',
    name,
    '--confirm',
    context,
    '--journal-namespace',
    journalNamespace,
    '--from',
    `env:${join(folder, 'backup.env')}`,
  );

async function finished(run: ReturnType<typeof start>): Promise<{ exitCode: number | null; report: DrillReport }> {
  const ran = await run.finished;
  runs.push(ran);
  return { exitCode: ran.exitCode, report: JSON.parse(ran.stdout) as DrillReport };
}

/** What must be as it was: of each Secret everything but what the server sets. */
async function secrets(): Promise<object[]> {
  const found = (await cluster.list(collection('Secret', namespace))) as (KubeObject & Record<string, unknown>)[];
  return found.map(({ metadata: { name, labels, annotations }, data, type }) => ({
    name,
    labels,
    annotations,
    data,
    type,
  }));
}

/** What lies beside the journals but for the results, which are kept of each drill on purpose. */
async function leftovers(): Promise<string[]> {
  const names = (await cluster.list(collection('Secret', journalNamespace))).map(({ metadata }) => metadata.name);
  return names.filter((name) => name !== `c2l-drill-results.${namespace}`);
}

test('nothing is broken where nobody agreed to it', async () => {
  const before = await secrets();
  await until('the stack is healthy', async () => ((await c2l('verify').finished).exitCode === 0 ? true : undefined), {
    within: 90_000,
  });

  const { exitCode, stdout } = await drill('total-secret-loss').finished;

  expect(exitCode).toBe(2);
  expect(stdout).toContain(`label namespace ${namespace} c2l.dev/dr-drill=allowed`);
  expect(await secrets()).toEqual(before);
});

test('total-secret-loss is recovered from the backup, with the data, and all is as it was', async () => {
  await cluster.patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels: { 'c2l.dev/dr-drill': 'allowed' } } });
  const before = await secrets();

  const { exitCode, report } = await finished(drill('total-secret-loss'));

  expect({ exitCode, outcome: report.outcome, wrong: report.wrong }).toEqual({
    exitCode: 0,
    outcome: 'recovered',
    wrong: [`only the copy had 1 value of secret ${secretName}`],
  });
  expect(report.data.map(({ component, state }) => `${component} ${state}`)).toEqual(['db kept']);
  expect(report.evicted.map(({ name }) => name.split('-')[0]).sort()).toEqual(['api', 'db']);
  expect(await secrets()).toEqual(before);
  expect(await leftovers()).toEqual([]);
});

/** The volumes have no namespace; what others do on the same cluster meanwhile is not the drill's. */
const isOurs = (place: string) => ['', namespace, 'argocd', 'default', 'kube-system'].includes(place);

test.each(['namespace-loss', 'owner-fight', 'corrupted-value', 'wrong-value', 'by-runbook.yaml'])(
  '%s: nothing of any namespace is other than before, volumes and claims included',
  async (name) => {
    const before = await allObjects(cluster, isOurs);

    const { exitCode, report } = await finished(drill(name.endsWith('.yaml') ? join(folder, name) : name));

    expect({ exitCode, outcome: report.outcome }).toEqual({ exitCode: 0, outcome: 'recovered' });
    expect(report.data.map(({ component, state }) => `${component} ${state}`)).toEqual(['db kept']);
    expect(before.size).toBeGreaterThan(20);
    expect(differences(before, await allObjects(cluster, isOurs))).toEqual([]);
  },
);

test('a drill that is killed is told by audit, and ended by abort', async () => {
  const before = await secrets();
  const killed = drill('missing-keys');
  await until(
    'the Secret is broken',
    async () => (JSON.stringify(await secrets()) === JSON.stringify(before) ? undefined : true),
    { within: 30_000, every: 20 },
  );
  const broken = await until(
    'its keys are gone',
    async () => {
      const found = (await cluster.get(`${collection('Secret', namespace)}/${secretName}`)) as
        { data?: object } | undefined;
      return Object.keys(found?.data ?? {}).length < 3 ? true : undefined;
    },
    { within: 30_000, every: 20 },
  );
  killed.child.kill('SIGKILL');
  await killed.finished;
  expect(broken).toBe(true);

  const audit = await c2l('audit').finished;
  expect(audit.stderr).toContain(`drill missing-keys in namespace ${namespace} is not finished`);
  const { exitCode, report } = await finished(c2l('dr-drill', 'abort', '--yes'));
  expect({ exitCode, outcome: report.outcome }).toEqual({ exitCode: 0, outcome: 'put-back' });
  expect(await secrets()).toEqual(before);
  expect(await leftovers()).toEqual([]);
});

test('current-state recovers what is broken right now', async () => {
  await cluster.patch(`${collection('Secret', namespace)}/${secretName}`, { data: { 'session-key': null } });
  for (const { metadata } of await cluster.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dapi`)) {
    await cluster.remove(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
  }

  const { exitCode, report } = await finished(drill('current-state'));

  expect({ exitCode, outcome: report.outcome, wrong: report.wrong }).toEqual({
    exitCode: 0,
    outcome: 'recovered',
    wrong: [],
  });
});

test('no value stands in what was said', () => {
  expect(runs.length).toBeGreaterThan(2);
  expect(leakedKeys(runs.map(({ stdout, stderr }) => stdout + stderr).join('\n'), values)).toEqual([]);
});
