import { ExitCode } from './exit-codes.ts';

/** What an expected failure is about. Words are stable: they stand in JSON as `error.code`. */
export type OperatorErrorCode =
  | 'usage'
  | 'no-kubeconfig'
  | 'unknown-context'
  | 'kubeconfig-invalid'
  | 'namespace-not-found'
  | 'config-invalid'
  | 'read-only'
  | 'stack-not-found'
  | 'stack-invalid'
  | 'stack-lacks-field'
  | 'stack-unusable'
  | 'manifests-not-found'
  | 'manifests-unreadable'
  | 'kinds-missing'
  | 'source-invalid'
  | 'source-unreadable'
  | 'output-unwritable'
  | 'output-foreign'
  | 'values-missing'
  | 'values-invalid'
  | 'confirmation-needed'
  | 'forbidden'
  | 'plan-invalid'
  | 'baseline-invalid'
  | 'plan-outdated'
  | 'secret-owned'
  | 'revision-not-found'
  | 'drill-invalid'
  | 'drill-refused'
  | 'drill-not-found'
  | 'runbook-invalid'
  | 'nothing-readable'
  | 'conflict'
  | 'write-failed'
  | 'declined'
  | 'interrupted';

export interface OperatorErrorOptions {
  /** The next thing to type, or the accepted values. */
  readonly hint?: string;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
  /** The server gave no answer of its own: the same, sent again, may succeed. */
  readonly isPassing?: boolean;
}

/**
 * A failure that the person in front of c2l can do something about. The message is one lower-case clause that holds
 * the wrong value; everything that is not an OperatorError is a defect in c2l and ends in exit 70.
 */
export class OperatorError extends Error {
  readonly code: OperatorErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  readonly isPassing: boolean;

  constructor(code: OperatorErrorCode, message: string, options: OperatorErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'OperatorError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.usage;
    this.isPassing = options.isPassing ?? false;
  }
}
