import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { identityOf } from './azure-identity.ts';

/** `default` tries everything that Azure's tools do; `managed-identity` only that. */
export type CredentialKind = 'default' | 'managed-identity';

/** A credential that tells what it is about: the library's own errors and silences do not. */
export interface WatchedCredential extends TokenCredential {
  /** What is tried, in order, as people call it. */
  readonly tried: readonly string[];
  /** Whether a token was asked for and has not come yet. */
  readonly isPending: boolean;
  /** As whom the last token speaks. */
  readonly identity: string | undefined;
}

/** In the order in which the library's default credential tries them; a service principal stands in the environment. */
const kinds: Readonly<Record<CredentialKind, readonly string[]>> = {
  default: ['service principal', 'workload identity', 'managed identity', 'Azure CLI, PowerShell and azd logins'],
  'managed-identity': ['managed identity'],
};

const retryOptions = { maxRetries: 2, retryDelayInMs: 300 };

export async function azureCredential(kind: CredentialKind): Promise<WatchedCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  const inner =
    kind === 'managed-identity'
      ? new ManagedIdentityCredential({ retryOptions })
      : new DefaultAzureCredential({ retryOptions });
  return new Watched(inner, kinds[kind]);
}

class Watched implements WatchedCredential {
  readonly tried: readonly string[];
  readonly #inner: TokenCredential;
  #pending = 0;
  #identity: string | undefined;

  constructor(inner: TokenCredential, tried: readonly string[]) {
    this.#inner = inner;
    this.tried = tried;
  }

  get identity(): string | undefined {
    return this.#identity;
  }

  get isPending(): boolean {
    return this.#pending > 0;
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    this.#pending++;
    try {
      const token = await this.#inner.getToken(scopes, options);
      this.#identity = token === null ? undefined : identityOf(token.token);
      return token;
    } finally {
      this.#pending--;
    }
  }
}
