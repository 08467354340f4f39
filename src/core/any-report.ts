import type { ApplyReport } from './apply-report.ts';
import type { AuditReport } from './audit-report.ts';
import type { DoctorReport } from './doctor-report.ts';
import type { DrillReport } from './drill/drill-report.ts';
import type { DrillHistoryReport } from './drill/drill-result.ts';
import type { RehearsalReport } from './drill/rehearsal-report.ts';
import type { MigrateReport } from './migrate/migrate-report.ts';
import type { RestartReport } from './restart-report.ts';
import type { BackupReport, FixReport, HistoryReport, RestoreSyncReport, RollbackReport } from './secret-reports.ts';
import type { WalkReport } from './walk-report.ts';
import type { VerifyReport } from './verify-report.ts';
import type { WatchReport } from './watch-report.ts';

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
