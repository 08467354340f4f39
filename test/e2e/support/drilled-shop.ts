import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, type Started } from '../../support/built-program.ts';
import { TestCluster, type KubeObject } from './cluster.ts';
import { collection } from './stack.ts';
import { bindEmptyVolumes, claimsOf, freeVolumes } from './volumes.ts';
import { until } from './wait.ts';
import { workload } from './workload.ts';

const secretName = 'shop-secrets';

const stack = (namespace: string): string => `
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

/** A database that keeps its data and what logs in to it, in a namespace of their own, for drills to break. */
export interface DrilledShop {
  readonly cluster: TestCluster;
  readonly namespace: string;
  readonly secretName: string;
  readonly values: Readonly<Record<string, string>>;
  /** Of its stack file and its backup, for files beside them. */
  readonly folder: string;
  c2l(...argv: readonly string[]): Started;
  /** Through another way to the cluster where a kubeconfig with its context is given. */
  drill(name: string, by?: { readonly kubeconfig: string; readonly context: string }): Started;
  /** What must be as it was: of each Secret everything but what the server sets. */
  secrets(): Promise<object[]>;
  /** What lies beside the journals but for the results, which are kept of each drill on purpose. */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
}

export async function drilledShop(namespace: string): Promise<DrilledShop> {
  const cluster = TestCluster.open();
  const journalNamespace = `${namespace}-journal`;
  const folder = await mkdtemp(join(tmpdir(), 'c2l-drill-'));
  const values = { 'db-password': randomBytes(16).toString('hex'), 'session-key': randomBytes(24).toString('hex') };
  await writeFile(join(folder, 'c2l.yaml'), stack(namespace));
  const lines = Object.entries(values).map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'`);
  await writeFile(join(folder, 'backup.env'), lines.join('\n'), { mode: 0o600 });

  async function remove(): Promise<void> {
    for (const name of [namespace, journalNamespace]) {
      const path = `/api/v1/namespaces/${name}`;
      await cluster.remove(path);
      await until('namespace gone', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
    }
    await freeVolumes(cluster, namespace);
  }

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

  const c2l = (kubeconfig: string, ...argv: readonly string[]): Started =>
    start([...argv, '--kubeconfig', kubeconfig, '--config', join(folder, 'c2l.yaml'), '-o', 'json'], {
      timeoutMs: 120_000,
    });
  return {
    cluster,
    namespace,
    secretName,
    values,
    folder,
    c2l: (...argv) => c2l(cluster.kubeconfigPath, ...argv),
    drill: (name, by) => {
      const context = by?.context ?? cluster.config.getCurrentContext();
      const agreed = ['--confirm', context, '--journal-namespace', journalNamespace];
      const source = ['--from', `env:${join(folder, 'backup.env')}`];
      return c2l(by?.kubeconfig ?? cluster.kubeconfigPath, 'dr-drill', 'run', name, ...agreed, ...source);
    },
    secrets: async () => {
      const found = (await cluster.list(collection('Secret', namespace))) as (KubeObject & Record<string, unknown>)[];
      return found.map(({ metadata: { name, labels, annotations }, data, type }) => ({
        name,
        labels,
        annotations,
        data,
        type,
      }));
    },
    leftovers: async () => {
      const names = (await cluster.list(collection('Secret', journalNamespace))).map(({ metadata }) => metadata.name);
      return names.filter((name) => name !== `c2l-drill-results.${namespace}`);
    },
    close: async () => {
      await rm(folder, { recursive: true });
      await remove();
    },
  };
}
