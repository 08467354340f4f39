import WebSocket, { type ClientOptions } from 'ws';
import { closedFailure, toAnswer } from './kubernetes-exchange.ts';
import { networkFailure, timeoutFailure, type ApiAnswer } from './kubernetes-errors.ts';
import type { Transport } from './kubernetes-transport.ts';

/** Output beyond this is not kept: a check reads a line or a small document. */
const maxKeptBytes = 1024 * 1024;

/** Frames of a Kubernetes stream: the first byte says which channel the rest belongs to. */
export interface ChannelHandlers {
  readonly onOpen: (channel: Channel) => void;
  readonly onFrame: (number: number, bytes: Buffer) => void;
  readonly onClose: () => void;
}

export class Channel {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(number: number, bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(Buffer.concat([Buffer.of(number), bytes]));
  }

  /** Ends the stream from this side. */
  close(): void {
    this.#socket.terminate();
  }

  /** Version 5 of the protocol can end one direction; with version 4 the command must know when it has read enough. */
  endInput(): void {
    if (this.#socket.protocol === 'v5.channel.k8s.io') this.#socket.send(Buffer.of(255, 0));
  }
}

/**
 * Opens a stream and follows it to its end, or to the time limit. Gives the server's refusal when there was no
 * stream, undefined after one; rejects with TransportFailure.
 */
export function followStream(
  transport: Transport,
  path: string,
  protocols: readonly string[],
  handlers: ChannelHandlers,
): Promise<ApiAnswer | undefined> {
  return transport.withCredentials(
    (credentials) =>
      new Promise((resolve, reject) => {
        const { url, headers } = transport.upgradeOptions(path, credentials);
        const options: ClientOptions = {
          agent: credentials.agent,
          headers: headers as Record<string, string>,
          perMessageDeflate: false,
          maxPayload: 16 * maxKeptBytes,
        };
        const socket = new WebSocket(url, [...protocols], options);
        const settle = (finish: () => void): void => {
          clearTimeout(timer);
          untrack();
          // Ending a socket that never opened is told as one more error, and a close that is not the stream's.
          socket.removeAllListeners();
          socket.on('error', () => undefined);
          finish();
          socket.terminate();
        };
        const fail = (error: Error): void => {
          settle(() => {
            reject(error);
          });
        };
        const timer = setTimeout(() => {
          fail(timeoutFailure(transport.server, transport.requestTimeoutMs));
        }, transport.requestTimeoutMs);
        const untrack = transport.track(() => {
          fail(closedFailure());
        });
        socket.on('open', () => {
          handlers.onOpen(new Channel(socket));
        });
        socket.on('message', (data) => {
          const frame = data as Buffer;
          if (frame.length > 0) handlers.onFrame(frame.readUInt8(0), frame.subarray(1));
        });
        socket.on('error', (error) => {
          fail(networkFailure(error, transport.server));
        });
        socket.on('close', () => {
          settle(() => {
            handlers.onClose();
            resolve(undefined);
          });
        });
        socket.on('unexpected-response', (_request, response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (text.length < maxKeptBytes) text += chunk;
          });
          response.on('close', () => {
            settle(() => {
              resolve(toAnswer(response, Buffer.from(text)));
            });
          });
        });
      }),
    (refusal) => refusal?.status === 401,
  );
}

/** Collects output up to a bound. */
export class KeptOutput {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  add(bytes: Buffer): void {
    if (this.#size >= maxKeptBytes) return;
    this.#chunks.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
