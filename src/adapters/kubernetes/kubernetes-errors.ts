import { unreadable, type ReadFailureCause, type Unreadable } from '../../core/cluster/observed.ts';
import { asObject, asText, parseObject } from '../json-object.ts';
import { networkReasons, systemCode } from '../node-errors.ts';

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
