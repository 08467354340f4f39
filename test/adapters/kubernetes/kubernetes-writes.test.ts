import { afterEach, describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { connectCluster } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '../../../src/cluster-ports.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { OperatorError } from '../../../src/errors.ts';
import { sendJson, sendStatus, startFakeServer, type Answer, type FakeServer } from '../../support/fake-server.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function connectTo(answer: Answer, timeoutMs = 5000): Promise<{ cluster: Cluster; server: FakeServer }> {
  const server = await startFakeServer(answer);
  cleanUps.push(() => server.close());
  const cluster = await connectCluster({
    kubeconfigText: server.kubeconfig(),
    requestTimeoutMs: timeoutMs,
    env: {},
    pause: () => Promise.resolve(),
  });
  cleanUps.push(() => {
    cluster.close();
  });
  return { cluster, server };
}

const text = 'v'.repeat(12);
const data = new Map([['password', SecretValue.fromText(text)]]);
const pod = { namespace: 'shop', name: 'api-0', uid: 'uid-1' };
const secret = { kind: 'Secret', metadata: { name: 'db', namespace: 'shop', resourceVersion: '8' }, data: {} };

const patch = (cluster: Cluster) =>
  cluster.patchSecret({ namespace: 'shop', name: 'db', resourceVersion: '7', data, annotations: { note: 'n' } });

async function failureOf(writing: Promise<unknown>): Promise<OperatorError> {
  const error: unknown = await writing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OperatorError) return error;
  throw new Error(`not an OperatorError: ${inspect(error)}`);
}

const ok: Answer = (response) => {
  sendJson(response, 200, secret);
};

describe('what is sent', () => {
  test.each<[string, (cluster: Cluster) => Promise<unknown>, object, object]>([
    [
      'patchSecret',
      patch,
      { method: 'PATCH', path: '/api/v1/namespaces/shop/secrets/db?fieldManager=c2l' },
      { metadata: { resourceVersion: '7', annotations: { note: 'n' } }, data: { password: btoa(text) } },
    ],
    [
      'createSecret',
      (cluster) =>
        cluster.createSecret({
          namespace: 'shop',
          name: 'db',
          type: 'Opaque',
          labels: { a: 'b' },
          annotations: { note: 'n' },
          data,
        }),
      { method: 'POST', path: '/api/v1/namespaces/shop/secrets?fieldManager=c2l' },
      { type: 'Opaque', metadata: { labels: { a: 'b' }, annotations: { note: 'n' } }, data: { password: btoa(text) } },
    ],
    [
      'createNamespace',
      (cluster) => cluster.createNamespace('shop'),
      { method: 'POST', path: '/api/v1/namespaces?fieldManager=c2l' },
      { kind: 'Namespace', metadata: { name: 'shop' } },
    ],
    [
      'evictPod',
      (cluster) => cluster.evictPod(pod),
      { method: 'POST', path: '/api/v1/namespaces/shop/pods/api-0/eviction' },
      { kind: 'Eviction', apiVersion: 'policy/v1', deleteOptions: { preconditions: { uid: 'uid-1' } } },
    ],
    [
      'deletePod',
      (cluster) => cluster.deletePod(pod),
      { method: 'DELETE', path: '/api/v1/namespaces/shop/pods/api-0' },
      { kind: 'DeleteOptions', preconditions: { uid: 'uid-1' } },
    ],
    [
      'restartWorkload',
      (cluster) => cluster.restartWorkload({ kind: 'StatefulSet', namespace: 'shop', name: 'db', at: 'then' }),
      { method: 'PATCH', path: '/apis/apps/v1/namespaces/shop/statefulsets/db?fieldManager=c2l' },
      { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'then' } } } } },
    ],
  ])('%s', async (_name, write, request, body) => {
    const { cluster, server } = await connectTo(ok);

    await write(cluster);

    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject(request);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject(body);
    if (server.requests[0]?.method === 'PATCH') {
      expect(server.requests[0].headers['content-type']).toBe('application/merge-patch+json');
    }
  });
});

