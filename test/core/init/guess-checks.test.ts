import { describe, expect, test } from '@jest/globals';
import type { Container } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { ConfigMap, Service } from '../../../src/core/cluster/kubernetes.ts';
import { guessChecks, guessJson } from '../../../src/core/init/guess-checks.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { container, deployment, namespace, snapshotOf } from '../../support/builders.ts';

const env = (name: string, value: string) => ({ name, value });

const secretEnv = (name: string, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

function checks(spec: readonly Container[], services: readonly Service[] = [], configMaps: readonly ConfigMap[] = []) {
  const snapshot = snapshotOf(deployment('web', { spec: { containers: spec } }), { services });
  const [workload] = workloads(snapshot);
  if (workload === undefined) throw new Error('no workload');
  return guessChecks(workload, snapshot, configMaps);
}

describe('a database is proved by a login', () => {
  const password = { secret: 'db', key: 'password' };
  const postgres = (image: string, ...variables: NonNullable<Container['env']>[number][]) =>
    container('db', { image, env: variables });
  const usual = secretEnv('POSTGRES_PASSWORD', 'db', 'password');

  test.each([
    'postgres',
    'postgres:16',
    'docker.io/library/postgres@sha256:ab',
    'bitnami/postgresql:16',
    'postgis/postgis:16-3.4',
    'timescale/timescaledb:latest',
    'pgvector/pgvector:pg16',
  ])('by image %s', (image) => {
    expect(checks([postgres(image, usual)])).toEqual([
      { kind: 'postgres-login', user: { value: 'postgres' }, password },
    ]);
  });

  test.each([
    ['that only has the name in it', 'prometheuscommunity/postgres-exporter:1', usual],
    ['that reads like one', 'shop/mypostgres:1', usual],
    ['with a password that stands in the open', 'postgres:16', env('POSTGRES_PASSWORD', 'x')],
    ['with no password', 'postgres:16', env('OTHER', 'x')],
  ])('but no image %s', (_, image, variable) => {
    expect(checks([postgres(image, variable)])).toEqual([]);
  });

  test('by the user and the database that it is told, in either way of naming', () => {
    expect(
      checks([postgres('postgres:16', usual, env('POSTGRES_USER', 'shop'), env('POSTGRES_DB', 'orders'))]),
    ).toEqual([{ kind: 'postgres-login', user: { value: 'shop' }, password, database: 'orders' }]);
    expect(
      checks([
        postgres(
          'bitnami/postgresql:16',
          secretEnv('POSTGRESQL_PASSWORD', 'db', 'password'),
          secretEnv('POSTGRESQL_USERNAME', 'db', 'user'),
          env('POSTGRESQL_DATABASE', 'orders'),
        ),
      ]),
    ).toEqual([{ kind: 'postgres-login', user: { secret: 'db', key: 'user' }, password, database: 'orders' }]);
  });

  test('but not by a user that nobody can read, and by no database of a Secret', () => {
    expect(checks([postgres('postgres:16', usual, { name: 'POSTGRES_USER' })])).toEqual([]);
    expect(checks([postgres('postgres:16', usual, secretEnv('POSTGRES_DB', 'db', 'name'))])).toEqual([
      { kind: 'postgres-login', user: { value: 'postgres' }, password },
    ]);
  });
});

describe('a program is proved by what kubelet asks it', () => {
  const asked = (port: number | string, path?: string, more: Partial<Container> = {}): Container =>
    container('web', {
      ports: [
        { name: 'metrics', containerPort: 9090 },
        { name: 'http', containerPort: 8080 },
      ],
      readinessProbe: { httpGet: { port, ...(path === undefined ? {} : { path }) } },
      ...more,
    });
  const leading = (
    ports: readonly object[],
    selector: Readonly<Record<string, string>> = { app: 'web' },
    place = namespace,
  ): Service => ({ metadata: { name: 'front', namespace: place }, spec: { selector, ports } }) as Service;

  test.each<[string, Container, readonly object[], number]>([
    ['by number', asked(8080, '/health'), [{ port: 80, targetPort: 8080 }], 80],
    ['by the name of the port', asked('http', '/health'), [{ port: 80, targetPort: 8080 }], 80],
    ['by the name in the Service', asked(8080, '/health'), [{ port: 80, targetPort: 'http' }], 80],
    ['where the Service names no other', asked(8080, '/health'), [{ port: 8080 }], 8080],
    [
      'by the one of several ports',
      asked(8080, '/health'),
      [
        { port: 1, targetPort: 'metrics' },
        { port: 2, targetPort: 'http' },
      ],
      2,
    ],
  ])('through the Service that leads there, %s', (_, spec, ports, port) => {
    expect(checks([spec], [leading(ports)])).toEqual([{ kind: 'http', service: 'front', port, path: '/health' }]);
  });

  test('at its root where the probe names no path', () => {
    expect(checks([asked(8080)], [leading([{ port: 80, targetPort: 8080 }])])).toMatchObject([{ path: '/' }]);
  });

  const ports = [{ port: 80, targetPort: 8080 }];
  test.each<[string, Container, readonly Service[]]>([
    ['without a Service', asked(8080), []],
    ['by a Service that leads to another port', asked(8080), [leading([{ port: 80, targetPort: 9090 }])]],
    ['by a Service of others', asked(8080), [leading(ports, { app: 'api' })]],
    ['by a Service that wants more', asked(8080), [leading(ports, { app: 'web', tier: 'x' })]],
    ['by a Service that selects nothing', asked(8080), [leading(ports, {})]],
    ['by a Service of another namespace', asked(8080), [leading(ports, { app: 'web' }, 'elsewhere')]],
    ['by a port that it does not have', asked('admin'), [leading(ports)]],
    ['without a probe', container('web', { ports: [{ containerPort: 8080 }] }), [leading(ports)]],
    ['by a probe that is no request', container('web', { readinessProbe: {} }), [leading(ports)]],
  ])('and is not %s', (_, spec, services) => {
    expect(checks([spec], services)).toEqual([]);
  });

  test('by the second Service where the first leads elsewhere', () => {
    const first = { ...leading([{ port: 80, targetPort: 9090 }]), metadata: { name: 'other', namespace } };
    expect(checks([asked(8080)], [first, leading(ports)])).toMatchObject([{ service: 'front' }]);
  });

  test('and Grafana by a login of its administrator too, as its health says nothing of that', () => {
    const variables = (user: readonly object[]) =>
      [secretEnv('GF_SECURITY_ADMIN_PASSWORD', 'grafana', 'password'), ...user] as never;
    const password = { secret: 'grafana', key: 'password' };
    const health = { kind: 'http', service: 'front', port: 80, path: '/api/health' };
    const login = (user: object) => ({
      ...health,
      name: 'grafana admin login',
      path: '/api/org',
      basicAuth: { user, password },
    });
    const found = (...user: readonly object[]) =>
      checks([asked(8080, '/api/health', { env: variables(user) })], [leading(ports)]);
    expect(found()).toEqual([health, login({ value: 'admin' })]);
    expect(found(env('GF_SECURITY_ADMIN_USER', 'root'))).toEqual([health, login({ value: 'root' })]);
    expect(found({ name: 'GF_SECURITY_ADMIN_USER' })).toEqual([health]);
    expect(
      checks([asked(8080, '/api/health', { env: [env('GF_SECURITY_ADMIN_PASSWORD', 'x')] })], [leading(ports)]),
    ).toEqual([health]);
  });
});

describe('what a health answer says of the things behind a program', () => {
  test.each<[string, object | undefined]>([
    [
      '{"status":"ok","database":{"status":"connected"},"cache":{"healthy":true}}',
      { 'database.status': 'connected', 'cache.healthy': true },
    ],
    ['{"db":{"state":"UP"},"mq":{"connected":true}}', { 'db.state': 'UP', 'mq.connected': true }],
    ['{"db":{"status":"degraded"},"x":{"statusText":"ok","astate":"ok"}}', undefined],
    ['{"db":{"connected":false}}', undefined],
    ['{"db":["ok"],"x":null,"y":"ok"}', undefined],
    ['[{"db":{"status":"ok"}}]', undefined],
    ['"ok"', undefined],
    ['<html>', undefined],
    ...['ok', 'up', 'healthy', 'ready', 'OK'].map((word): [string, object] => [
      `{"db":{"status":"${word}"}}`,
      { 'db.status': word },
    ]),
  ])('%s', (body, claims) => {
    expect(guessJson(body)).toEqual(claims);
  });
});
