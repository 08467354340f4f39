import { ExitCode } from '../exit-codes.ts';
import type { AuditSubject } from './audit-subject.ts';
import type { Compared } from './baseline.ts';
import type { DrillReport } from './drill/drill-report.ts';
import type { DrillHistoryReport } from './drill/drill-result.ts';
import type { Finding } from './findings.ts';
import type { StackFile } from './init/stack-draft.ts';
import type { Ignored, IgnoredFinding, LapsedIgnore } from './ignore-findings.ts';
import type { ObjectRef } from './kubernetes.ts';
import type { Place } from './manifests.ts';

export type Verdict = 'ok' | 'problems' | 'unreadable' | 'partial' | 'declined' | 'interrupted';

/** What every report holds: the JSON contract. Times are UTC, ISO 8601. */
export interface ReportHead {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly context: string;
  readonly server: string;
  readonly namespaces: readonly string[];
  readonly stack?: string;
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
    | 'pause-sync'
    | 'resume-sync'
    | 'keep-revision'
    | 'prune-revision'
    | 'remove-drill-secret'
    | 'store-backup'
    | 'replace-pod'
    | 'restart-workload'
    | 'keep-pod'
    | 'wait-ready';
  readonly object: ObjectRef;
  readonly outcome: 'done' | 'failed' | 'skipped' | 'planned' | 'kept';
  readonly detail: string;
  /** Of what was kept: it needs to be started anew, and c2l does not do it. */
  readonly isWithheld?: boolean;
}

/** A component and its state at the moment of the report. */
export interface ComponentState {
  readonly component: string;
  readonly object: ObjectRef;
  readonly state: 'ready' | 'waiting' | 'stuck' | 'missing' | 'unknown';
  readonly detail: string;
  readonly dependsOn: readonly string[];
}

export interface ApplicationState {
  readonly name: string;
  readonly health: string;
  readonly sync: string;
  /** Of the last sync: `Succeeded`, `Failed`, `Running`, … */
  readonly operation?: string;
  readonly syncPolicy?: 'manual' | 'automatic' | 'self-heal';
  /** Why it is not well, in terms of what it deploys: its own status does not hold that. */
  readonly reasons?: readonly string[];
}

export interface AuditReport extends ReportHead {
  readonly command: 'audit';
  /** The one object that was asked for; the findings are then those that concern it. */
  readonly subject?: AuditSubject;
  /** What the stack file or an annotation sets aside; not in `findings`. */
  readonly ignored: readonly IgnoredFinding[];
  /** What was meant to set something aside and does not. */
  readonly lapsedIgnores: readonly LapsedIgnore[];
  /** What an earlier report held already; not in `findings`. */
  readonly baseline?: Compared['baseline'];
  readonly components: readonly ComponentState[];
  readonly applications: readonly ApplicationState[];
}

export type KeyChange = 'ADD' | 'CHANGE' | 'SAME' | 'REMOVE';

/** One line of the masked diff: never a value, never its length. */
export interface PlannedKey {
  readonly key: string;
  readonly change: KeyChange;
  readonly source?: string | undefined;
}

export interface PlannedSecret {
  readonly object: ObjectRef;
  readonly action: 'create' | 'patch' | 'recreate' | 'sync' | 'none';
  /** What it was planned from; absent where the Secret is. */
  readonly resourceVersion?: string | undefined;
  readonly keys: readonly PlannedKey[];
}

export interface FixReport extends ReportHead {
  readonly command: 'fix-secrets';
  readonly dryRun: boolean;
  /** As `--from` names them, so that a plan can be carried out as it was reviewed. */
  readonly sources: readonly string[];
  readonly plan: readonly PlannedSecret[];
  readonly outcomes: readonly StepOutcome[];
}

/** What was kept of a Secret before one write to it. */
export interface RevisionEntry {
  /** What `c2l rollback` takes. */
  readonly id: string;
  readonly name: string;
  readonly keptAt: string;
  readonly keptBy: string;
  readonly command: string;
  readonly version: string;
  /** What that write changed. */
  readonly changes: readonly PlannedKey[];
  /** Keys of that write that something else changed before the next revision, or since. */
  readonly changedLater: readonly string[];
}

