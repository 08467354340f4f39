import type { AuditReport } from '../core/audit/audit-report.ts';
import type { FixReport } from '../core/fix/secret-reports.ts';
import type { ApplyReport } from '../core/reports/apply-report.ts';
import type { RestartReport } from '../core/restart/restart-report.ts';
import type { VerifyReport } from '../core/verify/verify-report.ts';
import { applySummary } from './apply-text.ts';
import { auditSummary } from './audit/audit-text.ts';
import { fixSummary, restartSummary } from './change-text.ts';
import { verifySummary } from './verify-text.ts';

/** One clause about what a phase found or did; the same words as in the phase's own verdict line. */
export function summaryOf(report: AuditReport | FixReport | RestartReport | VerifyReport | ApplyReport): string {
  switch (report.command) {
    case 'apply':
      return applySummary(report);
    case 'audit':
      return auditSummary(report);
    case 'fix-secrets':
      return fixSummary(report);
    case 'restart':
      return restartSummary(report);
    case 'verify':
      return verifySummary(report);
  }
}
