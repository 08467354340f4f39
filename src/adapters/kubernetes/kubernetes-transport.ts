import type { OutgoingHttpHeaders } from 'node:http';
import type { KubeconfigSelection } from './kubeconfig.ts';
import { areRenewable, maxConnections, obtainCredentials, type Credentials } from './kubernetes-credentials.ts';
import { TransportFailure, type ApiAnswer } from './kubernetes-errors.ts';
import { closedFailure, exchange, StaleConnection } from './kubernetes-exchange.ts';
import { RequestSlots } from './request-slots.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's URL, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface TransportOptions {
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
  /** How retries wait; only tests do it otherwise. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}

/** What a connection that is no plain request, such as a WebSocket, is opened with. */
export interface UpgradeOptions {
  readonly url: string;
  readonly credentials: Credentials;
  readonly headers: OutgoingHttpHeaders;
}

const maxAttempts = 4;
/** A server that asks for more than this is reported instead of waited for. */
const maxRetryAfterMs = 10_000;
const serverErrorPauseMs = 250;

/** Sends requests to one API server: credentials, time limit, and the retries that are safe. Throws TransportFailure. */
export class Transport {
  readonly #selection: KubeconfigSelection;
  readonly #options: TransportOptions;
  readonly #open = new Set<() => void>();
  /** Reads wait here and not for a connection: their time limit begins when they are sent. */
  readonly #slots = new RequestSlots(maxConnections);
  #answers = 0;
  #credentials: Promise<Credentials> | undefined;
  #closed = false;

  constructor(selection: KubeconfigSelection, options: TransportOptions) {
    this.#selection = selection;
    this.#options = options;
  }

  get server(): string {
    return this.#selection.server;
  }

  get requestTimeoutMs(): number {
    return this.#options.requestTimeoutMs;
  }

  /** Repeats what is safe to repeat: waits out 429 within bounds, and gives a server error one more chance. */
  async read(request: ApiRequest): Promise<ApiAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#slots.run(() => this.#sendReading(request));
      const pauseMs = pauseBeforeRetry(answer, attempt);
      if (pauseMs === undefined) return answer;
      await (this.#options.pause?.(pauseMs) ?? this.#pause(pauseMs));
    }
  }

  /** One attempt, whatever comes: for writes, and for answers that are the application's and not the API server's. */
  async once(request: ApiRequest): Promise<ApiAnswer> {
    return this.withCredentials(
      (credentials) => this.#send(request, credentials),
      (answer) => answer.status === 401,
    );
  }

  /**
   * A refused request was not carried out, so that it is sent again when the credentials can be renewed: tokens
   * expire in the middle of a long run.
   */
  async withCredentials<T>(
    attempt: (credentials: Credentials) => Promise<T>,
    wasRefused: (result: T) => boolean,
  ): Promise<T> {
    if (this.#closed) throw closedFailure();
    const used = (this.#credentials ??= obtainCredentials(this.#selection));
    const result = await attempt(await this.#settled(used));
    if (!wasRefused(result) || !areRenewable(this.#selection)) return result;
    if (this.#credentials === used) this.#credentials = obtainCredentials(this.#selection);
    return attempt(await this.#settled(this.#credentials));
  }

  upgradeOptions(path: string, credentials: Credentials): UpgradeOptions {
    const url = new URL(this.#selection.url);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return {
      url: `${url.protocol}//${url.host}${this.#path(path)}`,
      credentials,
      headers: { ...credentials.headers, 'User-Agent': this.#options.userAgent },
    };
  }

  /** Has `abort` called at close; the function that it gives ends that. */
  track(abort: () => void): () => void {
    this.#open.add(abort);
    return () => {
      this.#open.delete(abort);
    };
  }

  close(): void {
    this.#closed = true;
    for (const abort of [...this.#open]) abort();
    void this.#credentials?.then(
      ({ agent }) => {
        agent.destroy();
      },
      () => undefined,
    );
  }

  /** Credentials that could not be had are asked for again by the next request. */
  async #settled(credentials: Promise<Credentials>): Promise<Credentials> {
    try {
      return await credentials;
    } catch (error) {
      if (this.#credentials === credentials) this.#credentials = undefined;
      throw error;
    }
  }

  /** A connection that was kept open may have been closed by the other side just now: a new one decides. */
  async #sendReading(request: ApiRequest): Promise<ApiAnswer> {
    const before = this.#answers;
    try {
      const answer = await this.once(request).catch((error: unknown) => {
        if (error instanceof StaleConnection) return this.once(request);
        throw error;
      });
      this.#answers += 1;
      return answer;
    } catch (error) {
      // A server that let all of this time pass without any answer is not waited for again by what stands in line.
      if (this.#answers === before && isTimeout(error)) this.#slots.refuseWaiting(error);
      throw error;
    }
  }

  #path(path: string): string {
    return `${this.#selection.url.pathname.replace(/\/$/, '')}${path}`;
  }

  #send(request: ApiRequest, credentials: Credentials): Promise<ApiAnswer> {
    const { url } = this.#selection;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return exchange({
      secure: url.protocol === 'https:',
      server: this.server,
      timeoutMs: this.#options.requestTimeoutMs,
      track: (abort) => this.track(abort),
      body,
      request: {
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        method: request.method,
        path: this.#path(request.path),
        agent: credentials.agent,
        headers: {
          ...credentials.headers,
          Accept: request.accept ?? 'application/json',
          'Accept-Encoding': 'gzip',
          'User-Agent': this.#options.userAgent,
          ...(body === undefined
            ? {}
            : { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': Buffer.byteLength(body) }),
        },
      },
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        untrack();
        resolve();
      }, ms);
      const untrack = this.track(() => {
        clearTimeout(timer);
        reject(closedFailure());
      });
    });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TransportFailure && error.failure.cause === 'timeout';
}

function pauseBeforeRetry(answer: ApiAnswer, attempt: number): number | undefined {
  if (answer.status >= 500) return attempt === 1 ? serverErrorPauseMs : undefined;
  if (answer.status !== 429 || attempt === maxAttempts) return undefined;
  const asked = Number(answer.headers['retry-after'] ?? 1) * 1000;
  return asked >= 0 && asked <= maxRetryAfterMs ? asked : undefined;
}