describe('what a write that failed says', () => {
  const status =
    (code: number, reason: string, more = {}): Answer =>
    (response) => {
      sendStatus(response, code, reason, { message: text, ...more });
    };
  const heldFast = 'field is immutable when `immutable` is set';
  const invalid = (...causes: readonly { field: string; reason: string; message: string }[]): Answer =>
    status(422, 'Invalid', {
      message: `Secret "db" is invalid: ${causes.map(({ field, message }) => `${field}: ${message}`).join(', ')}`,
      details: { causes },
    });

  type Row = [string, Answer, string, string];
  test.each<Row>([
    ['409', status(409, 'Conflict'), 'conflict', 'secret shop/db changed since it was read'],
    ['404', status(404, 'NotFound'), 'conflict', 'secret shop/db is no longer there'],
    ['403', status(403, 'Forbidden'), 'forbidden', 'not allowed to patch secrets shop/db (403)'],
    [
      '403 of a namespace that ends',
      status(403, 'Forbidden', { details: { causes: [{ reason: 'NamespaceTerminating' }] } }),
      'write-failed',
      'patch secrets shop/db failed: namespace shop is being deleted',
    ],
    [
      '422 of an immutable Secret',
      invalid({ field: 'data', reason: 'FieldValueForbidden', message: `Forbidden: ${heldFast}` }),
      'write-failed',
      'patch secrets shop/db failed: it is immutable (422)',
    ],
    [
      '422 of a patch that cannot be read, which repeats the Secret',
      invalid({ field: 'patch', reason: 'FieldValueInvalid', message: `"immutable": true, ${text}: illegal base64` }),
      'write-failed',
      'patch secrets shop/db failed: the API server holds it for invalid (422)',
    ],
    [
      '422 of fields, by their names',
      invalid(
        { field: 'type', reason: 'FieldValueInvalid', message: `Invalid value: "${text}": field is immutable` },
        { field: 'data[tls.crt]', reason: 'FieldValueRequired', message: 'Required value' },
        { field: 'data[a b]', reason: 'FieldValueInvalid', message: `Invalid value: "${text}": a valid config key` },
      ),
      'write-failed',
      'patch secrets shop/db failed: the API server refuses it: type cannot be changed, data[tls.crt] is missing, data[a b] is invalid (422)',
    ],
    [
      '422 of annotations that are too long, which is not the data',
      invalid({ field: 'metadata.annotations', reason: 'FieldValueTooLong', message: 'Too long: may not be more' }),
      'write-failed',
      'patch secrets shop/db failed: the API server refuses it: metadata.annotations is too long (422)',
    ],
    [
      '422 of an admission policy',
      status(422, 'Invalid', {
        message: `secrets "db" is forbidden: ValidatingAdmissionPolicy 'keep' with binding 'keep-shop' denied request: ${text} is immutable`,
      }),
      'write-failed',
      'patch secrets shop/db failed: the admission policy keep refuses it (422)',
    ],
    [
      '403 of an admission webhook',
      status(403, 'Forbidden', { message: `admission webhook "gate.shop.test" denied the request: ${text}` }),
      'write-failed',
      'patch secrets shop/db failed: the admission webhook gate.shop.test refuses it (403)',
    ],
    [
      '500 of a webhook that does not answer',
      status(500, 'InternalError', {
        message: `Internal error occurred: failed calling webhook "gate.shop.test": failed to call webhook: Post "https://${text}": context deadline exceeded`,
      }),
      'write-failed',
      'patch secrets shop/db failed: the API server cannot ask the admission webhook gate.shop.test: it does not answer in time (500)',
    ],
    ...[
      ['dial tcp 10.0.0.1:443: connect: connection refused', ': it refuses connections'],
      ['no endpoints available for service "gate"', ': its Service has no endpoints'],
      ['service "gate" not found', ': its Service does not exist'],
      ['dial tcp: lookup gate.shop.svc: no such host', ': its host has no address'],
      ['tls: failed to verify certificate: x509: certificate has expired', ': its certificate is not trusted'],
      [`an error on the server ("${text}") has prevented the request`, ': it answers with an error'],
      [`${text}, in words of a later server`, ''],
    ].map(([said = '', told = '']): Row => [
      `500 of a webhook that cannot be asked${told}`,
      status(500, 'InternalError', {
        message: `Internal error occurred: failed calling webhook "gate.shop.test": failed to call webhook: ${said}`,
      }),
      'write-failed',
      `patch secrets shop/db failed: the API server cannot ask the admission webhook gate.shop.test${told} (500)`,
    ]),
    [
      '403 of a quota',
      status(403, 'Forbidden', { message: `secrets "db" is forbidden: exceeded quota: small, requested: ${text}` }),
      'write-failed',
      'patch secrets shop/db failed: quota small has no room for it (403)',
    ],
    [
      '422',
      status(422, 'Invalid'),
      'write-failed',
      'patch secrets shop/db failed: the API server holds it for invalid (422)',
    ],
    ['500', status(500, 'x'), 'write-failed', 'patch secrets shop/db failed: the API server refused it (500)'],
    ['429', status(429, 'x'), 'write-failed', 'patch secrets shop/db failed: the API server refused it (429)'],
    [
      '404 of something else',
      (response) => {
        response.writeHead(404).end(text);
      },
      'write-failed',
      'patch secrets shop/db failed: the server does not answer as a Kubernetes API server (404)',
    ],
    [
      'a page of HTML',
      (response) => {
        response.writeHead(200).end(`<html>${text}`);
      },
      'write-failed',
      'patch secrets shop/db failed: it was accepted, but the answer is not a Secret',
    ],
    [
      'a connection that is cut',
      (response) => {
        response.destroy();
      },
      'write-failed',
      'patch secrets shop/db failed: SERVER broke off the connection (ECONNRESET); whether it was done is not known',
    ],
  ])('%s, sent once', async (_name, answer, code, message) => {
    const { cluster, server } = await connectTo(answer);

    const error = await failureOf(patch(cluster));

    expect(error).toMatchObject({ code, message: message.replace('SERVER', server.url) });
    expect(error.hint).toMatch(/ -n shop|^kubectl get validating/);
    expect(server.requests).toHaveLength(1);
    const printed = inspect(error, { depth: 9, showHidden: true });
    expect(printed).not.toContain(text);
    expect(printed).not.toContain(btoa(text));
  });

  test('a write that is not answered is told as one that may have been made', async () => {
    const { cluster, server } = await connectTo(() => undefined, 50);

    const error = await failureOf(patch(cluster));

    expect(error.message).toBe(
      `patch secrets shop/db failed: ${server.url} did not answer within 0.05 s; whether it was done is not known`,
    );
    expect(server.requests).toHaveLength(1);
  });
});

