import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { SandboxClock } from '../clock/sandbox-clock.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { AccessRules, type DenyRule } from './api-access.ts';
import { discovery } from './api-discovery.ts';
import { answerRequest } from './api-handlers.ts';
import type { ApiContext } from './api-objects.ts';
import { ApiProblem } from './api-problem.ts';
import type { Programs } from './api-programs.ts';
import { methodNotAllowed, parseRequest } from './api-request.ts';
import { Streams } from './api-streams.ts';
import type { BoundRole } from './role-rules.ts';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

/** A fault in the place of an answer: one to send, silence for ever, or a connection that breaks. */
export type Fault =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'reset';

export interface ApiServerOptions {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly programs: Programs;
  /** Called with every request once it is answered; 0 for one that never is. */
  readonly onRequest?: (request: SeenRequest & { readonly status: number }) => void;
  /** Asked before anything else looks at a request. */
  readonly intercept?: (request: SeenRequest) => Fault | undefined;
}

export interface ApiServer {
  readonly url: string;
  /** Takes a right away, for requests and in the answers to SelfSubjectAccessReviews, until the result is called. */
  deny(rule: DenyRule): () => void;
  /** Leaves nothing but what these roles allow, until the result is called. */
  allowOnly(roles: readonly BoundRole[]): () => void;
  /** Ends every connection and watch. */
  close(): Promise<void>;
}

/** From this size on an answer is compressed for those who ask for it, as the API server does. */
const gzipFrom = 128 * 1024;

/** Serves the store as a Kubernetes API over plain HTTP on the loopback. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const access = new AccessRules();
  const context: ApiContext = { store: options.store, clock: options.clock, programs: options.programs, access };
  const streams = new Streams(context);
  const server = createServer((incoming, response) => {
    void serveRequest(context, options, { incoming, response });
  });
  server.on('upgrade', (incoming, socket: Socket, head) => {
    serveUpgrade(context, options, { streams, incoming, socket, head });
  });
  server.on('clientError', (_error, socket) => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    deny: (rule) => access.deny(rule),
    allowOnly: (roles) => access.allowOnly(roles),
    close: async () => {
      streams.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

function seen(incoming: IncomingMessage): SeenRequest {
  return { method: incoming.method ?? 'GET', path: incoming.url ?? '/' };
}

async function serveRequest(context: ApiContext, options: ApiServerOptions, exchange: Exchange): Promise<void> {
  const { incoming, response } = exchange;
  const request = seen(incoming);
  const fault = options.intercept?.(request);
  if (fault === 'hang' || fault === 'reset') {
    options.onRequest?.({ ...request, status: 0 });
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
    }
    return;
  }
  response.once('close', () => options.onRequest?.({ ...request, status: response.statusCode }));
  if (fault) {
    response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    response.end(fault.body);
    return;
  }
  try {
    await route(context, exchange);
  } catch (error) {
    sendProblem(exchange, error);
  }
}

async function route(context: ApiContext, exchange: Exchange): Promise<void> {
  const { incoming, response } = exchange;
  const url = new URL(`http://sandbox${incoming.url ?? '/'}`);
  const path = url.pathname.replace(/(?<=.)\/$/, '');
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    return;
  }
  const document = discovery(path);
  if (document !== undefined) {
    if (incoming.method !== 'GET') {
      throw methodNotAllowed();
    }
    sendJson(exchange, 200, document);
    return;
  }
  const request = parseRequest(incoming.method ?? 'GET', url, incoming.headers['user-agent'] ?? '');
  context.access.check(request);
  const answer = await answerRequest(context, request, exchange);
  if (answer) {
    sendJson(exchange, answer.code, answer.body);
  }
}

function serveUpgrade(
  context: ApiContext,
  options: ApiServerOptions,
  upgrade: { streams: Streams; incoming: IncomingMessage; socket: Socket; head: Buffer },
): void {
  const { streams, incoming, socket } = upgrade;
  const request = seen(incoming);
  const report = (status: number): void => options.onRequest?.({ ...request, status });
  // Whoever breaks the connection is gone; without a listener the error would end the process.
  socket.on('error', () => undefined);
  const fault = options.intercept?.(request);
  if (fault === 'hang' || fault === 'reset') {
    report(0);
    if (fault === 'reset') {
      socket.resetAndDestroy();
    } else {
      // Read on, or it would never be seen that the other end has given up.
      socket.resume().on('end', () => socket.destroy());
    }
    return;
  }
  if (fault) {
    report(fault.status);
    refuseUpgrade(socket, fault.status, { headers: fault.headers, body: fault.body });
    return;
  }
  try {
    const parsed = parseRequest('GET', new URL(`http://sandbox${incoming.url ?? '/'}`), '');
    context.access.check(parsed);
    if (parsed.subresource !== 'exec' && parsed.subresource !== 'portforward') {
      throw methodNotAllowed();
    }
    streams.serve(parsed, upgrade);
    report(101);
  } catch (error) {
    const problem = problemOf(error);
    report(problem.code);
    refuseUpgrade(socket, problem.code, { body: JSON.stringify(problem.toStatus()) });
  }
}

function refuseUpgrade(
  socket: Socket,
  status: number,
  answer: { headers?: Readonly<Record<string, string>> | undefined; body: string },
): void {
  const headers = {
    'content-type': 'application/json',
    ...answer.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(answer.body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', answer.body].join('\r\n'));
}

function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ApiProblem(500, 'InternalError', `Internal error occurred: ${message}`);
}

function sendProblem(exchange: Exchange, error: unknown): void {
  const problem = problemOf(error);
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const { retryAfterSeconds } = problem.details ?? {};
  if (retryAfterSeconds !== undefined) {
    exchange.response.setHeader('retry-after', retryAfterSeconds);
  }
  sendJson(exchange, problem.code, problem.toStatus());
}

function sendJson({ incoming, response }: Exchange, code: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  const isZipped = text.length >= gzipFrom && /\bgzip\b/.test(String(incoming.headers['accept-encoding']));
  const bytes = isZipped ? gzipSync(text, { level: 1 }) : Buffer.from(text);
  response.writeHead(code, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    'content-length': bytes.length,
    ...(isZipped && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
  });
  response.end(incoming.method === 'HEAD' ? undefined : bytes);
}
