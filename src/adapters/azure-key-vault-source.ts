import { setMaxListeners } from 'node:events';
import type { TokenCredential } from '@azure/identity';
import type { KeyVaultSecret, SecretClient } from '@azure/keyvault-secrets';
import { SecretValue } from '../core/secret-value.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../ports.ts';
import { failureReason, type LastAnswer } from './azure-key-vault-failure.ts';
import { vaultPlace, type VaultPlace } from './azure-key-vault-place.ts';
import { mapLimited } from '../core/map-limited.ts';

export interface AzureKeyVaultOptions {
  /** A certificate authority to trust instead of the usual ones. */
  readonly caPem?: string;
  /** `default` tries everything that Azure's tools do; `managed-identity` only that. */
  readonly credential?: 'default' | 'managed-identity';
  /** Bounds everything together: neither the credential nor a vault that hangs gives up by itself. */
  readonly limitMs?: number;
  readonly now?: () => Date;
}

const lookUpsAtATime = 8;
const retryOptions = { maxRetries: 2, retryDelayInMs: 300 };
const secretName = /^[0-9a-zA-Z-]{1,127}$/;

/** Opens a vault without asking it anything yet. */
export function openAzureKeyVault(text: string, options: AzureKeyVaultOptions = {}): ValueSource {
  const place = vaultPlace(text);
  return {
    label: `azure-key-vault:${text}`,
    nameOf: ({ azureKeyVaultName }) => azureKeyVaultName,
    warnings: [],
    lookUp: (wanted, signal) => new LookUp(place, options).run(wanted, signal),
  };
}

/** One round of look-ups, all under one limit of time. */
class LookUp {
  readonly #place: VaultPlace;
  readonly #options: AzureKeyVaultOptions;
  readonly #limitMs: number;
  readonly #limit = new AbortController();
  /** Never resolves; rejects when the limit ends. */
  readonly #ended: Promise<never>;
  #last: LastAnswer | undefined;

  constructor(place: VaultPlace, options: AzureKeyVaultOptions) {
    this.#place = place;
    this.#options = options;
    this.#limitMs = options.limitMs ?? 10_000;
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
  }

  async run(wanted: readonly WantedValue[], signal: AbortSignal): Promise<SourceAnswer[]> {
    const end = (): void => {
      this.#limit.abort();
    };
    const timer = setTimeout(end, this.#limitMs);
    signal.addEventListener('abort', end);
    try {
      refuseWhenInterrupted(signal);
      const client = await this.#connect();
      const answers = await mapLimited(wanted, lookUpsAtATime, (value) =>
        this.#answer(client, value.azureKeyVaultName),
      );
      refuseWhenInterrupted(signal);
      return answers;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      // Ends what the limit left behind, such as a token request that nothing else can end.
      this.#limit.abort();
    }
  }

  async #connect(): Promise<SecretClient> {
    const credential = await this.#credential();
    const { SecretClient } = await import('@azure/keyvault-secrets');
    const { caPem } = this.#options;
    return new SecretClient(this.#place.url, credential, {
      disableChallengeResourceVerification: this.#place.loopback,
      retryOptions,
      ...(caPem === undefined ? {} : { tlsOptions: { ca: caPem } }),
      additionalPolicies: [
        {
          position: 'perRetry',
          policy: {
            name: 'rememberLastAnswer',
            sendRequest: async (request, next) => {
              const response = await next(request);
              const retryAfter = response.headers.get('retry-after');
              this.#last = { status: response.status, ...(retryAfter === undefined ? {} : { retryAfter }) };
              return response;
            },
          },
        },
      ],
    });
  }

  async #credential(): Promise<TokenCredential> {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
    return this.#options.credential === 'managed-identity'
      ? new ManagedIdentityCredential({ retryOptions })
      : new DefaultAzureCredential({ retryOptions });
  }

  async #answer(client: SecretClient, name: string): Promise<SourceAnswer> {
    // The library does not check names, and a bad one costs seconds of retries.
    if (!secretName.test(name)) return { state: 'failed', reason: `"${name}" is no name of a Key Vault secret` };
    try {
      return this.#judge(await this.#withinLimit(client.getSecret(name, { abortSignal: this.#limit.signal })));
    } catch (error) {
      if (isNotFound(error)) return this.#notFound(client, name);
      return this.#failed(error);
    }
  }

  /** A vault gives the value of an expired secret as if nothing were wrong with it. */
  #judge({ value, properties }: KeyVaultSecret): SourceAnswer {
    if (value === undefined || value === '') return { state: 'not-found', detail: 'empty' };
    const now = this.#options.now?.() ?? new Date();
    const { expiresOn, notBefore, version } = properties;
    if (expiresOn !== undefined && expiresOn <= now) {
      return { state: 'failed', reason: `the secret expired on ${expiresOn.toISOString()}` };
    }
    if (notBefore !== undefined && notBefore > now) {
      return { state: 'failed', reason: `the secret is not valid before ${notBefore.toISOString()}` };
    }
    return {
      state: 'found',
      value: SecretValue.fromText(value),
      ...(version === undefined ? {} : { detail: `version ${version.slice(0, 8)}…` }),
    };
  }

  /** A soft-deleted secret answers like one that never was; only the vault's bin tells. */
  async #notFound(client: SecretClient, name: string): Promise<SourceAnswer> {
    try {
      await this.#withinLimit(client.getDeletedSecret(name, { abortSignal: this.#limit.signal }));
    } catch {
      // Looking into the bin may need a right that reading does not: then it stays at "not found".
      return { state: 'not-found' };
    }
    const command = `az keyvault secret recover --id ${this.#place.url}/deletedsecrets/${name}`;
    return { state: 'failed', reason: `the secret is deleted and can be recovered: ${command}` };
  }

  #failed(error: unknown): SourceAnswer {
    const { host } = this.#place;
    return { state: 'failed', reason: failureReason(error, { host, limitMs: this.#limitMs, last: this.#last }) };
  }

  /** Rejects when the limit ends, whether or not the library notices. */
  #withinLimit<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended]);
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { statusCode?: unknown }).statusCode === 404;
}

function refuseWhenInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new OperatorError('interrupted', 'interrupted while values were looked up', { exitCode: ExitCode.interrupted });
}
