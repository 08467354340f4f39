import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { SealedTemplate } from '../cluster/secret-writer-objects.ts';
import type { ReportHead, StepOutcome } from '../reports/report.ts';
import type { RevisionEntry, SecretHistory } from '../revisions/secret-history.ts';
import type { PlannedSecret } from './planned-secret.ts';

export interface FixReport extends ReportHead {
  readonly command: 'fix-secrets';
  readonly dryRun: boolean;
  /** As `--from` names them, so that a plan can be carried out as it was reviewed. */
  readonly sources: readonly string[];
  /** The file of an identity, as `--identity` named it. */
  readonly identity?: string;
  /** The Secrets and keys that alone were to be restored, where some were named. */
  readonly only?: readonly string[];
  /** Other flags that shaped the plan, as they are typed. */
  readonly flags?: readonly string[];
  readonly plan: readonly PlannedSecret[];
  readonly outcomes: readonly StepOutcome[];
  /** To be committed in place of the SealedSecrets that they are of; only where something was sealed. */
  readonly sealed?: readonly SealedManifest[];
}

/** A SealedSecret as it is applied: values that only the controller can open. */
export interface SealedManifest {
  readonly apiVersion: string;
  readonly kind: 'SealedSecret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly encryptedData: Readonly<Record<string, string>>;
    readonly template?: SealedTemplate;
  };
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
  /** Flags that shaped it, as they are typed. */
  readonly flags?: readonly string[];
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
  /** When what a check found was put there, in UTC, as far as the source knows. */
  readonly storedAt?: string;
}

export interface BackupReport extends ReportHead {
  readonly command: 'backup';
  /** Whether a source was compared with what runs, and nothing written. */
  readonly check: boolean;
  readonly dryRun: boolean;
  /** As `--to` or `--from` names them. */
  readonly places: readonly string[];
  /** Whose identities open the file. */
  readonly recipients?: readonly string[];
  /** The file of an identity, as `--identity` named it. */
  readonly identity?: string;
  /** What the file is called now, or would be, that was there before this backup. */
  readonly keptAs?: string;
  /** As whom the places were asked that tell callers apart. */
  readonly askedAs?: readonly { readonly place: string; readonly identity: string }[];
  readonly entries: readonly BackupEntry[];
  readonly outcomes: readonly StepOutcome[];
}
