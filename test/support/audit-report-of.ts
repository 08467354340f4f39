import { applicationStates } from '../../src/core/argocd/argocd.ts';
import type { AuditReport } from '../../src/core/audit/audit-report.ts';
import type { Snapshot } from '../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../src/core/diagnose/diagnose.ts';
import { verdictOf } from '../../src/core/reports/report.ts';
import { diagnosedStates } from '../../src/core/workloads/component-states.ts';
import type { OutputFormat } from '../../src/render/output-format.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { inTurn } from './in-turn.ts';

/** What an audit says of a snapshot where no stack and nothing set aside is involved. */
export function auditReportOf(snapshot: Snapshot): AuditReport {
  const findings = diagnose(snapshot);
  return {
    schemaVersion: 1,
    command: 'audit',
    context: 'test',
    server: 'https://10.0.0.1:6443',
    namespaces: snapshot.namespaces,
    takenAt: snapshot.takenAt,
    verdict: verdictOf(findings),
    findings,
    ignored: [],
    lapsedIgnores: [],
    components: diagnosedStates(snapshot, undefined, findings),
    applications: applicationStates(snapshot, undefined, findings),
  };
}

const formats: readonly OutputFormat[] = ['text', 'json', 'yaml', 'junit', 'markdown', 'html'];

export function everyForm(report: AuditReport): Promise<readonly string[]> {
  const style = createStyle(false, { verbose: true });
  return inTurn(formats, (format) => renderReport(report, format, style));
}
