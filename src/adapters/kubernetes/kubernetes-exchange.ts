import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import { networkFailure, timeoutFailure, TransportFailure, type ApiAnswer } from './kubernetes-errors.ts';

export interface Exchange {
  readonly secure: boolean;
  readonly request: RequestOptions;
  readonly body: string | undefined;
  /** For messages. */
  readonly server: string;
  /** Covers all of it: the connection, the headers and the body. */
  readonly timeoutMs: number;
  readonly track: (abort: () => void) => () => void;
}

/** A connection that was kept open broke before any answer: nothing is known about the server. */
export class StaleConnection extends TransportFailure {}

export function closedFailure(): TransportFailure {
  return new TransportFailure('unreachable', 'c2l ended the connection');
}

/** One request and its whole answer; rejects with TransportFailure. */
export function exchange(options: Exchange): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const request = (options.secure ? https : http).request(options.request);
    const settle = (): void => {
      clearTimeout(timer);
      untrack();
    };
    const fail = (failure: TransportFailure): void => {
      settle();
      reject(failure);
      request.destroy();
    };
    const timer = setTimeout(() => {
      fail(timeoutFailure(options.server, options.timeoutMs));
    }, options.timeoutMs);
    const untrack = options.track(() => {
      fail(closedFailure());
    });
    request.on('error', (error) => {
      fail(connectionFailure(error, options.server, request.reusedSocket));
    });
    request.once('response', (response) => {
      receive(response).then(
        (answer) => {
          settle();
          resolve(answer);
        },
        (error: unknown) => {
          fail(error instanceof TransportFailure ? error : networkFailure(error, options.server));
        },
      );
    });
    request.end(options.body);
  });
}

function connectionFailure(error: Error, server: string, reused: boolean): TransportFailure {
  const failure = networkFailure(error, server);
  const { cause, reason } = failure.failure;
  return reused && cause === 'unreachable' ? new StaleConnection(cause, reason) : failure;
}

async function receive(response: IncomingMessage): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const bytes = response.headers['content-encoding'] === 'gzip' ? await decompress(body) : body;
  return toAnswer(response, bytes);
}

/** An upgrade that was refused, too, is told as an answer. */
export function toAnswer({ statusCode = 0, headers }: IncomingMessage, bytes: Buffer): ApiAnswer {
  return {
    status: statusCode,
    headers,
    bytes,
    get text() {
      return bytes.toString('utf8');
    },
  };
}

const smallestChunk = 16 * 1024;
const largestChunk = 32 * 1024 * 1024;

/** Into one buffer of the size that a gzip stream ends with, and a byte more: once it is full another one is made. */
async function decompress(body: Buffer): Promise<Buffer> {
  const size = body.length < 4 ? 0 : body.readUInt32LE(body.length - 4);
  const chunkSize = Math.min(Math.max(size, smallestChunk), largestChunk);
  try {
    return await promisify<Buffer, ZlibOptions, Buffer>(gunzip)(body, { chunkSize: chunkSize + 1 });
  } catch {
    throw new TransportFailure('not-kubernetes', 'the server sent an answer that cannot be decompressed');
  }
}
