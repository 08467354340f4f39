/** What was last heard of the vault, for errors that do not say. */
export interface LastAnswer {
  readonly status: number;
  readonly retryAfter?: string;
}

export interface FailureContext {
  readonly host: string;
  readonly limitMs: number;
  readonly last: LastAnswer | undefined;
}

/**
 * Why a secret could not be read, in c2l's own words. The library's message is never used: where an answer was broken
 * JSON it quotes the answer, value and all.
 */
export function failureReason(error: unknown, context: FailureContext): string {
  const failure = fieldsOf(error);
  return (
    credentialReason(failure) ??
    timeoutReason(failure, context) ??
    statusReason(failure, context) ??
    networkReason(failure, context) ??
    `${context.host} could not be asked (${failure.name}${context.last === undefined ? '' : `, last answer ${context.last.status}`})`
  );
}

interface Failure {
  readonly name: string;
  readonly status: number | undefined;
  readonly code: string;
  /** Key Vault's own code, and the one within. */
  readonly vaultCode: string;
}

function fieldsOf(error: unknown): Failure {
  const { name, statusCode, code, details } = (error ?? {}) as {
    name?: unknown;
    statusCode?: unknown;
    code?: unknown;
    details?: { error?: { code?: unknown; innerError?: { code?: unknown } } };
  };
  return {
    name: word(name),
    status: typeof statusCode === 'number' ? statusCode : undefined,
    code: word(code),
    vaultCode: word(details?.error?.innerError?.code) || word(details?.error?.code),
  };
}

/** Only what looks like a code is ever shown. */
function word(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,60}$/.test(value) ? value : '';
}

const credentialErrors: readonly string[] = [
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
];

function credentialReason({ name }: Failure): string | undefined {
  if (!credentialErrors.includes(name)) return undefined;
  return name === 'AuthenticationError'
    ? 'Azure refused the credential: sign in anew with az login'
    : 'no Azure credential was found: sign in with az login or run where a managed identity is';
}

function timeoutReason({ name }: Failure, { host, limitMs, last }: FailureContext): string | undefined {
  if (name !== 'AbortError') return undefined;
  if (last?.status === 429) return throttled(last);
  return `${host} did not answer within ${limitMs / 1000} s`;
}

function throttled(last: LastAnswer | undefined): string {
  const seconds = /^\d{1,6}$/.test(last?.retryAfter ?? '') ? `: try again in ${last?.retryAfter ?? ''} s` : '';
  return `the vault takes no more requests for now (429)${seconds}`;
}

const refusals: Readonly<Record<string, string>> = {
  SecretDisabled: 'the secret is disabled: enable it with az keyvault secret set-attributes --enabled true',
  ForbiddenByFirewall: "the vault's firewall does not let this address in (403)",
  ForbiddenByConnection: 'the vault does not take connections from public networks (403)',
};

function statusReason(failure: Failure, { host, last }: FailureContext): string | undefined {
  const { status, vaultCode } = failure;
  if (status === undefined || (status >= 200 && status < 300)) return undefined;
  if (status === 401) return `${host} does not accept the credential (401)`;
  if (status === 403)
    return refusals[vaultCode] ?? 'reading secrets is forbidden (403): it needs the role Key Vault Secrets User';
  if (status === 429) return throttled(last);
  return `${host} answered ${status}${vaultCode === '' ? '' : ` ${vaultCode}`}`;
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has no address: check the name of the vault',
  EAI_AGAIN: 'cannot be looked up: the name server does not answer',
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'breaks the connection off',
  EPIPE: 'breaks the connection off',
  ETIMEDOUT: 'cannot be reached: the connection timed out',
  EHOSTUNREACH: 'cannot be reached: there is no route',
  ENETUNREACH: 'cannot be reached: there is no network',
  EPROTO: 'does not speak HTTPS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak HTTPS',
  PARSE_ERROR: 'answered something that cannot be read',
};

function networkReason({ name, code }: Failure, { host, last }: FailureContext): string | undefined {
  const known = networkReasons[code];
  if (known !== undefined) return `${host} ${known}`;
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return `the certificate of ${host} is not trusted (${code})`;
  if (code !== '') return `${host} cannot be reached (${code})`;
  // The library stumbles over a refusal without a body and over a challenge that is not Key Vault's.
  if (last !== undefined && last.status >= 400 && name === 'TypeError')
    return `${host} answered ${last.status} and nothing more`;
  return last?.status === 401 ? `${host} does not answer as a Key Vault does` : undefined;
}
