import { afterEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { connectCluster } from '../../../src/adapters/kubernetes/kubernetes-cluster.ts';
import type { Cluster } from '../../../src/cluster-ports.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import { sendJson, sendStatus, startFakeServer, type Answer } from '../../support/fake-server.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Stream {
  readonly socket: WebSocket;
  readonly path: string;
}

/** Speaks the stream protocol as the test's `play` says; `protocol` is what the server chooses. */
async function connectTo(
  parts: { answer?: Answer; play?: (stream: Stream) => void; protocol?: string; refuse?: string },
  requestTimeoutMs = 5000,
): Promise<Cluster> {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => parts.protocol ?? 'v5.channel.k8s.io' });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    cleanUps.push(() => socket.destroy());
    if (parts.refuse !== undefined) {
      socket.end(parts.refuse);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (stream) => {
      parts.play?.({ socket: stream, path: request.url ?? '' });
    });
  };
  const server = await startFakeServer(parts.answer ?? (() => undefined), upgrade);
  cleanUps.push(() => server.close());
  const cluster = await connectCluster({ kubeconfigText: server.kubeconfig(), requestTimeoutMs, env: {} });
  cleanUps.push(() => {
    cluster.close();
  });
  return cluster;
}

const frame = (channel: number, content: string | Buffer) => Buffer.concat([Buffer.of(channel), Buffer.from(content)]);
const refusal = (code: number, body: object | string) => {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  return `HTTP/1.1 ${code} x\r\nConnection: close\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
};

describe('serviceGet', () => {
  const target = { namespace: 'shop', service: 'api', port: 8080, path: '/health' };
  const message = (text: string): Answer => {
    return (response) => {
      sendStatus(response, 503, 'ServiceUnavailable', { message: text });
    };
  };

  test('the application’s own failure is its answer, asked once', async () => {
    const paths: string[] = [];
    const cluster = await connectTo({
      answer: (response, request) => {
        paths.push(request.path);
        sendJson(response, 503, { database: 'down' });
      },
    });

    expect(await cluster.serviceGet(target)).toEqual({
      state: 'present',
      value: { status: 503, body: '{"database":"down"}' },
    });
    expect(paths).toEqual(['/api/v1/namespaces/shop/services/api:8080/proxy/health']);
  });

  test.each([
    ['error trying to reach service: dial tcp 10.0.0.1:8080: connect: connection refused', 'connection refused'],
    ['error trying to reach service: EOF', 'the pod could not be reached'],
    ['no endpoints available for service "api"', 'no ready endpoints'],
    ['no service port 81 found for service "api"', 'the service has no such port'],
  ])('%s is a fact about the service', async (text, failure) => {
    const cluster = await connectTo({ answer: message(text) });

    expect(await cluster.serviceGet(target)).toEqual({ state: 'present', value: { status: 503, body: '', failure } });
  });

  test('an application that hangs is a fact about it, an API server that hangs is not', async () => {
    const connect = (hangs: (path: string) => boolean) =>
      connectTo(
        {
          answer: (response, { path }) => {
            if (!hangs(path)) sendJson(response, 200, {});
          },
        },
        100,
      );
    const application = await connect((path) => path.includes('/proxy/'));
    const everything = await connect(() => true);

    expect(await application.serviceGet(target)).toEqual({
      state: 'present',
      value: { status: 503, body: '', failure: 'no answer within 0.1 s' },
    });
    expect(await everything.serviceGet(target)).toMatchObject({ state: 'unreadable', cause: 'timeout' });
  });

  test('what the API server itself refuses is not', async () => {
    const forbidden = await connectTo({
      answer: (response) => {
        sendStatus(response, 403, 'Forbidden');
      },
    });
    const busy = await connectTo({ answer: message('the server is shutting down') });
    const missing = await connectTo({
      answer: (response) => {
        sendStatus(response, 404, 'NotFound');
      },
    });

    expect(await forbidden.serviceGet(target)).toMatchObject({
      cause: 'forbidden',
      reason: 'not allowed to get services/proxy shop/api (403)',
    });
    expect(await busy.serviceGet(target)).toMatchObject({ state: 'unreadable', cause: 'server-error' });
    expect(await missing.serviceGet(target)).toEqual({ state: 'absent' });
  });
});

describe('exec', () => {
  const target = { namespace: 'shop', pod: 'db-0', container: 'db', command: ['sh', '-c', 'read a'] };
  const success = JSON.stringify({ status: 'Success' });
  const exited = (code: string) =>
    JSON.stringify({ status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: code }] } });

  test('secret input goes over standard input, a line of base64 each, and then it ends', async () => {
    const received: Buffer[] = [];
    let asked = '';
    const cluster = await connectTo({
      play: ({ socket, path }) => {
        asked = path;
        socket.on('message', (data: Buffer) => {
          received.push(data);
          if (data[0] !== 255) return;
          for (const part of [frame(1, 'out'), frame(2, 'err'), frame(1, 'put'), frame(3, exited('3'))])
            socket.send(part);
          socket.close();
        });
      },
    });
    const input = ['one', 'two\nlines'].map((value) => SecretValue.fromText(value));

    const result = await cluster.exec({ ...target, input });

    expect(result).toEqual({ state: 'present', value: { exitCode: 3, stdout: 'output', stderr: 'err' } });
    expect(received).toEqual([frame(0, `${btoa('one')}\n${btoa('two\nlines')}\n`), Buffer.of(255, 0)]);
    expect(new URL(asked, 'http://x').searchParams.getAll('command')).toEqual(target.command);
    expect(asked).toContain('stdin=true');
    expect(asked).not.toContain(btoa('one'));
  });

  test('the older protocol cannot end the input, and is not asked to', async () => {
    const received: Buffer[] = [];
    const cluster = await connectTo({
      protocol: 'v4.channel.k8s.io',
      play: ({ socket }) => {
        socket.on('message', (data: Buffer) => {
          received.push(data);
          socket.send(frame(3, success));
          socket.close();
        });
      },
    });

    expect(await cluster.exec({ ...target, input: [SecretValue.fromText('x')] })).toMatchObject({
      value: { exitCode: 0 },
    });
    expect(received.map((data) => data[0])).toEqual([0]);
  });

  const closing =
    (...frames: Buffer[]) =>
    ({ socket }: Stream): void => {
      for (const part of frames) socket.send(part);
      socket.close();
    };
  const notFound = JSON.stringify({ status: 'Failure', message: 'exec: "x": executable file not found in $PATH' });

  test.each<[string, Parameters<typeof connectTo>[0], object]>([
    ['a command that is not there', { play: closing(frame(3, notFound)) }, { value: { exitCode: 127 } }],
    ['a stream without an outcome', { play: closing(frame(1, 'x')) }, { cause: 'server-error' }],
    ['an outcome that is garbage', { play: closing(frame(3, '{{')) }, { cause: 'server-error' }],
    [
      'unknown channels',
      { play: closing(frame(77, 'x'), Buffer.alloc(0), frame(3, success)) },
      { value: { exitCode: 0 } },
    ],
    [
      'a stream that breaks',
      {
        play: ({ socket }) => {
          socket.terminate();
        },
      },
      { cause: 'server-error' },
    ],
    ['403', { refuse: refusal(403, { kind: 'Status', reason: 'Forbidden' }) }, { cause: 'forbidden' }],
    ['a pod that is not there', { refuse: refusal(404, { kind: 'Status', reason: 'NotFound' }) }, { state: 'absent' }],
    ['a container that does not run', { refuse: refusal(500, 'container not found ("db")') }, { state: 'absent' }],
    ['something else that answers', { refuse: refusal(404, '<html>') }, { cause: 'not-kubernetes' }],
    ['a connection that is cut', { refuse: '' }, { cause: 'unreachable' }],
  ])('%s', async (_name, parts, expected) => {
    const cluster = await connectTo(parts);

    expect(await cluster.exec(target)).toMatchObject(expected);
  });

  test('a command that does not end, and one that is under way at the end of c2l', async () => {
    const hanging = await connectTo({}, 100);
    const closed: Cluster = await connectTo({
      play: () => {
        closed.close();
      },
    });

    expect(await hanging.exec(target)).toEqual({
      state: 'unreadable',
      cause: 'timeout',
      reason: 'the command in pod shop/db-0 did not end within 0.1 s',
    });
    expect(await closed.exec(target)).toMatchObject({ cause: 'unreachable', reason: 'c2l ended the connection' });
  });
});

describe('podGet', () => {
  const target = { namespace: 'shop', pod: 'web-0', port: 8080, path: '/health' };
  const port = Buffer.of(0x90, 0x1f);
  const opening = (socket: WebSocket): void => {
    for (const channel of [0, 1]) socket.send(frame(channel, port));
  };
  const protocol = 'v4.channel.k8s.io';

  test('speaks HTTP through the forward, with the login in a header', async () => {
    let request = '';
    const cluster = await connectTo({
      protocol,
      play: ({ socket }) => {
        opening(socket);
        socket.on('message', (data: Buffer) => {
          request += data.subarray(1).toString();
          if (!request.endsWith('\r\n\r\n')) return;
          const answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno';
          for (const half of [answer.slice(0, 20), answer.slice(20)]) socket.send(frame(0, half));
        });
      },
    });
    const basicAuth = { user: SecretValue.fromText('admin'), password: SecretValue.fromText('päss') };

    expect(await cluster.podGet({ ...target, basicAuth })).toEqual({
      state: 'present',
      value: { status: 401, body: 'no' },
    });
    expect(request).toMatch(/^GET \/health HTTP\/1\.1\r\n/);
    expect(request).toContain(`Authorization: Basic ${Buffer.from('admin:päss').toString('base64')}\r\n`);
  });

  const after = (...frames: Buffer[]) => {
    return ({ socket }: Stream): void => {
      opening(socket);
      for (const part of frames) socket.send(part);
      socket.close();
    };
  };

  test.each([
    ['refused', after(frame(1, 'dial tcp4 127.0.0.1:8080: connect: connection refused')), 'connection refused'],
    ['not made', after(frame(1, 'no such network namespace')), 'the connection could not be made'],
    ['closed', after(), 'closed without an answer by HTTP'],
    ['answered by something else', after(frame(0, 'SSH-2.0\r\n')), 'closed without an answer by HTTP'],
  ])('a connection that is %s is an answer about the pod', async (_name, play, failure) => {
    const cluster = await connectTo({ protocol, play });

    expect(await cluster.podGet(target)).toEqual({ state: 'present', value: { status: 0, body: '', failure } });
  });

  test('a pod that never answers is told as such, an API server that never does is unreadable', async () => {
    const silentPod = await connectTo(
      {
        protocol,
        play: ({ socket }) => {
          opening(socket);
        },
      },
      100,
    );
    const silentServer = await connectTo({ refuse: 'HTTP/1.1 200' }, 100);

    expect(await silentPod.podGet(target)).toMatchObject({ value: { status: 0, failure: 'no answer within 0.1 s' } });
    expect(await silentServer.podGet(target)).toMatchObject({ state: 'unreadable' });
  });

  test('a pod that is not there, and one that may not be reached', async () => {
    const missing = await connectTo({ refuse: refusal(404, { kind: 'Status', reason: 'NotFound' }) });
    const forbidden = await connectTo({ refuse: refusal(403, { kind: 'Status', reason: 'Forbidden' }) });

    expect(await missing.podGet(target)).toEqual({ state: 'absent' });
    expect(await forbidden.podGet(target)).toMatchObject({
      cause: 'forbidden',
      reason: 'not allowed to create pods/portforward shop/web-0 (403)',
    });
  });
});
