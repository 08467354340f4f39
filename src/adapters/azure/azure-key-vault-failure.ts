import type { VaultPlace } from './azure-key-vault-place.ts';

/** What was last heard of the vault, for errors that do not say. */
export interface LastAnswer {
  readonly status: number;
  readonly retryAfter?: string;
}

/** What was being done: each needs another right. */
export type VaultDeed = 'read' | 'write' | 'recover';

export interface FailureContext {
  readonly place: VaultPlace;
  /** The secret that was asked for. */
  readonly name: string;
  readonly doing: VaultDeed;
  readonly limitMs: number;
  readonly last: LastAnswer | undefined;
  /** The credentials that were tried. */
  readonly tried: readonly string[];
  readonly lacksToken: boolean;
}

/**
 * Why a secret could not be read, in c2l's own words. The library's message is never used: where an answer was broken
 * JSON it quotes the answer, value and all.
 */
export function failureReason(error: unknown, context: FailureContext): string {
  const failure = fieldsOf(error);
  return (
    credentialReason(failure, context) ??
    timeoutReason(failure, context) ??
    statusReason(failure, context) ??
    networkReason(failure, context) ??
    `${context.place.host} could not be asked (${failure.name}${context.last === undefined ? '' : `, last answer ${context.last.status}`})`
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

function credentialReason({ name }: Failure, context: FailureContext): string | undefined {
  const { tried, limitMs, lacksToken } = context;
  if (name === 'AuthenticationError') {
    return 'Azure refused the credential: sign in anew with az login, or check AZURE_TENANT_ID and AZURE_CLIENT_ID';
  }
  const wayOut = 'sign in with az login or run where a managed identity is';
  // Whatever the library calls it when its request is ended.
  if (lacksToken) return `no Azure credential came within ${limitMs / 1000} s (tried ${tried.join(', ')}): ${wayOut}`;
  if (credentialErrors.includes(name)) return `no Azure credential was found (tried ${tried.join(', ')}): ${wayOut}`;
  return undefined;
}

function timeoutReason({ name }: Failure, { place: { host }, limitMs, last }: FailureContext): string | undefined {
  if (name !== 'AbortError') return undefined;
  if (last?.status === 429) return throttled(last);
  return `${host} did not answer within ${limitMs / 1000} s`;
}

function throttled(last: LastAnswer | undefined): string {
  const seconds = /^\d{1,6}$/.test(last?.retryAfter ?? '') ? `: try again in ${last?.retryAfter ?? ''} s` : '';
  return `the vault takes no more requests for now (429)${seconds}`;
}

/** What the role must hold; access policies, the older way, name single permissions. */
const rights: Readonly<Record<VaultDeed, { words: string; role: string; permission: string }>> = {
  read: { words: 'reading secrets', role: 'Key Vault Secrets User', permission: 'get' },
  write: { words: 'writing secrets', role: 'Key Vault Secrets Officer', permission: 'set' },
  recover: { words: 'recovering secrets', role: 'Key Vault Secrets Officer', permission: 'recover' },
};

function refusalReason(vaultCode: string, { place, name, doing }: FailureContext): string {
  const { words, role, permission } = rights[doing];
  switch (vaultCode) {
    case 'SecretDisabled':
      return `the secret is disabled: az keyvault secret set-attributes --id ${place.url}/secrets/${name} --enabled true`;
    case 'ForbiddenByFirewall':
      return "the vault's firewall does not let this address in (403): az keyvault network-rule add --name NAME --ip-address ADDRESS";
    case 'ForbiddenByConnection':
      return 'the vault does not take connections from public networks (403): run c2l inside its network';
    case 'ForbiddenByPolicy':
      return `${words} is forbidden by the vault's access policy (403): az keyvault set-policy --name NAME --object-id ID --secret-permissions ${permission}`;
    default:
      return `${words} is forbidden (403): it needs the role ${role}`;
  }
}

function statusReason(failure: Failure, context: FailureContext): string | undefined {
  const { status, vaultCode } = failure;
  const { host } = context.place;
  if (status === undefined || (status >= 200 && status < 300)) return undefined;
  if (status === 401) return `${host} does not accept the credential (401)`;
  if (status === 403) return refusalReason(vaultCode, context);
  if (status === 429) return throttled(context.last);
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

function networkReason({ name, code }: Failure, { place: { host }, last }: FailureContext): string | undefined {
  const known = networkReasons[code];
  if (known !== undefined) return `${host} ${known}`;
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) {
    return `the certificate of ${host} is not trusted (${code}); NODE_EXTRA_CA_CERTS=FILE names its authority`;
  }
  if (code !== '') return `${host} cannot be reached (${code})`;
  // The library stumbles over a refusal without a body and over a challenge that is not Key Vault's.
  if (last !== undefined && last.status >= 400 && name === 'TypeError')
    return `${host} answered ${last.status} and nothing more`;
  return last?.status === 401 ? `${host} does not answer as a Key Vault does` : undefined;
}
