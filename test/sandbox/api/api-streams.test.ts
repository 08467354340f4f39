import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { addRunningPod, startApiWorld, type ApiWorld } from '../support/api-world.ts';

const pod = '/api/v1/namespaces/demo/pods/p';
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

interface Conversation {
  readonly protocol: string;
  /** What came, by channel. */
  readonly received: ReadonlyMap<number, string>;
}

describe('reaching into a pod', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = await startApiWorld();
    addRunningPod(world.store, 'p', { app: 'echo' });
  });

  afterEach(async () => {
    await world.api.close();
  });

  function converse(path: string, messages: readonly Buffer[] = []): Promise<Conversation> {
    const socket = new WebSocket(`${world.api.url.replace('http', 'ws')}${path}`, protocols);
    const received = new Map<number, string>();
    return new Promise((resolve, reject) => {
      socket.on('open', () => {
        messages.forEach((message) => {
          socket.send(message);
        });
      });
      socket.on('message', (data: Buffer) => {
        const channel = data.readUInt8(0);
        received.set(channel, (received.get(channel) ?? '') + data.subarray(1).toString('latin1'));
      });
      socket.on('error', reject);
      socket.on('close', () => {
        resolve({ protocol: socket.protocol, received });
      });
    });
  }

  const onChannel = (channel: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);

  test('exec gives standard input to the command and its output and success back', async () => {
    const { protocol, received } = await converse(`${pod}/exec?command=cat&stdin=true&stdout=true`, [
      onChannel(0, 'hello '),
      onChannel(0, 'there'),
      Buffer.from([255, 0]),
    ]);
    expect(protocol).toBe('v5.channel.k8s.io');
    expect(received.get(1)).toBe('hello there');
    expect(JSON.parse(received.get(3) ?? '')).toEqual({ metadata: {}, status: 'Success' });
  });

  test('exec tells the exit code, and that a command is not there', async () => {
    const failed = await converse(`${pod}/exec?command=sh&command=-c&command=exit+3&stdout=true`);
    expect(JSON.parse(failed.received.get(3) ?? '')).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    const absent = await converse(`${pod}/exec?command=psql&stdout=true`);
    expect(JSON.parse(absent.received.get(3) ?? '')).toMatchObject({
      reason: 'InternalError',
      message: expect.stringContaining('exec: "psql": executable file not found in $PATH'),
    });
  });

  test.each([
    ['a pod that is not there', '/api/v1/namespaces/demo/pods/absent/exec?command=true', 404],
    ['a container that the pod has not got', `${pod}/exec?command=true&container=other`, 400],
    ['no command', `${pod}/exec`, 400],
    ['no port', `${pod}/portforward`, 400],
  ])('refuses %s before the upgrade', async (_what, path, status) => {
    await expect(converse(path)).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  test('refuses exec in a container that does not run', async () => {
    world.store.mutate('pods', 'demo', 'p', (object) => {
      object['status'] = { phase: 'Pending', containerStatuses: [{ name: 'main', state: { waiting: {} } }] };
    });
    await expect(converse(`${pod}/exec?command=true`)).rejects.toThrow('Unexpected server response: 500');
  });

  test('refuses exec to those who have not the right', async () => {
    world.api.deny({ verb: 'create', resource: 'pods', subresource: 'exec' });
    await expect(converse(`${pod}/exec?command=true`)).rejects.toThrow('Unexpected server response: 403');
  });

  const get = 'GET /q?a=b HTTP/1.1\r\nHost: x\r\nAuthorization: Basic abc\r\nConnection: close\r\n\r\n';

  test('port-forward carries HTTP to the pod with everything in it', async () => {
    const { protocol, received } = await converse(`${pod}/portforward?ports=8080`, [onChannel(0, get)]);
    expect(protocol).toBe('v4.channel.k8s.io');
    const data = received.get(0) ?? '';
    expect(data.slice(0, 2)).toBe('\x90\x1f');
    expect(data).toMatch(/^..HTTP\/1\.1 200 OK\r\n/s);
    expect(data).toContain('{"path":"/q?a=b","authorization":"Basic abc"}');
  });

  test('port-forward to a port that nobody listens on says so on the error channel', async () => {
    const { received } = await converse(`${pod}/portforward?ports=8081`, [onChannel(0, get)]);
    expect(received.get(1)).toMatch('connection refused');
  });

  test('the service proxy reaches a ready pod and keeps the Authorization header to itself', async () => {
    world.store.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'echo', namespace: 'demo' },
      spec: {
        selector: { app: 'echo' },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'shut', port: 81, targetPort: 8081 },
        ],
      },
    });
    const proxy = (target: string) =>
      world.send('GET', `/api/v1/namespaces/demo/services/${target}/proxy/x?y=1`, {
        headers: { authorization: 'Basic abc' },
      });
    const answer = await proxy('echo:80');
    expect([answer.status, answer.headers['x-echo'], answer.json]).toEqual([200, 'yes', { path: '/x?y=1' }]);
    expect((await proxy('http:echo:http')).status).toBe(200);
    expect((await proxy('echo:81')).at('message')).toBe(
      'error trying to reach service: dial tcp 10.0.0.9:8081: connect: connection refused',
    );
    expect((await proxy('echo:82')).at('message')).toBe('no service port 82 found for service "echo"');
  });
});
