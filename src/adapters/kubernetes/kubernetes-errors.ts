import { unreadable, type ReadFailureCause, type Unreadable } from '../../core/cluster/observed.ts';

/** An answer of the API server, or of something that stands in its place. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** What a call was for, so that a refusal can be told in full. */
export interface Subject {
  readonly verb: string;
  /** As RBAC spells it, `pods/exec`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** There was no complete answer. It has no cause: the errors of Node carry URLs, headers and credentials. */
export class TransportFailure extends Error {
  readonly failure: Unreadable;

  constructor(cause: ReadFailureCause, reason: string) {
    super(reason);
    this.name = 'TransportFailure';
    this.failure = unreadable(cause, reason);
  }
}

/** The parts of an API `Status` that decisions are made from. Its message is looked at, never passed on. */
export interface ApiStatus {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
}

export function apiStatus(answer: ApiAnswer): ApiStatus | undefined {
  const body = parseObject(answer.text);
  if (body?.['kind'] !== 'Status') return undefined;
  const details = asObject(body['details']);
  const causes = Array.isArray(details?.['causes']) ? details['causes'] : [];
  return {
    reason: asText(body['reason']),
    message: asText(body['message']),
    causes: causes.map(asObject).map((cause) => ({
      reason: asText(cause?.['reason']),
      message: asText(cause?.['message']),
      field: asText(cause?.['field']),
    })),
  };
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  // Asked of every Secret of a cluster; an error that is thrown and caught costs more than all else that is done to one.
  if (text === '') return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `secret api/db`, `pods in namespace api`, `nodes`. */
export function subjectText(subject: Subject): string {
  const { resource, namespace, name } = subject;
  if (name !== undefined) return `${resource} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  return namespace === undefined ? `${resource} in all namespaces` : `${resource} in namespace ${namespace}`;
}

/** Why an answer that is neither a success nor a "not found" told nothing. */
export function answerFailure(answer: ApiAnswer, subject: Subject): Unreadable {
  const { status } = answer;
  const what = subjectText(subject);
  if (status === 401) return unreadable('unauthorized', 'the API server does not accept the credentials (401)');
  if (status === 403) return unreadable('forbidden', `not allowed to ${subject.verb} ${what} (403)`);
  if (status === 429) return unreadable('rate-limited', `the API server is too busy to ${subject.verb} ${what} (429)`);
  if (status >= 500) return unreadable('server-error', `the API server failed to ${subject.verb} ${what} (${status})`);
  if (status === 410)
    return unreadable('server-error', `the list of ${what} changed faster than it could be read (410)`);
  if (status >= 300 && status < 400) {
    return unreadable(
      'not-kubernetes',
      `the server redirects elsewhere instead of answering as Kubernetes (${status})`,
    );
  }
  return apiStatus(answer) === undefined
    ? unreadable('not-kubernetes', `the server does not answer as a Kubernetes API server (${status})`)
    : unreadable('server-error', `the API server refused to ${subject.verb} ${what} (${status})`);
}

export function notKubernetes(subject: Subject, wrong: string): Unreadable {
  return unreadable('not-kubernetes', `the answer to ${subject.verb} ${subjectText(subject)} is ${wrong}`);
}

const untrusted = 'shows a certificate that the kubeconfig does not trust';
/** What follows the name of a server that gave no answer, by the code of Node's error. */
export const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'broke off the connection',
  EPIPE: 'broke off the connection',
  ENOTFOUND: 'has no address in DNS',
  EAI_AGAIN: 'cannot be looked up in DNS',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached',
  EPROTO: 'does not speak TLS as expected',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
};

/** `ECONNREFUSED`, `ENOENT`, …; empty for an error without one. */
export function systemCode(error: unknown): string {
  return asText(asObject(error)?.['code']);
}

/** Of Node's errors only the code is passed on. */
export function networkFailure(error: unknown, server: string): TransportFailure {
  const code = systemCode(error);
  if (code.startsWith('HPE_')) {
    return new TransportFailure('not-kubernetes', `${server} does not speak HTTP (${code})`);
  }
  const reason = networkReasons[code] ?? 'cannot be reached';
  return new TransportFailure('unreachable', `${server} ${reason}${code === '' ? '' : ` (${code})`}`);
}

export function timeoutFailure(server: string, timeoutMs: number): TransportFailure {
  return new TransportFailure('timeout', `${server} did not answer within ${timeoutMs / 1000} s`);
}
