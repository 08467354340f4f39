import { ExitCode } from '../../exit-codes.ts';
import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { Finding } from '../findings/findings.ts';
import { listText } from '../list-text.ts';

export type Verdict = 'ok' | 'problems' | 'unreadable' | 'partial' | 'declined' | 'interrupted';

export interface OtherStack {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** Where it stands; absent where it ships with c2l. */
  readonly file?: string;
}

/** Which stack a run goes by, in one clause. */
export function stackText({ stack, otherStack: other }: Pick<ReportHead, 'stack' | 'otherStack'>): string {
  if (stack !== undefined) return `stack ${stack}`;
  if (other === undefined) return 'no stack file';
  const where = other.namespaces.length === 1 ? 'namespace' : 'namespaces';
  return `no stack: ${other.file ?? 'stack'} (${other.name}) is for ${where} ${listText(other.namespaces)}`;
}

/** What every report holds: the JSON contract. Times are UTC, ISO 8601. */
export interface ReportHead {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly context: string;
  readonly server: string;
  readonly namespaces: readonly string[];
  readonly stack?: string;
  /** A stack that was found and is for other namespaces, so that nothing of it counts here. */
  readonly otherStack?: OtherStack;
  readonly takenAt: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** What became of one action. `skipped` always says because of what. */
export interface StepOutcome {
  readonly action:
    | 'create-namespace'
    | 'create-secret'
    | 'patch-secret'
    | 'recreate-secret'
    | 'sync-external-secret'
    | 'fill-store'
    | 'seal-values'
    | 'pause-sync'
    | 'resume-sync'
    | 'keep-revision'
    | 'prune-revision'
    | 'remove-drill-secret'
    | 'store-backup'
    | 'replace-pod'
    | 'restart-workload'
    | 'keep-pod'
    | 'apply-object'
    | 'leave-object'
    | 'sync-application'
    | 'await-secret'
    | 'wait-ready'
    | 'prove-values'
    | 'adopt-secret'
    | 'release-secret'
    | 'create-writer'
    | 'delete-writer';
  readonly object: ObjectRef;
  readonly outcome: 'done' | 'failed' | 'skipped' | 'planned' | 'kept';
  readonly detail: string;
  /** Of what was kept: it needs to be started anew, and c2l does not do it. */
  readonly isWithheld?: boolean;
  /** Of what is kept: it is to come up by itself, and is waited for. */
  readonly isAwaited?: boolean;
  /** Of what is kept: it may need to be started anew, and nobody can tell. */
  readonly isDoubted?: boolean;
}

/** Whether it is left to people, or only they can tell. */
export function isOpen({ isWithheld, isDoubted }: StepOutcome): boolean {
  return isWithheld === true || isDoubted === true;
}

/** `problems` if and only if a finding is an error; else `unreadable` if anything could not be read; else `ok`. */
export function verdictOf(findings: readonly Finding[]): 'ok' | 'problems' | 'unreadable' {
  if (findings.some((finding) => finding.severity === 'error')) return 'problems';
  return findings.some((finding) => finding.code === 'unreadable') ? 'unreadable' : 'ok';
}

/** The verdict of a command that wrote: what was left undone comes before what is still wrong. */
export function verdictOfWrites(outcomes: readonly StepOutcome[], findings: readonly Finding[]): Verdict {
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return 'partial';
  return outcomes.some(({ outcome }) => outcome === 'skipped') ? 'interrupted' : verdictOf(findings);
}

const exitCodes: Record<Verdict, ExitCode> = {
  ok: ExitCode.ok,
  problems: ExitCode.problems,
  unreadable: ExitCode.unreadable,
  partial: ExitCode.partial,
  declined: ExitCode.declined,
  interrupted: ExitCode.interrupted,
};

export function exitCodeOf(verdict: Verdict): ExitCode {
  return exitCodes[verdict];
}
