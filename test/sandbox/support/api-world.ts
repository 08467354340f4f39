import { request } from 'node:http';
import type { ProgramAnswer, Programs } from '../../../src/sandbox/api/api-programs.ts';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../../../src/sandbox/api/api-server.ts';
import { VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { ObjectStore } from '../../../src/sandbox/store/object-store.ts';
import type { StoredObject } from '../../../src/sandbox/store/stored-object.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: unknown;
  /** What stands at a path of the JSON: `details.causes.0.message`. */
  at(path: string): unknown;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiWorld {
  readonly api: ApiServer;
  readonly store: ObjectStore;
  readonly clock: VirtualClock;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
}

/** A pod that echoes what reaches it on port 8080, and knows `cat` and `sh -c exit N`. */
export const echoPrograms: Programs = {
  httpGet: (_pod, { port, path, headers }): ProgramAnswer | 'refused' =>
    port === 8080
      ? {
          status: 200,
          headers: { 'x-echo': 'yes' },
          body: JSON.stringify({ path, authorization: headers['authorization'] }),
        }
      : 'refused',
  log: () => 'first\nsecond\nthird\n',
  exec: async (_pod, { command, stdin }) => {
    if (command[0] === 'cat') {
      const chunks = await stdin.toArray();
      return { exitCode: 0, stdout: Buffer.concat(chunks as Buffer[]).toString(), stderr: '' };
    }
    const exit = /exit (\d+)/.exec(command.join(' '))?.[1];
    return {
      exitCode: exit === undefined ? 127 : Number(exit),
      stdout: '',
      stderr: exit === undefined ? 'no such' : '',
    };
  },
};

export async function startApiWorld(
  hooks: Pick<ApiServerOptions, 'onRequest' | 'intercept'> & { programs?: Programs } = {},
): Promise<ApiWorld> {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'), 1);
  const store = new ObjectStore(clock);
  const { programs = echoPrograms, ...rest } = hooks;
  store.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'demo' },
    status: { phase: 'Active' },
  });
  const api = await startApiServer({ store, clock, programs, ...rest });
  return { api, store, clock, send: (method, path, options) => send(api.url, { method, path, ...options }) };
}

export function send(
  url: string,
  { method, path, body, type, headers }: SendOptions & { method: string; path: string },
): Promise<Answer> {
  const bytes = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const outgoing = request(new URL(path, url), {
    method,
    headers: {
      ...(bytes && { 'content-type': type ?? 'application/json', 'content-length': bytes.length }),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const received = Buffer.concat(chunks);
        const text = received.toString();
        const json: unknown = text.startsWith('{') && !text.includes('}\n{') ? JSON.parse(text) : undefined;
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes: received,
          text,
          json,
          at: (path) =>
            path
              .split('.')
              .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], json),
        });
      });
    });
    outgoing.end(bytes);
  });
}

/** A pod that is running and ready, as a kubelet would leave it. */
export function addRunningPod(store: ObjectStore, name: string, labels: Record<string, string> = {}): StoredObject {
  return store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'demo', labels },
    spec: {
      nodeName: 'node',
      terminationGracePeriodSeconds: 30,
      containers: [{ name: 'main', image: 'busybox:1.36' }],
    },
    status: {
      phase: 'Running',
      podIP: '10.0.0.9',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: {} } }],
    },
  });
}
