import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { connectCluster } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '../../../src/cluster-ports.ts';
import {
  kubeconfigText,
  sendJson,
  sendStatus,
  startFakeServer,
  type Answer,
  type FakeServer,
} from '../../support/fake-server.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-credentials-'));
  cleanUps.push(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

async function connectAs(
  user: Readonly<Record<string, unknown>>,
  answer: Answer = sendNamespace,
): Promise<{ cluster: Cluster; server: FakeServer }> {
  const server = await startFakeServer(answer);
  cleanUps.push(() => server.close());
  const cluster = await connectCluster({
    kubeconfigText: server.kubeconfig(user),
    requestTimeoutMs: 5000,
    env: {},
    version: '1.2.3',
  });
  cleanUps.push(() => {
    cluster.close();
  });
  return { cluster, server };
}

const sendNamespace: Answer = (response) => {
  sendJson(response, 200, { kind: 'Namespace', metadata: { name: 'shop' } });
};

/** Accepts one token and refuses all others as expired. */
const accepting =
  (token: string): Answer =>
  (response, request) => {
    if (request.headers.authorization === `Bearer ${token}`) sendNamespace(response, request);
    else sendStatus(response, 401, 'Unauthorized');
  };

/** A credential plugin that gives the next word of a file at each call, and counts its calls. */
function plugin(folder: string, script: string): Record<string, unknown> {
  const path = join(folder, 'plugin.mjs');
  writeFileSync(path, script);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [path] } };
}

test('a token, the groups to act for and the User-Agent go with each request', async () => {
  const { cluster, server } = await connectAs({
    token: 'first',
    as: 'ana',
    'as-groups': ['ops', 'dev'],
    'as-uid': '7',
    'as-user-extra': { scope: ['a'] },
  });

  await cluster.namespaceExists('shop');

  expect(server.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer first',
    'impersonate-user': 'ana',
    'impersonate-group': 'ops, dev',
    'impersonate-uid': '7',
    'impersonate-extra-scope': 'a',
    'user-agent': 'c2l/1.2.3',
  });
});

test('user name and password go as basic authentication', async () => {
  const { cluster, server } = await connectAs({ username: 'ana', password: 'word' });

  await cluster.namespaceExists('shop');

  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('ana:word')}`);
});

test('a token file is read again when its token is refused in the middle', async () => {
  const tokenFile = join(makeFolder(), 'token');
  writeFileSync(tokenFile, 'first\n');
  let valid = 'first';
  const { cluster, server } = await connectAs({ tokenFile }, (response, request) => {
    accepting(valid)(response, request);
  });
  expect(await cluster.namespaceExists('shop')).toMatchObject({ state: 'present' });

  valid = 'second';
  writeFileSync(tokenFile, 'second\n');

  expect(await cluster.namespaceExists('shop')).toMatchObject({ state: 'present' });
  expect(server.requests.map((request) => request.headers.authorization)).toEqual([
    'Bearer first',
    'Bearer first',
    'Bearer second',
  ]);
});

test('credentials that stay refused are asked for once more, and not for ever', async () => {
  const tokenFile = join(makeFolder(), 'token');
  writeFileSync(tokenFile, 'expired');
  const { cluster, server } = await connectAs({ tokenFile }, accepting('another'));

  expect(await cluster.namespaceExists('shop')).toMatchObject({ state: 'unreadable', cause: 'unauthorized' });
  expect(server.requests).toHaveLength(2);
});

test('a fixed token is not tried twice', async () => {
  const { cluster, server } = await connectAs({ token: 'expired' }, accepting('another'));

  expect(await cluster.namespaceExists('shop')).toMatchObject({ cause: 'unauthorized' });
  expect(server.requests).toHaveLength(1);
});

test('a credential plugin is run once for many requests, and again when its token is refused', async () => {
  const folder = makeFolder();
  const calls = join(folder, 'calls');
  const user = plugin(
    folder,
    `import { appendFileSync, readFileSync } from 'node:fs';
     appendFileSync(${JSON.stringify(calls)}, 'x');
     const token = 'token' + readFileSync(${JSON.stringify(calls)}, 'utf8').length;
     const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
     const expirationTimestamp = '2999-01-01T00:00:00Z';
     console.log(JSON.stringify({ ...info, status: { token, expirationTimestamp } }));`,
  );
  let valid = 'token1';
  const { cluster, server } = await connectAs(user, (response, request) => {
    accepting(valid)(response, request);
  });
  await Promise.all([cluster.namespaceExists('shop'), cluster.namespaceExists('shop')]);
  valid = 'token2';

  const answers = await Promise.all([cluster.namespaceExists('shop'), cluster.namespaceExists('shop')]);

  expect(answers).toEqual([
    { state: 'present', value: true },
    { state: 'present', value: true },
  ]);
  expect(new Set(server.requests.map((request) => request.headers.authorization))).toEqual(
    new Set(['Bearer token1', 'Bearer token2']),
  );
});

test('a plugin that fails is named, and what it wrote is not passed on', async () => {
  const said = ['secret', 'words'].join('-');
  const user = plugin(makeFolder(), `console.error(${JSON.stringify(said)}); process.exit(1);`);
  const { cluster, server } = await connectAs(user);

  const found = await cluster.namespaceExists('shop');

  expect(found).toEqual({
    state: 'unreadable',
    cause: 'unauthorized',
    reason: `credential plugin ${process.execPath} gave no credentials; try kubectl get namespaces`,
  });
  expect(server.requests).toHaveLength(0);
});

test('a plugin that is not installed is told so', async () => {
  const { cluster } = await connectAs({ exec: { command: 'c2l-no-such-plugin' } });

  expect(await cluster.namespaceExists('shop')).toMatchObject({
    cause: 'unauthorized',
    reason: 'credential plugin c2l-no-such-plugin is not installed; try kubectl get namespaces',
  });
});

test('a certificate file that is not there is told before anything is sent', async () => {
  await expect(connectAs({ 'client-certificate': '/no/such/crt.pem' })).rejects.toMatchObject({
    code: 'kubeconfig-invalid',
    message: 'client-certificate of context "fake": /no/such/crt.pem cannot be read',
  });
});

test('a client certificate that is none is told, and nothing of it is quoted', async () => {
  const text = 'n'.repeat(20);
  const cluster = await connectCluster({
    kubeconfigText: kubeconfigText('https://127.0.0.1:1', {
      'client-certificate-data': Buffer.from(text).toString('base64'),
      'client-key-data': Buffer.from(text).toString('base64'),
    }),
    requestTimeoutMs: 5000,
    env: {},
  });
  cleanUps.push(() => {
    cluster.close();
  });

  const error: unknown = await cluster.namespaceExists('shop').catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({
    code: 'kubeconfig-invalid',
    message: expect.stringMatching(/^user "\w+" has a client certificate or key that cannot be used \(ERR_\w+\)$/),
  });
  expect(inspect(error)).not.toContain(text);
});
