import { randomBytes } from 'node:crypto';
import type { TestCluster } from './cluster.ts';
import { until } from './wait.ts';

export const namespace = 'watch-e2e';
export const secretName = 'shop-secrets';
const path = `/api/v1/namespaces/${namespace}`;
const ours = { 'app.kubernetes.io/managed-by': 'c2l-e2e' };

/** What api and web do: each is healthy only while the next one answers. */
const program = `
const net = require('node:net'), http = require('node:http');
const [host, port] = process.env.NEXT.split(':');
http.createServer((request, response) => {
  const socket = net.connect({ host, port, timeout: 1000 });
  const end = (status) => { socket.destroy(); if (!response.writableEnded) response.writeHead(status).end(); };
  socket.on('connect', () => end(200)).on('error', () => end(503)).on('timeout', () => end(503));
}).listen(8080);`;

interface Part {
  readonly app: string;
  readonly port: number;
  readonly container: object;
}

const http = (app: string, next: string): Part => ({
  app,
  port: 8080,
  container: {
    image: 'node:22-alpine',
    command: ['node', '-e', program],
    env: [{ name: 'NEXT', value: next.replace(':', `.${namespace}.svc.cluster.local:`) }],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 2 },
  },
});

const parts: readonly Part[] = [
  {
    app: 'db',
    port: 5432,
    container: {
      image: 'postgres:16-alpine',
      env: [
        {
          name: 'POSTGRES_PASSWORD',
          valueFrom: { secretKeyRef: { name: secretName, key: 'db-password' } },
        },
      ],
      readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
    },
  },
  http('api', 'db:5432'),
  http('web', 'api:8080'),
];

/** Secret -> db -> api -> web, in a namespace of its own. */
export async function deployShop(cluster: TestCluster, password: string): Promise<void> {
  await removeShop(cluster);
  await cluster.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: ours },
  });
  await cluster.create(`${path}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName },
    stringData: { 'db-password': password },
  });
  for (const { app, port, container } of parts) {
    const labels = { app };
    await cluster.create(`${path}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: app },
      spec: { selector: labels, ports: [{ port }] },
    });
    const requests = { cpu: '5m', memory: '16Mi' };
    const own = {
      name: app,
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: port }],
      resources: { requests },
    };
    await cluster.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: app },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ ...own, ...container }] },
        },
      },
    });
  }
}

export async function removeShop(cluster: TestCluster): Promise<void> {
  if ((await cluster.get(path)) === undefined) return;
  await cluster.remove(path);
  await until('namespace deleted', async () => ((await cluster.get(path)) ? undefined : true), { within: 60_000 });
}

/** The Secret loses its key, and the database its pod: the outage that c2l is there for. */
export async function loseKey(cluster: TestCluster): Promise<void> {
  await cluster.patch(`${path}/secrets/${secretName}`, { data: { 'db-password': null } });
  for (const { metadata } of await cluster.list(`${path}/pods?labelSelector=app%3Ddb`)) {
    await cluster.remove(`${path}/pods/${metadata.name}`);
  }
}

export async function restoreKey(cluster: TestCluster, password: string): Promise<void> {
  await cluster.patch(`${path}/secrets/${secretName}`, { stringData: { 'db-password': password } });
}

export function freshPassword(): string {
  return randomBytes(16).toString('hex');
}

/** What c2l is told of it. */
export function shopStack(watch: object): object {
  const health = (service: string) => ({ kind: 'http', service, port: 8080, path: '/' });
  return {
    version: 1,
    name: 'watch-e2e',
    namespaces: [namespace],
    secrets: [{ name: secretName, keys: { 'db-password': {} } }],
    components: [
      {
        name: 'db',
        workload: 'Deployment/db',
        checks: [
          {
            kind: 'postgres-login',
            user: { value: 'postgres' },
            password: { secret: secretName, key: 'db-password' },
          },
        ],
      },
      { name: 'api', workload: 'Deployment/api', dependsOn: ['db'], checks: [health('api')] },
      { name: 'web', workload: 'Deployment/web', dependsOn: ['api'], checks: [health('web')] },
    ],
    watch,
  };
}
