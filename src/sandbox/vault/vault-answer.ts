/** What the vault or the token endpoint sends back. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it stands. */
  readonly body?: unknown;
}

/** Key Vault's own form of an error. */
export function vaultError(status: number, code: string, message: string, inner?: string): VaultAnswer {
  return {
    status,
    body: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
  };
}

/** What can be made to go wrong, until it is set right again. */
export type VaultFault =
  /** The caller's role has no right to the secrets. */
  | { readonly kind: 'forbidden' }
  /** As `forbidden`, in a vault with access policies. */
  | { readonly kind: 'forbidden-by-policy' }
  /** The caller's address is not on the vault's list. */
  | { readonly kind: 'firewall' }
  /** For ever, or the next so many requests. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds?: number; readonly times?: number }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'unauthorized' }
  /** A refusal without a body. */
  | { readonly kind: 'empty-refusal' }
  /** 200 with JSON that breaks off after the value. */
  | { readonly kind: 'garbage' }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** The token endpoint knows no identity. */
  | { readonly kind: 'no-identity' }
  | { readonly kind: 'token-hang' };

/** The answer that a fault of the vault itself gives; undefined for those that are no answer at all. */
export function faultAnswer(fault: VaultFault, anyValue: string): VaultAnswer | undefined {
  if (fault.kind === 'garbage') return { status: 200, body: `{"value":${JSON.stringify(anyValue)},"id":` };
  if (fault.kind === 'throttled' && fault.retryAfterSeconds !== undefined) {
    return { ...throttled, headers: { 'retry-after': String(fault.retryAfterSeconds) } };
  }
  return refusals[fault.kind];
}

const throttled = vaultError(429, 'Throttled', 'Request was not processed because too many requests were received.');

const refusals: Readonly<Partial<Record<VaultFault['kind'], VaultAnswer>>> = {
  forbidden: vaultError(403, 'Forbidden', 'Caller is not authorized to perform the action.', 'ForbiddenByRbac'),
  'forbidden-by-policy': vaultError(403, 'Forbidden', 'The caller lacks the permission.', 'ForbiddenByPolicy'),
  firewall: vaultError(403, 'Forbidden', 'Client address is not authorized.', 'ForbiddenByFirewall'),
  throttled,
  unavailable: vaultError(503, 'ServiceUnavailable', 'The service is unavailable.'),
  unauthorized: vaultError(401, 'Unauthorized', 'AKV10032: Invalid issuer.'),
  'empty-refusal': { status: 403 },
};