export interface SecretHistory {
  readonly object: ObjectRef;
  readonly isPresent: boolean;
  /** Newest first. */
  readonly revisions: readonly RevisionEntry[];
}

export interface HistoryReport extends ReportHead {
  readonly command: 'history';
  readonly secrets: readonly SecretHistory[];
  /** The revisions that were removed, with `--prune`. */
  readonly outcomes: readonly StepOutcome[];
}

export interface RollbackReport extends ReportHead {
  readonly command: 'rollback';
  readonly dryRun: boolean;
  readonly revision: Pick<RevisionEntry, 'id' | 'name' | 'keptAt' | 'keptBy'>;
  readonly plan: readonly PlannedSecret[];
  readonly outcomes: readonly StepOutcome[];
  /** What runs with other values than the Secret holds after it. */
  readonly restarts: readonly { readonly object: ObjectRef; readonly reason: string }[];
}

/** What became of the pauses that c2l left on Applications and ExternalSecrets. */
export interface RestoreSyncReport extends ReportHead {
  readonly command: 'restore-sync';
  readonly dryRun: boolean;
  readonly outcomes: readonly StepOutcome[];
}

/** One key of a backup: never its value. */
export interface BackupEntry {
  readonly object: ObjectRef;
  readonly key: string;
  readonly required: boolean;
  /** The name it has there. */
  readonly name: string;
  /** What a backup does with it, or what a check found. */
  readonly state:
    | 'new'
    | 'changed'
    | 'same'
    | 'recovered'
    | 'stored'
    | 'left-out'
    | 'equal'
    | 'valid'
    | 'absent'
    | 'differs'
    | 'unusable';
  readonly detail?: string;
}

export interface BackupReport extends ReportHead {
  readonly command: 'backup';
  /** Whether a source was compared with what runs, and nothing written. */
  readonly check: boolean;
  readonly dryRun: boolean;
  /** As `--to` or `--from` names them. */
  readonly places: readonly string[];
  readonly entries: readonly BackupEntry[];
  readonly outcomes: readonly StepOutcome[];
}

export interface RestartReport extends ReportHead {
  readonly command: 'restart';
  readonly dryRun: boolean;
  readonly outcomes: readonly StepOutcome[];
}

/** What most probably made a check fail, and how it can be undone: nobody can be sure from outside. */
export interface LikelyCause {
  readonly cause: string;
  readonly ways: readonly { readonly what: string; readonly command: string }[];
}

export interface CheckResult {
  readonly name: string;
  readonly component: string;
  readonly outcome: 'pass' | 'fail' | 'skipped' | 'unreadable';
  readonly critical: boolean;
  /** Why it failed or was skipped; what was seen where it passed. */
  readonly detail: string;
  readonly durationMs: number;
  readonly likely?: LikelyCause;
}

/** One change of what was seen of a check: where it waited, and how it ended. */
export interface TimelineEntry {
  readonly at: string;
  /** Since the first look. */
  readonly afterMs: number;
  readonly component: string;
  readonly name: string;
  readonly outcome: 'waiting' | CheckResult['outcome'];
  readonly detail: string;
}

export interface VerifyReport extends ReportHead {
  readonly command: 'verify';
  readonly checks: readonly CheckResult[];
  /** In the order in which it happened. */
  readonly timeline: readonly TimelineEntry[];
}

/** A target of watch as it was seen in one round. */
export interface WatchedTarget {
  readonly id: string;
  readonly critical: boolean;
  /** By the thresholds: one failure does not make it `down`. */
  readonly status: 'up' | 'down';
  readonly outcome: 'pass' | 'fail' | 'unreadable' | 'not-seen';
  readonly detail: string;
  readonly durationMs: number;
  /** What it hangs on and what fails too. */
  readonly beneath?: string;
  /** The window in which nobody is told of it. */
  readonly maintenance?: string;
  readonly certificateEnds?: string;
}

