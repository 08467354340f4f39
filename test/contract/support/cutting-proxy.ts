import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';

import type { Started } from '../../support/built-program.ts';

/** When a program dies: before the server has seen its request, before it has the answer, or just after. */
export type Moment = 'before' | 'during' | 'after';

export interface Cut {
  /** Asked of each request in turn, method and path, with its place from 0. */
  readonly isMeant: (line: string, index: number) => boolean;
  readonly moment: Moment;
  readonly kill: () => void;
}

export interface CuttingProxy {
  /** Of the cluster behind it; whoever has it acts as that cluster's user. */
  readonly kubeconfig: string;
  /** Method and path of every request since the last `begin`. */
  readonly requests: readonly string[];
  /** Counts anew, and cuts at one request where that is wanted. */
  begin(cut?: Cut): void;
  /** Resolves once the cluster has answered everything that it was sent. */
  settled(): Promise<void>;
  close(): void;
}

/** Kills a program at a request, and counts anew once the cluster has answered everything that it was sent. */
export async function killAt(
  proxy: CuttingProxy,
  { child, finished }: Pick<Started, 'child' | 'finished'>,
  cut: Omit<Cut, 'kill'>,
): Promise<void> {
  proxy.begin({ ...cut, kill: () => child.kill('SIGKILL') });
  await finished;
  await proxy.settled();
  proxy.begin();
}

/**
 * Stands between a program and its cluster, and has the program killed at one request. Where somebody else is to come
 * first, `ahead` is waited for before a request goes on.
 */
export async function cuttingProxy(
  kubeconfig: string,
  ahead?: (line: string) => Promise<unknown>,
): Promise<CuttingProxy> {
  const upstream = await upstreamOf(kubeconfig);
  const requests: string[] = [];
  const underway = new Set<Promise<void>>();
  let cut: Cut | undefined;
  const cutAt = ({ method = '', url = '' }: IncomingMessage): Cut | undefined => {
    const line = `${method} ${url}`;
    requests.push(line);
    return cut?.isMeant(line, requests.length - 1) === true ? cut : undefined;
  };

  const server = createServer((incoming, outgoing) => {
    const meant = cutAt(incoming);
    const comesFirst = ahead?.(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const work = pass(incoming, outgoing, { upstream, cut: meant, comesFirst });
    underway.add(work);
    void work.finally(() => underway.delete(work));
  });
  server.on('upgrade', (incoming, socket, head) => {
    cutAt(incoming)?.kill();
    tunnel(incoming, { socket, head }, upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: plainKubeconfig(`http://127.0.0.1:${String(port)}`),
    requests,
    begin: (wanted) => {
      requests.length = 0;
      cut = wanted;
    },
    settled: async () => {
      await Promise.all(underway);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Upstream {
  readonly url: URL;
  readonly options: RequestOptions;
}

async function upstreamOf(text: string): Promise<Upstream> {
  const config = new KubeConfig();
  config.loadFromString(text);
  const url = new URL(config.getCurrentCluster()?.server ?? '');
  const options: RequestOptions = {};
  if (url.protocol === 'https:') await config.applyToHTTPSOptions(options);
  return { url, options };
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { upstream, cut, comesFirst }: { upstream: Upstream; cut: Cut | undefined; comesFirst: Promise<unknown> | undefined },
): Promise<void> {
  const body = await bytesOf(incoming);
  await comesFirst;
  if (cut?.moment === 'before') {
    cut.kill();
    return;
  }
  const answer = sendOnward(incoming, body, upstream);
  if (cut?.moment === 'during') cut.kill();
  const { status, headers, bytes } = await answer;
  if (outgoing.destroyed || incoming.socket.destroyed) return;
  await new Promise<void>((resolve) => {
    outgoing.on('close', resolve);
    outgoing.writeHead(status, headers).end(bytes, () => {
      if (cut?.moment === 'after') cut.kill();
      resolve();
    });
  });
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** What is said over an upgraded connection passes as it is. */
function tunnel(
  incoming: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
  { url, options }: Upstream,
): void {
  const target = { host: url.hostname, port: Number(url.port) };
  const { ca, cert, key } = options;
  const onward = url.protocol === 'https:' ? connectTls({ ...target, ca, cert, key }) : connect(target);
  const lines = incoming.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? `${name}: ${all[index + 1] ?? ''}` : [],
  );
  const own = Object.entries(ownHeaders(options)).map(([name, value]) => `${name}: ${value}`);
  onward.write([`${incoming.method ?? ''} ${incoming.url ?? ''} HTTP/1.1`, ...lines, ...own, '', ''].join('\r\n'));
  onward.write(head);
  onward.pipe(socket).pipe(onward);
  for (const end of [onward, socket]) {
    end.on('error', () => {
      onward.destroy();
      socket.destroy();
    });
  }
}

/** Such as the token of the user that the kubeconfig names. */
function ownHeaders({ headers = {} }: RequestOptions): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function sendOnward(incoming: IncomingMessage, body: Buffer, { url, options }: Upstream): Promise<Answered> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { ...without(incoming.headers, 'host', 'connection'), ...ownHeaders(options) };
  return new Promise((resolve, reject) => {
    const onward = start(
      { ...options, method: incoming.method, host: url.hostname, port: url.port, path: incoming.url, headers },
      (answer) => {
        bytesOf(answer).then((bytes) => {
          resolve({
            status: answer.statusCode ?? 502,
            headers: without(answer.headers, 'transfer-encoding'),
            bytes,
          });
        }, reject);
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}

function without(headers: IncomingMessage['headers'], ...names: string[]): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function plainKubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cut',
    clusters: [{ name: 'cut', cluster: { server } }],
    users: [{ name: 'cut', user: {} }],
    contexts: [{ name: 'cut', context: { cluster: 'cut', user: 'cut' } }],
  });
}
