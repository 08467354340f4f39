import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';

/** `default` tries everything that Azure's tools do; `managed-identity` only that. */
export type CredentialKind = 'default' | 'managed-identity';

/** A credential that tells what it is about: the library's own errors and silences do not. */
export interface WatchedCredential extends TokenCredential {
  /** What is tried, in order, as people call it. */
  readonly tried: readonly string[];
  /** Whether a token was asked for and has not come yet. */
  readonly isPending: boolean;
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

  constructor(inner: TokenCredential, tried: readonly string[]) {
    this.#inner = inner;
    this.tried = tried;
  }

  get isPending(): boolean {
    return this.#pending > 0;
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    this.#pending++;
    try {
      return await this.#inner.getToken(scopes, options);
    } finally {
      this.#pending--;
    }
  }
}
