import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { Stage } from '../../core/watch/targets.ts';
import type { EndpointAnswer, EndpointRequest } from '../../watch-ports.ts';
import { networkReasons, systemCode } from '../node-errors.ts';

/** A GET, or a POST where there is a body. */
export interface HttpRequest extends EndpointRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpOptions {
  readonly userAgent: string;
  /** Trusted beside those that Node trusts; only tests need it. */
  readonly caPem?: string | undefined;
}

type Unmeasured<T> = T extends unknown ? Omit<T, 'durationMs'> : never;
type Failed = Unmeasured<Extract<EndpointAnswer, { state: 'failed' }>>;
type Unstaged = Omit<Failed, 'stage'>;

/** A health answer is small; what is longer is cut off, and is then no JSON. */
const longestBody = 1_048_576;

export type HttpAnswer = EndpointAnswer & { readonly retryAfter?: string | undefined };

/**
 * One request on a connection of its own; redirects are answers. Never rejects, and never names the URL, which may hold
 * a key.
 */
export function httpOnce(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const start = performance.now();
    let sent: ClientRequest;
    try {
      sent = open(request, options);
    } catch (error) {
      // A header that no request can hold.
      resolve({ ...connectionFailure(error), stage: 'HTTP', durationMs: 0 });
      return;
    }
    const stage = followStage(sent, request.url);
    const settle = (answer: Unmeasured<HttpAnswer> | Unstaged): void => {
      clearTimeout(timer);
      const durationMs = performance.now() - start;
      resolve(answer.state === 'failed' ? { ...answer, stage: stage(), durationMs } : { ...answer, durationMs });
      sent.destroy();
    };
    const timer = setTimeout(() => {
      settle({ state: 'failed', reason: `did not answer within ${request.timeoutMs / 1000} s`, isLocal: false });
    }, request.timeoutMs);
    sent.on('error', (error) => {
      settle(connectionFailure(error));
    });
    sent.once('response', (response) => {
      const certificateEnds = endOfCertificate(response);
      const { statusCode: status = 0, headers } = response;
      const retryAfter = headers['retry-after'];
      const head = { state: 'answered', status, ...certificateEnds, retryAfter } as const;
      if (!request.wantsBody) {
        settle({ ...head, body: '' });
        return;
      }
      bodyOf(response).then(
        (body) => {
          settle({ ...head, body });
        },
        (error: unknown) => {
          settle(connectionFailure(error));
        },
      );
    });
    sent.end(request.body);
  });
}

/** How far a request came, whenever it is asked for. */
function followStage(sent: ClientRequest, url: string): () => Stage {
  const { hostname, protocol } = new URL(url);
  // Of an address nothing is looked up.
  let stage: Stage = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? 'DNS' : 'TCP';
  sent.once('socket', (socket) => {
    socket.once('lookup', (error: Error | null) => {
      if (error === null) stage = 'TCP';
    });
    socket.once('connect', () => (stage = protocol === 'https:' ? 'TLS' : 'HTTP'));
    socket.once('secureConnect', () => (stage = 'HTTP'));
  });
  return () => stage;
}

function open({ url, body, headers = {} }: HttpRequest, { userAgent, caPem }: HttpOptions): ClientRequest {
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const request = {
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'User-Agent': userAgent, Accept: '*/*', ...length, ...headers },
  };
  if (/^http:/i.test(url)) return http.request(url, request);
  return https.request(url, { ...request, ...(caPem === undefined ? {} : { ca: caPem }) });
}

function endOfCertificate({ socket }: IncomingMessage): { certificateEnds?: string } {
  if (!(socket instanceof TLSSocket)) return {};
  const ends = new Date(socket.getPeerCertificate().valid_to);
  return Number.isNaN(ends.getTime()) ? {} : { certificateEnds: ends.toISOString() };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestBody) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, longestBody);
}

const untrusted = 'shows a certificate that is signed by nobody who is trusted';
const reasons: Readonly<Record<string, string>> = {
  ...networkReasons,
  ENETUNREACH: 'has no route from this machine',
  ENETDOWN: 'has no route from this machine: its network is down',
  EAI_AGAIN: 'cannot be looked up: no name server answers',
  EMFILE: 'was not asked: this machine has no file handles left',
  ENFILE: 'was not asked: this machine has no file handles left',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
};

const localCodes: ReadonlySet<string> = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN', 'EMFILE', 'ENFILE']);

/** A failure by the code that Node has for it, and in words where it is a known one: a clause without its subject. */
function connectionFailure(error: unknown): Unstaged {
  const code = systemCode(error instanceof AggregateError ? error.errors.at(-1) : error);
  if (code.startsWith('HPE_')) return { state: 'failed', reason: `does not speak HTTP (${code})`, isLocal: false };
  const reason = reasons[code] ?? 'cannot be reached';
  return { state: 'failed', reason: code === '' ? reason : `${reason} (${code})`, isLocal: localCodes.has(code) };
}