describe('pods', () => {
  test('one that is gone is what was wanted', async () => {
    const { cluster } = await connectTo((response) => {
      sendStatus(response, 404, 'NotFound');
    });

    expect(await cluster.evictPod(pod)).toEqual({ isDone: true });
  });

  test('one that was replaced is a conflict', async () => {
    const { cluster } = await connectTo((response) => {
      sendStatus(response, 409, 'Conflict');
    });

    expect(await failureOf(cluster.evictPod(pod))).toMatchObject({
      code: 'conflict',
      message: 'pod shop/api-0 was replaced since it was read',
    });
  });

  test('an eviction that a PodDisruptionBudget refuses names it, and is not sent again', async () => {
    const message = 'The disruption budget calm needs 2 healthy pods and has 1 currently';
    const details = { causes: [{ reason: 'DisruptionBudget', message }] };
    const { cluster, server } = await connectTo((response) => {
      sendStatus(response, 429, 'TooManyRequests', { details });
    });

    expect(await cluster.evictPod(pod)).toEqual({ isDone: false, budget: { name: 'calm', needed: 2, healthy: 1 } });
    expect(server.requests).toHaveLength(1);
  });

  test('an eviction that is refused without a word is not done either', async () => {
    const { cluster, server } = await connectTo((response) => {
      sendStatus(response, 429, 'TooManyRequests', {}, { 'Retry-After': '1' });
    });

    expect(await cluster.evictPod(pod)).toEqual({ isDone: false });
    expect(server.requests).toHaveLength(1);
  });
});
