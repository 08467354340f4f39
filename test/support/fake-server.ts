import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeServer {
  readonly url: string;
  /** Everything that was asked, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** A kubeconfig of one context, with these fields of its user. */
  kubeconfig(user?: Readonly<Record<string, unknown>>): string;
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** A server on the loopback that answers as each test wants: faults are what it is for, not Kubernetes. */
export async function startFakeServer(
  answer: Answer,
  upgrade?: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<FakeServer> {
  const requests: ReceivedRequest[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(received);
      answer(response, received);
    });
  });
  if (upgrade !== undefined) server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    kubeconfig: (user = {}) => kubeconfigText(url, user),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function kubeconfigText(server: string, user: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    clusters: [{ name: 'fake', cluster: { server } }],
    users: [{ name: 'fake', user }],
  });
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** An API `Status`, as a failure is told by Kubernetes. */
export function sendStatus(response: ServerResponse, code: number, reason: string, more = {}, headers = {}): void {
  sendJson(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, ...more }, headers);
}
