import type { AuditReport } from '../audit/audit-report.ts';
import type { DrillReport } from '../drill/drill-report.ts';
import type { DrillHistoryReport } from '../drill/drill-result.ts';
import type { RehearsalReport } from '../drill/rehearsal-report.ts';
import type {
  BackupReport,
  FixReport,
  HistoryReport,
  RestoreSyncReport,
  RollbackReport,
} from '../fix/secret-reports.ts';
import type { MigrateReport } from '../migrate/migrate-report.ts';
import type { RestartReport } from '../restart/restart-report.ts';
import type { VerifyReport } from '../verify/verify-report.ts';
import type { WatchReport } from '../watch/watch-report.ts';
import type { Answer } from './answers.ts';
import type { ApplyReport } from './apply-report.ts';
import type { DoctorReport } from './doctor-report.ts';
import type { InitReport, ValidateReport } from './file-reports.ts';
import type { ReportHead } from './report.ts';
import type { ReportedError, WalkReport } from './walk-report.ts';

export type Report =
  | DrillHistoryReport
  | RehearsalReport
  | AuditReport
  | FixReport
  | RestartReport
  | VerifyReport
  | WalkReport
  | ApplyReport
  | HistoryReport
  | RollbackReport
  | RestoreSyncReport
  | MigrateReport
  | BackupReport
  | WatchReport
  | DoctorReport
  | DrillReport;

/** What a command prints in the place of a report where it could not do its work; where, once it has a cluster to fail on. */
export interface ErrorReport extends Partial<ReportPlace> {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly verdict: 'error' | 'declined' | 'interrupted';
  readonly findings: readonly [];
  readonly error: ReportedError;
}

export type ReportPlace = Pick<ReportHead, 'context' | 'server' | 'namespaces' | 'stack' | 'takenAt'>;

/** One document on standard output, as scripts read it. */
export type ReportDocument = Report | ValidateReport | InitReport | Answer | ErrorReport;
