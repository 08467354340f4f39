import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { ProgramAnswer, ProgramExit } from '../../../src/sandbox/api/api-programs.ts';
import { deletePod } from '../../../src/sandbox/controllers/owned-pods.ts';
import { isReady } from '../../../src/sandbox/kubelet/kubelet-pod.ts';
import { containerStates } from '../../support/sandbox-api.ts';
import { fromSecret, pod, secret, stillCluster, workload } from '../../support/sandbox-cluster.ts';
import type { StillCluster } from '../../support/sandbox-cluster.ts';

const first = 'f'.repeat(16);
const second = 's'.repeat(16);
const readinessProbe = { exec: { command: ['sh', '-c', 'pg_isready -q -h 127.0.0.1'] }, periodSeconds: 1 };
const database = {
  image: 'postgres:16-alpine',
  command: undefined,
  readinessProbe,
  ports: [{ name: 'postgres', containerPort: 5432 }],
  env: [fromSecret('POSTGRES_PASSWORD', 's', 'password'), { name: 'POSTGRES_USER', value: 'app' }],
  volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
};
const claim = {
  metadata: { name: 'data' },
  spec: { storageClassName: 'default', resources: { requests: { storage: '1Gi' } } },
};

function service(name: string, spec: object): Parameters<StillCluster['apply']>[0] {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ...spec } };
}

/** A cluster with a database `db` that has started once with the first password, on a claimed volume or in the pod. */
function withDatabase(volumes: 'claimed' | 'emptyDir'): StillCluster {
  const cluster = stillCluster();
  cluster.apply(
    secret('s', { password: first }),
    service('db', { clusterIP: 'None', ports: [{ port: 5432 }] }),
    volumes === 'claimed'
      ? workload('StatefulSet', 'db', { container: database, spec: { volumeClaimTemplates: [claim] } })
      : workload('StatefulSet', 'db', { container: database, pod: { volumes: [{ name: 'data', emptyDir: {} }] } }),
  );
  cluster.pass(5);
  return cluster;
}

function setPassword(cluster: StillCluster, password: string): void {
  cluster.store.mutate('secrets', 'test', 's', (draft) => {
    draft['data'] = { password: Buffer.from(password).toString('base64') };
  });
}

function replaceDatabase(cluster: StillCluster): void {
  deletePod(cluster, cluster.pod('db-0'));
  cluster.pass(6);
}

function exec(cluster: StillCluster, command: readonly string[], input = ''): Promise<ProgramExit> {
  const stdin = new PassThrough();
  stdin.end(input);
  return cluster.kubelet.programs.exec(cluster.pod('db-0'), { container: 'main', command, stdin });
}

async function login(
  cluster: StillCluster,
  password: string,
  to: { host?: string; database?: string } = {},
): Promise<string> {
  const { host = cluster.pod('db-0').status?.podIP ?? '', database: name = 'app' } = to;
  const input = ['app', password].map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
  const { stdout } = await exec(cluster, ['sh', '-c', 'a script', 'c2l-postgres-login', host, '5432', name], input);
  return stdout;
}

describe('postgres', () => {
  test('takes the password of its first start and no other', async () => {
    const cluster = withDatabase('claimed');
    expect(isReady(cluster.pod('db-0'))).toBe(true);
    expect(await login(cluster, first)).toBe('login=ok\ncontrol=refused\n');
    expect(await login(cluster, second)).toBe('login=refused\ncontrol=refused\n');
    expect(await login(cluster, first, { database: 'nope' })).toBe('login=no-database\ncontrol=refused\n');
  });

  test('keeps that password on its claimed volume whatever the Secret says later', async () => {
    const cluster = withDatabase('claimed');
    setPassword(cluster, second);
    replaceDatabase(cluster);
    expect(await login(cluster, first)).toBe('login=ok\ncontrol=refused\n');
    expect(await login(cluster, second)).toBe('login=refused\ncontrol=refused\n');
  });

  test('starts anew on an emptyDir and once its claim was deleted', async () => {
    const inPod = withDatabase('emptyDir');
    setPassword(inPod, second);
    replaceDatabase(inPod);
    expect(await login(inPod, second)).toBe('login=ok\ncontrol=refused\n');

    const claimed = withDatabase('claimed');
    setPassword(claimed, second);
    claimed.store.remove('persistentvolumeclaims', 'test', 'data-db-0');
    replaceDatabase(claimed);
    expect(await login(claimed, second)).toBe('login=ok\ncontrol=refused\n');
  });

  test('trusts its loopback, and cannot be reached where it is not', async () => {
    const cluster = withDatabase('claimed');
    expect(await login(cluster, second, { host: '127.0.0.1' })).toBe('login=ok\ncontrol=no-role\n');
    expect(await login(cluster, second, { host: '127.0.0.1', database: 'nope' })).toBe(
      'login=no-database\ncontrol=no-role\n',
    );
    expect(await login(cluster, first, { host: 'nowhere' })).toBe('login=unreachable\ncontrol=unreachable\n');
  });

  test('does not start an empty volume without a password', () => {
    const cluster = stillCluster();
    cluster.apply(pod('p', { containers: [{ ...database, name: 'main', env: [] }] }));
    cluster.pass(5);
    expect(containerStates(cluster.pod('p'))[0]).toMatch(/^main: CrashLoopBackOff/);
  });

  test('has pg_isready, and of other commands nothing', async () => {
    const cluster = withDatabase('claimed');
    expect((await exec(cluster, ['pg_isready'])).exitCode).toBe(0);
    expect(await exec(cluster, ['cat', '/etc/passwd'])).toMatchObject({ exitCode: 127, stdout: '' });
  });

  test('a login whose password line does not come gets no verdict', async () => {
    const { stdout } = await exec(
      withDatabase('claimed'),
      ['sh', '-c', 'x', 'c2l-postgres-login', 'h', '5432', 'app'],
      'YXBw',
    );
    expect(stdout).toBe('login=no-input\n');
  });
});

