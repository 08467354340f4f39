import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import { apiStatus, subjectText, type ApiAnswer, type Subject, type TransportFailure } from './kubernetes-errors.ts';
import { invalidReason, refusedAtAdmission } from './kubernetes-invalid.ts';
import type { ApiRequest } from './kubernetes-transport.ts';

/** Of a write that the API server carries out in every step but the storing. */
export const rehearsed = '&dryRun=All';

export function refusal(answer: ApiAnswer, subject: Subject): OperatorError {
  const { status } = answer;
  const said = apiStatus(answer);
  if (said?.causes.some(({ reason }) => reason === 'NamespaceTerminating') === true) {
    return writeFailed(subject, `namespace ${subject.namespace ?? ''} is being deleted`);
  }
  const admission = said === undefined ? undefined : refusedAtAdmission(said, subject);
  const isPassing = status >= 500 || status === 429;
  if (admission !== undefined)
    return writeFailed(subject, `${admission.wrong} (${status})`, { ...admission, isPassing });
  if (status === 403) {
    const rights = `kubectl auth can-i ${subject.verb} ${subject.resource}`;
    return new OperatorError('forbidden', `not allowed to ${subject.verb} ${subjectText(subject)} (403)`, {
      hint: subject.namespace === undefined ? rights : `${rights} -n ${subject.namespace}`,
    });
  }
  if (status === 401) return writeFailed(subject, 'the API server does not accept the credentials (401)');
  if (status === 422 && said !== undefined) return writeFailed(subject, invalidReason(said));
  return writeFailed(subject, `the API server refused it (${status})`, { isPassing });
}

export function unanswered(subject: Subject, error: TransportFailure, { path }: ApiRequest): OperatorError {
  const { cause, reason } = error.failure;
  const mayBeDone = !path.endsWith(rehearsed.slice(1)) && (cause === 'timeout' || reason.includes('broke off'));
  return writeFailed(subject, mayBeDone ? `${reason}; whether it was done is not known` : reason, {
    isPassing: true,
  });
}

export function writeFailed(
  subject: Subject,
  wrong: string,
  { isPassing = false, hint }: { readonly isPassing?: boolean; readonly hint?: string } = {},
): OperatorError {
  return new OperatorError('write-failed', `${subject.verb} ${subjectText(subject)} failed: ${wrong}`, {
    hint: hint ?? (subject.namespace === undefined ? 'c2l audit' : auditAgain(subject.namespace)),
    exitCode: ExitCode.partial,
    isPassing,
  });
}

export function conflict(message: string, hint: string): OperatorError {
  return new OperatorError('conflict', message, { hint, exitCode: ExitCode.partial });
}

export function auditAgain(namespace: string): string {
  return `c2l audit -n ${namespace}`;
}
