import type { Stage } from './core/watch/targets.ts';
import type { SecretText, NotifierSpec } from './core/watch/watch-schema.ts';
import type { Notice, WatchState } from './core/watch/watch-state.ts';

export interface EndpointRequest {
  readonly url: string;
  readonly timeoutMs: number;
  /** Whether anybody will read the body; else only the head is waited for. */
  readonly wantsBody: boolean;
}

export type EndpointAnswer = { readonly durationMs: number } & (
  | {
      readonly state: 'answered';
      readonly status: number;
      readonly body: string;
      /** Of the server's certificate, ISO 8601. */
      readonly certificateEnds?: string;
    }
  | {
      readonly state: 'failed';
      /** One lower-case clause, free of the URL. */
      readonly reason: string;
      /** It failed on this machine: no route, no name server. */
      readonly isLocal: boolean;
      readonly stage: Stage;
    }
);

/** Whether somebody was told; a receiver's failure is told in words that hold no address and no key of it. */
export type Told =
  { readonly state: 'told' } | { readonly state: 'failed'; readonly reason: string; readonly retryAfterMs?: number };

/** Somebody who is told of incidents. */
export interface Notifier {
  readonly name: string;
  tell(notice: Notice): Promise<Told>;
}

/** The file in which watch keeps its state, held by one run at a time. */
export interface WatchStateFile {
  readonly path: string;
  /** As the last run left it. */
  readonly found: WatchState | undefined;
  /** Whole or not at all, whenever the power fails. */
  save(state: WatchState): Promise<void>;
  /** Lets another run have it. */
  release(): Promise<void>;
}

export interface StatusAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface StatusListener {
  readonly url: string;
  close(): Promise<void>;
}

/** What only `watch` needs of the world. */
export interface WatchWorld {
  /**
   * One GET for each, on a connection of its own: a connection that was kept open proves nothing of a new one. The
   * answers come in the order of the requests.
   */
  getAll(requests: readonly EndpointRequest[]): Promise<readonly EndpointAnswer[]>;
  /** Throws OperatorError where its secrets are not there. */
  openNotifier(spec: NotifierSpec): Promise<Notifier>;
  /** Asks the URL that lies in a variable or a file; gives why it failed, or undefined. */
  openHeartbeat(spec: SecretText): Promise<() => Promise<string | undefined>>;
  /** Why a Pushgateway did not take what is in the text format of Prometheus, or undefined. */
  pushMetrics(url: string, text: string): Promise<string | undefined>;
  /** Throws OperatorError where another run holds the file or it is none of watch's. */
  openState(path: string | undefined, name: string): Promise<WatchStateFile>;
  /** Throws OperatorError where the address cannot be had. */
  listen(
    address: { readonly host: string; readonly port: number },
    answer: (path: string) => StatusAnswer | undefined,
  ): Promise<StatusListener>;
}
