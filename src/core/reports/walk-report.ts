import type { AuditReport } from '../audit/audit-report.ts';
import type { FixReport } from '../fix/secret-reports.ts';
import type { RestartReport } from '../restart/restart-report.ts';
import type { TakenFrom } from '../sources/source-option.ts';
import type { VerifyReport } from '../verify/verify-report.ts';
import type { ApplyReport } from './apply-report.ts';
import type { ReportHead, Verdict } from './report.ts';

export type PhaseName = 'audit' | 'fix-secrets' | 'restart' | 'verify' | 'prepare' | 'apply';

export interface Phase {
  readonly name: PhaseName;
  readonly verdict: Verdict | 'error' | 'skipped';
  readonly startedAt: string;
  readonly durationMs: number;
  /** One line: what the phase found or did. */
  readonly summary: string;
  readonly report?: AuditReport | FixReport | RestartReport | VerifyReport | ApplyReport;
}

/** A walk through phases. */
export interface WalkReport extends Omit<ReportHead, 'verdict'>, TakenFrom {
  readonly command: 'stabilize' | 'bootstrap';
  /** `error` when a phase could not do its work; `error` then says why. */
  readonly verdict: Verdict | 'error';
  readonly error?: ReportedError;
  /** Of a bootstrap: as `--manifests` named them. */
  readonly manifests?: readonly string[];
  readonly phases: readonly Phase[];
}

/** A failure as reports and scripts see it. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
