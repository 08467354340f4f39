import { gunzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import type { Fault, SeenRequest } from '../../../src/sandbox/api/api-server.ts';
import { addRunningPod, startApiWorld, type ApiWorld } from '../support/api-world.ts';

const secrets = '/api/v1/namespaces/demo/secrets';

describe('the API server', () => {
  let world: ApiWorld;
  let fault: Fault | undefined;
  let requests: (SeenRequest & { status: number })[];

  beforeEach(async () => {
    fault = undefined;
    requests = [];
    world = await startApiWorld({
      intercept: () => fault,
      onRequest: (request) => {
        requests.push(request);
      },
    });
  });

  afterEach(async () => {
    await world.api.close();
  });

  test('says what it serves, and 404 for what it does not', async () => {
    const core = await world.send('GET', '/api/v1');
    const resources = core.at('resources') as { name: string; shortNames?: string[] }[];
    expect(resources.find(({ name }) => name === 'pods')?.shortNames).toEqual(['po']);
    expect(resources.map(({ name }) => name)).toContain('pods/eviction');
    const groups = await world.send('GET', '/apis');
    expect((groups.at('groups') as { name: string }[]).map(({ name }) => name)).toContain('argoproj.io');
    expect((await world.send('GET', '/apis/argoproj.io/v1alpha1')).at('resources')).toHaveLength(1);
    expect((await world.send('GET', '/version')).at('major')).toBe('1');
    for (const path of [
      '/nothing',
      '/api/v1/foos',
      '/apis/apps/v2/deployments',
      '/api/v1/namespaces/demo/pods/a/attach',
      '/%ff',
    ]) {
      const answer = await world.send('GET', path);
      expect([path, answer.status, answer.at('reason')]).toEqual([path, 404, 'NotFound']);
    }
  });

  test('answers 405 to a method that does not fit', async () => {
    expect((await world.send('POST', '/api/v1', { body: {} })).status).toBe(405);
    expect((await world.send('PUT', secrets, { body: {} })).status).toBe(405);
    expect((await world.send('POST', `${secrets}/a`, { body: {} })).status).toBe(405);
    expect((await world.send('GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).status).toBe(405);
  });

  test('tells of every request what became of it', async () => {
    await world.send('GET', `${secrets}?limit=1`);
    await world.send('GET', `${secrets}/absent`);
    expect(requests).toEqual([
      { method: 'GET', path: `${secrets}?limit=1`, status: 200 },
      { method: 'GET', path: `${secrets}/absent`, status: 404 },
    ]);
  });

  test('puts a given fault in the place of an answer', async () => {
    fault = { status: 500, body: '<html>down</html>', headers: { 'content-type': 'text/html' } };
    const answer = await world.send('GET', secrets);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
      500,
      '<html>down</html>',
      'text/html',
    ]);
    fault = 'reset';
    await expect(world.send('GET', secrets)).rejects.toMatchObject({ code: 'ECONNRESET' });
    fault = undefined;
    expect((await world.send('GET', secrets)).status).toBe(200);
  });

  test('puts a given fault in the place of an upgrade too', async () => {
    fault = { status: 401, body: 'expired' };
    const socket = new WebSocket(
      `${world.api.url.replace('http', 'ws')}/api/v1/namespaces/demo/pods/p/exec?command=true`,
    );
    const failure = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(failure.message).toBe('Unexpected server response: 401');
    expect(requests.map(({ status }) => status)).toEqual([401]);
  });

  test('ends hanging requests and watches when it is closed', async () => {
    const watch = world.send('GET', `${secrets}?watch=1`);
    fault = 'hang';
    const hanging = world.send('GET', secrets);
    const ended = Promise.allSettled([watch, hanging]);
    while (requests.length < 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await world.api.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    world = await startApiWorld();
  });

  test('a denied right is a 403 and the answer of an access review, until it is given back', async () => {
    const review = async () => {
      const answer = await world.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        body: { spec: { resourceAttributes: { verb: 'patch', resource: 'secrets', namespace: 'demo', name: 's' } } },
      });
      return (answer.at('status') as { allowed: boolean }).allowed;
    };
    const patch = () => world.send('PATCH', `${secrets}/s`, { body: {}, type: 'application/merge-patch+json' });
    const giveBack = world.api.deny({ verb: 'patch', resource: 'secrets' });
    const refused = await patch();
    expect([refused.status, refused.at('reason'), refused.at('message')]).toEqual([
      403,
      'Forbidden',
      'secrets "s" is forbidden: User "sandbox" cannot patch resource "secrets" in API group "" in the namespace "demo"',
    ]);
    expect(await review()).toBe(false);
    giveBack();
    expect((await patch()).status).toBe(404);
    expect(await review()).toBe(true);
  });

  test('a right on pods does not reach exec, which has a right of its own', async () => {
    addRunningPod(world.store, 'p');
    world.api.deny({ resource: 'pods', subresource: 'eviction' });
    expect((await world.send('GET', '/api/v1/namespaces/demo/pods/p')).status).toBe(200);
    expect((await world.send('POST', '/api/v1/namespaces/demo/pods/p/eviction', { body: {} })).status).toBe(403);
  });

  test('compresses a large answer for those who ask for it', async () => {
    const annotations = { text: 'x'.repeat(200_000) };
    world.store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big', namespace: 'demo', annotations },
    });
    const path = '/api/v1/namespaces/demo/configmaps/big';
    const plain = await world.send('GET', path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await world.send('GET', path, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).toString()).toBe(plain.text);
    expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 10);
  });

  test('refuses bodies that are too large, not JSON or of another type', async () => {
    const large = await world.send('POST', secrets, { body: `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}` });
    expect([large.status, large.at('reason')]).toEqual([413, 'RequestEntityTooLarge']);
    const broken = await world.send('POST', secrets, { body: '{{' });
    expect([broken.status, broken.at('reason')]).toEqual([400, 'BadRequest']);
    const binary = await world.send('POST', secrets, { body: 'x', type: 'application/vnd.kubernetes.protobuf' });
    expect(binary.at('message')).toBe(
      'the sandbox takes JSON only, not application/vnd.kubernetes.protobuf: write a manifest and use kubectl apply -f',
    );
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a number', 5],
    ['text in the place of metadata', { metadata: 'x' }],
    ['data that is no object', { metadata: { name: 'a' }, data: 'x' }],
    ['a name that is no text', { metadata: { name: 5 } }],
    ['labels that are no object', { metadata: { name: 'a', labels: 3 } }],
    ['another kind', { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' } }],
  ])('survives %s as a body', async (_what, body) => {
    for (const [method, path] of [
      ['POST', secrets],
      ['PUT', `${secrets}/a`],
      ['POST', '/api/v1/namespaces/demo/pods'],
      ['POST', '/apis/apps/v1/namespaces/demo/deployments'],
      ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ] as const) {
      const { status } = await world.send(method, path, { body });
      expect(status).toBeGreaterThanOrEqual(200);
    }
    expect((await world.send('GET', '/readyz')).text).toBe('ok');
  });

  test('survives a connection that speaks no HTTP', async () => {
    const socket = connect(Number(new URL(world.api.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.write('\0\0garbage\r\n\r\n');
    await closed;
    expect((await world.send('GET', '/readyz')).status).toBe(200);
  });

  test('gives kubectl a table with the words of its STATUS column', async () => {
    addRunningPod(world.store, 'ready');
    world.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'waiting', namespace: 'demo' },
      spec: { initContainers: [{ name: 'a' }, { name: 'b' }], containers: [{ name: 'main' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'a', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { name: 'b', state: { waiting: { reason: 'CreateContainerConfigError' } } },
        ],
        containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }],
      },
    });
    const answer = await world.send('GET', '/api/v1/namespaces/demo/pods', {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    });
    expect(answer.at('kind')).toBe('Table');
    expect((answer.at('rows') as { cells: unknown[] }[]).map(({ cells }) => cells.slice(0, 4))).toEqual([
      ['ready', '1/1', 'Running', 0],
      ['waiting', '0/1', 'Init:CreateContainerConfigError', 0],
    ]);
  });
});
