import { setMaxListeners } from 'node:events';
import type { SecretClient, SecretClientOptions } from '@azure/keyvault-secrets';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { azureCredential, type CredentialKind, type WatchedCredential } from './azure-credential.ts';
import { failureReason, type LastAnswer, type VaultDeed } from './azure-key-vault-failure.ts';
import type { VaultPlace } from './azure-key-vault-place.ts';

export interface AzureKeyVaultOptions {
  /** A certificate authority to trust instead of the usual ones. */
  readonly caPem?: string;
  /** `default` tries everything that Azure's tools do; `managed-identity` only that. */
  readonly credential?: CredentialKind;
  /** Longest silence: neither the credential nor a vault that hangs gives up by itself. */
  readonly limitMs?: number;
  /** Pause before the second look at a secret that is being recovered; later ones double. */
  readonly recoveryPauseMs?: number;
  readonly now?: () => Date;
}

type PipelinePolicy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];
/** Made for one request. */
type Request<T> = (client: SecretClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

const retryOptions = { maxRetries: 3, retryDelayInMs: 300 };
/** The longest that a vault which asks for patience is given, as so many silences. */
const patience = 3;

/**
 * One round of requests to a vault. It ends when nothing was heard for the limit of time; a vault that says when to come
 * back is waited for, within reason.
 */
export async function withKeyVault<T>(
  place: VaultPlace,
  options: AzureKeyVaultOptions & { readonly signal: AbortSignal },
  task: (vault: KeyVaultConnection) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  refuseWhenInterrupted(signal);
  const connection = new KeyVaultConnection(place, options);
  const end = (): void => {
    connection.end();
  };
  signal.addEventListener('abort', end);
  try {
    const result = await task(connection);
    refuseWhenInterrupted(signal);
    return result;
  } finally {
    signal.removeEventListener('abort', end);
    connection.end();
  }
}

export class KeyVaultConnection {
  readonly place: VaultPlace;
  readonly #options: AzureKeyVaultOptions;
  readonly #limitMs: number;
  readonly #limit = new AbortController();
  /** Never resolves; rejects when the limit ends. */
  readonly #ended: Promise<never>;
  readonly #startedAt = performance.now();
  #silence: NodeJS.Timeout | undefined;
  /** Whether it was the credential that was silent. */
  #lacksToken = false;
  #credential: WatchedCredential | undefined;
  #client: Promise<SecretClient> | undefined;
  #first: Promise<unknown> | undefined;
  #release: () => void = () => undefined;
  /** Resolves with the first request that carries a token. */
  readonly #isOpen: Promise<void>;
  #last: LastAnswer | undefined;

  constructor(place: VaultPlace, options: AzureKeyVaultOptions) {
    this.place = place;
    this.#options = options;
    this.#limitMs = options.limitMs ?? 9_500;
    const { signal } = this.#limit;
    // Each request under way listens, and Node warns on standard error beyond ten.
    setMaxListeners(0, signal);
    this.#ended = new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new DOMException('the limit of time ended', 'AbortError'));
      });
    });
    // The end of the limit is no defect where nothing is under way any more.
    this.#ended.catch(() => undefined);
    this.#isOpen = new Promise((resolve) => (this.#release = resolve));
  }

  get recoveryPauseMs(): number {
    return this.#options.recoveryPauseMs ?? 250;
  }

  get now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  /** As whom it asks; undefined before it has a token. */
  get identity(): string | undefined {
    return this.#credential?.identity;
  }

  /** Ends what is under way, such as a token request that nothing else can end. */
  end(): void {
    clearTimeout(this.#silence);
    this.#limit.abort();
  }

  /**
   * One request. The first goes alone until it has its token: the library answers a challenge once for all, and mixes up
   * the bodies of writes that are challenged together.
   */
  async call<T>(request: Request<T>): Promise<T> {
    // Rejects when the limit ends, whether or not the library notices.
    return Promise.race([this.#inTurn(request), this.#ended]);
  }

  async #inTurn<T>(request: Request<T>): Promise<T> {
    const send = async (): Promise<T> => request(await this.#clientOf(), { abortSignal: this.#limit.signal });
    if (this.#first === undefined) {
      const first = send().finally(this.#release);
      this.#first = first;
      return first;
    }
    await this.#isOpen;
    return send();
  }

  #clientOf(): Promise<SecretClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** Waits between two looks; the limit of silence does not count meanwhile. */
  async pause(ms: number): Promise<void> {
    this.#listenFor(ms + this.#limitMs);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), this.#ended]);
  }

  /** Why a request failed, in c2l's own words. */
  reason(error: unknown, about: { readonly name: string; readonly doing: VaultDeed }): string {
    return failureReason(error, {
      ...about,
      place: this.place,
      limitMs: this.#limitMs,
      last: this.#last,
      tried: this.#credential?.tried ?? [],
      lacksToken: this.#lacksToken,
    });
  }

  async #connect(): Promise<SecretClient> {
    this.#credential = await azureCredential(this.#options.credential ?? 'default');
    const { SecretClient } = await import('@azure/keyvault-secrets');
    const { caPem } = this.#options;
    // Not before the libraries are loaded: that is no silence of the vault's.
    this.#listenFor(this.#limitMs);
    return new SecretClient(this.place.url, this.#credential, {
      disableChallengeResourceVerification: this.place.loopback,
      retryOptions,
      ...(caPem === undefined ? {} : { tlsOptions: { ca: caPem } }),
      additionalPolicies: [{ position: 'perRetry', policy: this.#watch() }],
    });
  }

  #watch(): PipelinePolicy {
    return {
      name: 'c2lWatch',
      sendRequest: async (request, next) => {
        if (request.headers.has('authorization')) this.#release();
        const response = await next(request);
        const retryAfter = response.headers.get('retry-after');
        this.#last = { status: response.status, ...(retryAfter === undefined ? {} : { retryAfter }) };
        if (response.status === 429) this.#bePatient(retryAfter, response.headers);
        else this.#listenFor(this.#limitMs);
        return response;
      },
    };
  }

  /** The library waits for as long as it is told, and not at all where it is told nothing. */
  #bePatient(retryAfter: string | undefined, headers: { set(name: string, value: string): void }): void {
    const seconds = retryAfter === undefined ? 1 : Number(retryAfter);
    const end = performance.now() + seconds * 1000;
    if (!(end - this.#startedAt <= patience * this.#limitMs)) {
      this.#limit.abort();
      return;
    }
    if (retryAfter === undefined) headers.set('retry-after', String(seconds));
    this.#listenFor(seconds * 1000 + this.#limitMs);
  }

  #listenFor(ms: number): void {
    clearTimeout(this.#silence);
    if (this.#limit.signal.aborted) return;
    this.#silence = setTimeout(() => {
      this.#lacksToken = this.#credential?.isPending === true;
      this.#limit.abort();
    }, ms);
  }
}

function refuseWhenInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new OperatorError('interrupted', 'interrupted while a vault was asked', { exitCode: ExitCode.interrupted });
}
