import { afterEach, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { connectCluster, type ConnectClusterOptions } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '../../../src/cluster-ports.ts';
import {
  kubeconfigText,
  sendJson,
  sendStatus,
  startFakeServer,
  type Answer,
  type FakeServer,
} from '../../support/fake-server.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function connectTo(
  answer: Answer,
  options: Partial<ConnectClusterOptions> = {},
): Promise<{ cluster: Cluster; server: FakeServer; pauses: number[] }> {
  const server = await startFakeServer(answer);
  const pauses: number[] = [];
  const cluster = await connectCluster({
    kubeconfigText: server.kubeconfig(),
    requestTimeoutMs: 5000,
    env: {},
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  opened.push(server, cluster);
  return { cluster, server, pauses };
}

const podList = (names: readonly string[], more = {}) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {},
  items: names.map((name) => ({
    metadata: { name, namespace: 'shop', managedFields: [{ manager: 'kubelet' }] },
    spec: { containers: [{ name: 'main' }] },
  })),
  ...more,
});

/** Stands for anything of the server's answer that must not be passed on. */
const canary = ['leaked', 'canary'].join('-');

describe('what a read that failed says', () => {
  const cases: [string, Answer, string, string][] = [
    [
      '401',
      (response) => {
        sendStatus(response, 401, 'Unauthorized', { message: canary });
      },
      'unauthorized',
      'the API server does not accept the credentials (401)',
    ],
    [
      '403',
      (response) => {
        sendStatus(response, 403, 'Forbidden', { message: canary });
      },
      'forbidden',
      'not allowed to list pods in namespace shop (403)',
    ],
    [
      '500',
      (response) => {
        sendStatus(response, 500, 'InternalError', { message: canary });
      },
      'server-error',
      'the API server failed to list pods in namespace shop (500)',
    ],
    [
      'a core resource that is not found',
      (response) => {
        response.writeHead(404).end('404 page not found\n');
      },
      'not-kubernetes',
      'the server does not answer as a Kubernetes API server (404)',
    ],
    [
      'a page of HTML',
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<html>${canary}</html>`);
      },
      'not-kubernetes',
      'the answer to list pods in namespace shop is not JSON, or not all of it',
    ],
    [
      'JSON that is cut off',
      (response) => {
        response.writeHead(200).end(JSON.stringify(podList([canary])).slice(0, -5));
      },
      'not-kubernetes',
      'the answer to list pods in namespace shop is not JSON, or not all of it',
    ],
    [
      'JSON that is no list',
      (response) => {
        sendJson(response, 200, { kind: 'Pod', name: canary });
      },
      'not-kubernetes',
      'the answer to list pods in namespace shop is not a list',
    ],
    [
      'an object of the wrong shape',
      (response) => {
        sendJson(response, 200, podList([], { items: [{ metadata: { name: 'p' }, spec: { containers: canary } }] }));
      },
      'not-kubernetes',
      'the answer to list pods in namespace shop is a list with malformed objects (spec.containers)',
    ],
    [
      'a redirection',
      (response) => {
        response.writeHead(302, { Location: `https://login.example/${canary}` }).end();
      },
      'not-kubernetes',
      'the server redirects elsewhere instead of answering as Kubernetes (302)',
    ],
    [
      'gzip that is none',
      (response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(canary);
      },
      'not-kubernetes',
      'the server sent an answer that cannot be decompressed',
    ],
    [
      'a body that breaks off',
      (response) => {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{"kind":"PodList"', () => response.destroy());
      },
      'unreachable',
      'SERVER broke off the connection (ECONNRESET)',
    ],
    [
      'a connection that is cut',
      (response) => {
        response.destroy();
      },
      'unreachable',
      'SERVER broke off the connection (ECONNRESET)',
    ],
  ];

  test.each(cases)('%s', async (_name, answer, cause, reason) => {
    const { cluster, server } = await connectTo(answer);

    const found = await cluster.list('pods', 'shop');

    expect(found).toEqual({ state: 'unreadable', cause, reason: reason.replace('SERVER', server.url) });
    expect(JSON.stringify(found)).not.toContain(canary);
  });

  test('a server that is down', async () => {
    const { cluster, server } = await connectTo(() => undefined);
    await server.close();
    opened.shift();

    expect(await cluster.listSecrets('shop')).toEqual({
      state: 'unreadable',
      cause: 'unreachable',
      reason: `${server.url} refuses the connection (ECONNREFUSED)`,
    });
  });

  test('a server that hangs before its headers, and one that hangs in its body', async () => {
    const silent = await connectTo(() => undefined, { requestTimeoutMs: 50 });
    const halting = await connectTo((response) => response.writeHead(200).write('{'), { requestTimeoutMs: 50 });

    for (const { cluster, server } of [silent, halting]) {
      expect(await cluster.namespaceExists('shop')).toEqual({
        state: 'unreadable',
        cause: 'timeout',
        reason: `${server.url} did not answer within 0.05 s`,
      });
    }
  });

  test('a server that does not speak TLS', async () => {
    const server = await startFakeServer(() => undefined);
    const cluster = await connectCluster({
      kubeconfigText: kubeconfigText(server.url.replace('http:', 'https:')),
      requestTimeoutMs: 5000,
      env: {},
    });
    opened.push(server, cluster);

    const found = await cluster.namespaceExists('shop');

    expect(found).toMatchObject({ cause: 'unreachable' });
    expect(found).toHaveProperty('reason', expect.stringContaining('TLS'));
  });

  test('whatever is asked after the end', async () => {
    const { cluster, server } = await connectTo((response) => {
      sendJson(response, 200, podList([]));
    });
    cluster.close();

    expect(await cluster.list('pods')).toMatchObject({ cause: 'unreachable', reason: 'c2l ended the connection' });
    expect(server.requests).toHaveLength(0);
  });

  test('what was under way at the end', async () => {
    const { cluster } = await connectTo(() => {
      cluster.close();
    });

    expect(await cluster.list('pods')).toMatchObject({ cause: 'unreachable', reason: 'c2l ended the connection' });
  });
});