export interface OpenIncident {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly members: readonly string[];
  /** What it began with. */
  readonly roots: readonly { readonly id: string; readonly detail: string }[];
}

/** One round of watch. Context and server are empty where only endpoints are watched. */
export interface WatchReport extends ReportHead {
  readonly command: 'watch';
  /** The machine that looks has no connection. */
  readonly offline: boolean;
  readonly targets: readonly WatchedTarget[];
  readonly incidents: readonly OpenIncident[];
  /** What came of this round. */
  readonly notices: readonly { readonly id: string; readonly kind: string; readonly title: string }[];
  /** What was not delivered yet, and is kept. */
  readonly undelivered: readonly { readonly id: string; readonly to: string; readonly attempts: number }[];
}

/** One thing that c2l needs, as doctor found it. */
export interface Examination {
  readonly name: string;
  /** `lacking` keeps something from working that may not be wanted. */
  readonly state: 'ok' | 'lacking' | 'problem' | 'unreadable';
  readonly detail: string;
  /** What to type to mend it, or to make use of it. */
  readonly next?: string;
}

export interface DoctorReport extends ReportHead {
  readonly command: 'doctor';
  readonly examinations: readonly Examination[];
  /** What became of each leftover, where they were to be removed. */
  readonly outcomes?: readonly StepOutcome[];
  /** The command to run next. */
  readonly next: string;
}

export type PhaseName = 'audit' | 'fix-secrets' | 'restart' | 'verify';

export interface Phase {
  readonly name: PhaseName;
  readonly verdict: Verdict | 'error' | 'skipped';
  readonly startedAt: string;
  readonly durationMs: number;
  /** One line: what the phase found or did. */
  readonly summary: string;
  readonly report?: AuditReport | FixReport | RestartReport | VerifyReport;
}

export interface StabilizeReport extends Omit<ReportHead, 'verdict'> {
  readonly command: 'stabilize';
  /** `error` when a phase could not do its work; `error` then says why. */
  readonly verdict: Verdict | 'error';
  readonly error?: ReportedError;
  readonly phases: readonly Phase[];
}

/** A failure as reports and scripts see it. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A finding with the places in the files that it is about, the first one the most telling. */
export interface LocatedFinding extends Finding {
  readonly locations: readonly Place[];
}

/** `context` and `server` are empty where no cluster was asked. */
export interface ValidateReport extends ReportHead {
  readonly command: 'validate';
  readonly findings: readonly LocatedFinding[];
  /** Set aside by the stack file or by an annotation of a manifest. */
  readonly ignored: readonly Ignored<LocatedFinding>[];
  readonly lapsedIgnores: readonly LapsedIgnore[];
  /** As they were named; `-` for standard input. */
  readonly paths: readonly string[];
  readonly files: number;
  /** Kubernetes objects that were looked at. */
  readonly objects: number;
  /** Documents of other programs, and objects of namespaces that were not asked for. */
  readonly skipped: readonly Place[];
}

/** What init found out; the stack is given as the file holds it. */
export interface InitReport extends ReportHead {
  readonly command: 'init';
  readonly findings: readonly (Finding & Partial<LocatedFinding>)[];
  /** Undefined where nothing was written. */
  readonly path?: string;
  readonly stack: string;
  readonly file: StackFile;
  /** The manifests that it was made from; undefined where that was a cluster. */
  readonly paths?: readonly string[];
  /** What to look at in the file: guesses with their reasons, and what nobody could tell. */
  readonly notes: readonly { readonly of: string; readonly note: string }[];
}

export type Report =
  | DrillHistoryReport
  | AuditReport
  | FixReport
  | RestartReport
  | VerifyReport
  | StabilizeReport
  | HistoryReport
  | RollbackReport
  | RestoreSyncReport
  | BackupReport
  | WatchReport
  | DoctorReport
  | DrillReport;

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