describe('grafana', () => {
  const grafana = {
    image: 'grafana/grafana:11.3.0',
    command: undefined,
    ports: [{ containerPort: 3000 }],
    env: [fromSecret('GF_SECURITY_ADMIN_PASSWORD', 's', 'password')],
  };

  function ask(cluster: StillCluster, path: string, password?: string): ProgramAnswer | 'refused' {
    const basic = Buffer.from(`admin:${password ?? ''}`).toString('base64');
    const headers = password === undefined ? {} : { authorization: `Basic ${basic}` };
    return cluster.kubelet.programs.httpGet(cluster.pods()[0]!, { port: 3000, path, headers });
  }

  test('answers its health, and its organisation to the admin alone', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', { password: first }), workload('Deployment', 'grafana', { container: grafana }));
    cluster.pass(3);
    expect(ask(cluster, '/api/health')).toMatchObject({
      status: 200,
      body: expect.stringContaining('"database":"ok"'),
    });
    expect(ask(cluster, '/api/org', first)).toMatchObject({ status: 200 });
    expect(ask(cluster, '/api/org', second)).toMatchObject({ status: 401 });
    expect(ask(cluster, '/api/org')).toMatchObject({ status: 401 });
    expect(cluster.kubelet.programs.httpGet(cluster.pods()[0]!, { port: 80, path: '/', headers: {} })).toBe('refused');
  });

  test('takes a new password with a new pod, and not before', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', { password: first }), workload('Deployment', 'grafana', { container: grafana }));
    cluster.pass(3);
    setPassword(cluster, second);
    cluster.pass(60);
    expect(ask(cluster, '/api/org', first)).toMatchObject({ status: 200 });
    deletePod(cluster, cluster.pods()[0]!);
    cluster.pass(5);
    expect(ask(cluster, '/api/org', second)).toMatchObject({ status: 200 });
  });
});

describe('the API and the web application', () => {
  const env = (password: string): object[] =>
    ['DB', 'AUTH_DB'].flatMap((prefix) => [
      { name: `${prefix}_HOST`, value: 'db.test.svc.cluster.local' },
      { name: `${prefix}_PORT`, value: '5432' },
      { name: `${prefix}_NAME`, value: 'app' },
      { name: `${prefix}_USER`, value: 'app' },
      { name: `${prefix}_PASSWORD`, value: password },
    ]);
  const probe = { httpGet: { path: '/health', port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
  const api = {
    image: 'node:22-alpine',
    command: ['node', '/app/server.js'],
    ports: [{ containerPort: 8080 }],
    readinessProbe: probe,
  };
  const web = {
    image: 'node:22-alpine',
    command: ['node', '-e'],
    env: [{ name: 'API_URL', value: 'http://api.test.svc.cluster.local' }],
    ports: [{ containerPort: 8080 }],
  };

  function health(cluster: StillCluster, app: string): unknown {
    const found = cluster.pods().find(({ metadata }) => metadata.labels?.['app'] === app)!;
    const answer = cluster.kubelet.programs.httpGet(found, { port: 8080, path: '/health', headers: {} });
    return answer === 'refused' ? answer : [answer.status, JSON.parse(answer.body)];
  }

  test('are as well as the database is', () => {
    const cluster = withDatabase('claimed');
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    cluster.apply(service('api', { ports }));
    cluster.apply(workload('Deployment', 'api', { container: { ...api, env: env(first) } }));
    cluster.apply(workload('Deployment', 'web', { container: web }));
    cluster.pass(5);
    expect(health(cluster, 'api')).toEqual([200, { status: 'ok', database: { status: 'connected' } }]);
    expect(health(cluster, 'web')).toEqual([200, { status: 'ok', api: 200 }]);

    deletePod(cluster, cluster.pod('db-0'));
    cluster.store.remove('secrets', 'test', 's');
    cluster.pass(5);
    const detail = 'postgres: ENOTFOUND; postgres-auth: ENOTFOUND';
    expect(health(cluster, 'api')).toEqual([503, { status: 'degraded', database: { status: 'unreachable', detail } }]);
    expect(
      cluster
        .pods()
        .filter(isReady)
        .map(({ metadata }) => metadata.labels?.['app']),
    ).toEqual(['web']);
    expect(health(cluster, 'web')).toEqual([503, { status: 'degraded', api: 'unreachable' }]);
  });

  test('a wrong password is told by its code, and a migration with it fails', () => {
    const cluster = withDatabase('claimed');
    const migrate = { name: 'migrate', image: 'node:22-alpine', command: ['node', '/app/server.js', 'migrate'] };
    cluster.apply(workload('Deployment', 'api', { container: { ...api, env: env(second) } }));
    cluster.apply(workload('Deployment', 'late', { pod: { initContainers: [{ ...migrate, env: env(second) }] } }));
    cluster.pass(5);
    const detail = 'postgres: 28P01; postgres-auth: 28P01';
    expect(health(cluster, 'api')).toEqual([503, { status: 'degraded', database: { status: 'unreachable', detail } }]);
    const late = cluster.pods().find(({ metadata }) => metadata.labels?.['app'] === 'late');
    expect(containerStates(late as never)[0]).toMatch(/^migrate: CrashLoopBackOff/);
  });
});