describe('what is not there', () => {
  test('a named object that Kubernetes does not find is absent', async () => {
    const { cluster } = await connectTo((response) => {
      sendStatus(response, 404, 'NotFound');
    });

    expect(await cluster.readSecret('shop', 'db')).toEqual({ state: 'absent' });
    expect(await cluster.namespaceExists('shop')).toEqual({ state: 'absent' });
  });

  test('a 404 that is not of Kubernetes is no such fact', async () => {
    const { cluster } = await connectTo((response) => {
      response.writeHead(404).end('404 page not found\n');
    });

    expect(await cluster.namespaceExists('shop')).toMatchObject({ state: 'unreadable', cause: 'not-kubernetes' });
  });

  test('a resource that is not installed is absent', async () => {
    const { cluster, server } = await connectTo((response) => {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 page not found\n');
    });

    expect(await cluster.list('applications', 'argocd')).toEqual({ state: 'absent' });
    expect(server.requests[0]?.path).toBe('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications?limit=500');
  });
});

describe('retries of reads', () => {
  test('429 is waited out as the server asks', async () => {
    let count = 0;
    const { cluster, server, pauses } = await connectTo((response) => {
      count += 1;
      if (count < 3) sendStatus(response, 429, 'TooManyRequests', {}, { 'Retry-After': String(count) });
      else sendJson(response, 200, podList(['a']));
    });

    expect(await cluster.list('pods')).toMatchObject({ state: 'present' });
    expect(pauses).toEqual([1000, 2000]);
    expect(server.requests).toHaveLength(3);
  });

  test('429 is not waited out for ever, nor for long', async () => {
    const busy = await connectTo((response) => {
      sendStatus(response, 429, 'TooManyRequests', {}, { 'Retry-After': '1' });
    });
    const long = await connectTo((response) => {
      sendStatus(response, 429, 'TooManyRequests', {}, { 'Retry-After': '3600' });
    });
    const failure = { state: 'unreadable', cause: 'rate-limited' };

    expect(await busy.cluster.list('pods')).toMatchObject(failure);
    expect(busy.server.requests).toHaveLength(4);
    expect(await long.cluster.list('pods')).toMatchObject(failure);
    expect(long.server.requests).toHaveLength(1);
  });

  test('a server error gets one more chance', async () => {
    let count = 0;
    const { cluster, server } = await connectTo((response) => {
      count += 1;
      if (count === 1) sendStatus(response, 503, 'ServiceUnavailable');
      else sendJson(response, 200, podList(['a']));
    });

    expect(await cluster.list('pods')).toMatchObject({ state: 'present' });
    expect(server.requests).toHaveLength(2);
  });

  test('a kept connection that the server has dropped is no failure', async () => {
    let count = 0;
    const { cluster } = await connectTo((response) => {
      count += 1;
      if (count === 2) response.destroy();
      else sendJson(response, 200, podList(['a']));
    });

    await cluster.list('pods');

    expect(await cluster.list('pods')).toMatchObject({ state: 'present' });
    expect(count).toBe(3);
  });
});

describe('lists', () => {
  test('all pages are one list, without managed fields', async () => {
    const { cluster, server } = await connectTo((response, { path }) => {
      const isSecond = path.includes('continue=');
      sendJson(response, 200, podList([isSecond ? 'b' : 'a'], { metadata: { continue: isSecond ? '' : 'page/2' } }));
    });

    const found = await cluster.list('pods', 'shop');

    expect(found).toEqual({
      state: 'present',
      value: ['a', 'b'].map((name) => ({
        metadata: { name, namespace: 'shop' },
        spec: { containers: [{ name: 'main' }] },
      })),
    });
    expect(server.requests.map((request) => request.path)).toEqual([
      '/api/v1/namespaces/shop/pods?limit=500',
      '/api/v1/namespaces/shop/pods?limit=500&continue=page%2F2',
    ]);
  });

  test('a list that expires in the middle begins once more, without what was read', async () => {
    let count = 0;
    const { cluster } = await connectTo((response) => {
      count += 1;
      if (count === 2) sendStatus(response, 410, 'Expired');
      else sendJson(response, 200, podList([`p${count}`], { metadata: { continue: count === 1 ? 'next' : '' } }));
    });

    const found = await cluster.list('pods');

    expect(found.state === 'present' && found.value.map((pod) => pod.metadata.name)).toEqual(['p3']);
  });

  test('a list that expires again and again is unreadable', async () => {
    const { cluster, server } = await connectTo((response, { path }) => {
      if (path.includes('continue=')) sendStatus(response, 410, 'Expired');
      else sendJson(response, 200, podList(['a'], { metadata: { continue: 'next' } }));
    });

    expect(await cluster.list('pods')).toEqual({
      state: 'unreadable',
      cause: 'server-error',
      reason: 'pods changed faster than the list could be read',
    });
    expect(server.requests).toHaveLength(4);
  });

  test.each<[string, Answer, string]>([
    [
      'is refused',
      (response) => {
        sendStatus(response, 403, 'Forbidden');
      },
      'forbidden',
    ],
    [
      'fails',
      (response) => {
        sendStatus(response, 500, 'InternalError');
      },
      'server-error',
    ],
    [
      'is cut off',
      (response) => {
        response.end(JSON.stringify(podList(['b'])).slice(0, -9));
      },
      'not-kubernetes',
    ],
    [
      'breaks off in the middle',
      (response) => {
        response.writeHead(200, { 'Content-Length': '9999' });
        response.write('{"kind":"PodList","items":[', () => response.destroy());
      },
      'unreachable',
    ],
    ['never comes', () => undefined, 'timeout'],
  ])('a list whose second page %s is unreadable as a whole', async (_, second, cause) => {
    const { cluster } = await connectTo(
      (response, request) => {
        if (request.path.includes('continue=')) second(response, request);
        else sendJson(response, 200, podList(['a'], { metadata: { continue: 'next' } }));
      },
      { requestTimeoutMs: 300 },
    );

    expect(await cluster.list('pods', 'shop')).toMatchObject({ state: 'unreadable', cause });
  });

  test('compressed answers are read', async () => {
    const { cluster, server } = await connectTo((response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(JSON.stringify(podList(['a']))));
    });

    expect(await cluster.list('pods')).toMatchObject({ value: [{ metadata: { name: 'a' } }] });
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test('optional fields that are null count as absent, and no items as none', async () => {
    const { cluster } = await connectTo((response, { path }) => {
      const event = { metadata: { name: 'e', labels: null }, involvedObject: {}, lastTimestamp: null };
      sendJson(response, 200, { kind: 'EventList', items: path.includes('/events') ? [event] : null });
    });

    expect(await cluster.list('events')).toEqual({
      state: 'present',
      value: [{ metadata: { name: 'e' }, involvedObject: {} }],
    });
    expect(await cluster.list('pods')).toEqual({ state: 'present', value: [] });
  });
});

describe('isAllowed', () => {
  const right = { verb: 'patch', group: '', resource: 'secrets', namespace: 'shop' } as const;

  test('passes on what the review says', async () => {
    const { cluster, server } = await connectTo((response) => {
      sendJson(response, 201, { kind: 'SelfSubjectAccessReview', status: { allowed: false } });
    });

    expect(await cluster.isAllowed(right)).toEqual({ state: 'present', value: false });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ spec: { resourceAttributes: right } });
  });

  test('a review without an answer is not a No', async () => {
    const { cluster } = await connectTo((response) => {
      sendJson(response, 201, { kind: 'SelfSubjectAccessReview' });
    });

    expect(await cluster.isAllowed(right)).toMatchObject({ state: 'unreadable', cause: 'not-kubernetes' });
  });
});

describe('a kind of somebody else that may not be listed', () => {
  test.each<[what: string, discovery: number, state: string, requests: number]>([
    ['is absent where its API is not installed, in no version', 404, 'absent', 4],
    ['is unreadable where it is', 200, 'unreadable', 2],
    ['is unreadable where that is not told either', 403, 'unreadable', 2],
  ])('%s', async (_, discovery, state, requests) => {
    const { cluster, server } = await connectTo((response, { path }) => {
      const isDiscovery = /^\/apis\/external-secrets\.io\/\w+$/.test(path);
      sendStatus(response, isDiscovery ? discovery : 403, 'Forbidden', {});
    });

    expect((await cluster.list('externalsecrets', 'shop')).state).toBe(state);
    expect(server.requests).toHaveLength(requests);
  });
});

describe('External Secrets that is served in an older version alone', () => {
  const older = '/apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets';
  const item = { metadata: { name: 'app', namespace: 'shop' }, spec: { secretStoreRef: { name: 'vault' } } };

  test.each<[situation: string, v1: (response: Parameters<Answer>[0]) => void]>([
    ['is read from it', (response) => response.writeHead(404).end('404 page not found')],
    [
      'is read from it where rights are looked at first',
      (response) => {
        sendStatus(response, 403, 'Forbidden');
      },
    ],
  ])('%s', async (_, v1) => {
    const { cluster } = await connectTo((response, { path }) => {
      if (path.startsWith(`${older}?`))
        sendJson(response, 200, { kind: 'ExternalSecretList', metadata: {}, items: [item] });
      else if (path.startsWith('/apis/external-secrets.io/v1/')) v1(response);
      else response.writeHead(404).end('404 page not found');
    });
    expect(await cluster.list('externalsecrets', 'shop')).toMatchObject({ state: 'present', value: [item] });
  });

  test('and that is not there at all, is absent', async () => {
    const { cluster } = await connectTo((response) => response.writeHead(404).end('404 page not found'));
    expect(await cluster.list('externalsecrets', 'shop')).toEqual({ state: 'absent' });
  });

  test('is asked to sync there', async () => {
    const { cluster, server } = await connectTo((response, { path }) => {
      if (path.startsWith(`${older}/app?`)) sendJson(response, 200, item);
      else response.writeHead(404).end('404 page not found');
    });
    await cluster.annotate({ resource: 'externalsecrets', namespace: 'shop', name: 'app', annotations: { a: 'b' } });
    expect(server.requests.at(-1)).toMatchObject({ method: 'PATCH', path: expect.stringContaining(`${older}/app?`) });
  });
});
