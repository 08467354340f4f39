import type { DrillReport } from '../core/drill/drill-report.ts';
import type { DrillHistoryReport } from '../core/drill/drill-result.ts';
import type { Report } from '../core/reports/any-report.ts';
import { applyText } from './apply-text.ts';
import { auditText } from './audit/audit-text.ts';
import { backupText } from './backup-text.ts';
import { bootstrapText } from './bootstrap-text.ts';
import { fixText, restartText } from './change-text.ts';
import { doctorText } from './doctor-text.ts';
import { drillHistoryText } from './drill/drill-history-text.ts';
import { drillText } from './drill/drill-text.ts';
import { rehearsalText } from './drill/rehearsal-text.ts';
import { historyText } from './history-text.ts';
import { migrateText } from './migrate-text.ts';
import type { OutputFormat } from './output-format.ts';
import { printableCopy, printableJson } from './printable.ts';
import { restoreSyncText } from './restore-sync-text.ts';
import { rollbackText } from './rollback-text.ts';
import { stabilizeText } from './stabilize-text.ts';
import type { Style } from './style.ts';
import { verifyText } from './verify-text.ts';
import { watchText } from './watch-text.ts';

/** The whole answer of a command, ending in a line break. What few ask for is loaded by them alone. */
export async function renderReport(report: Report, format: OutputFormat, style: Style): Promise<string> {
  switch (format) {
    case 'text':
      return `${textLines(printableCopy(report), style).join('\n')}\n`;
    case 'json':
      return `${printableJson(JSON.stringify(report, null, 2))}\n`;
    case 'yaml':
      return (await import('./yaml.ts')).toYaml(report);
    case 'junit':
    case 'markdown':
    case 'html':
    case 'sarif':
    case 'github':
      return renderPage(printableCopy(report), format, style);
  }
}

async function renderPage(report: Report, format: OutputFormat, style: Style): Promise<string> {
  const { command } = report;
  if (format === 'html' && command === 'audit') return (await import('./audit/audit-html.ts')).auditHtml(report, style);
  if (command === 'dr-drill' || command === 'dr-drill history') return renderDrill(report, format, style);
  if (format === 'junit' && (command === 'audit' || command === 'verify')) {
    return (await import('./report-junit.ts')).reportJunit(report);
  }
  if (format === 'markdown') return renderMarkdown(report, style);
  throw new TypeError(`${command} has no form ${format}`);
}

async function renderMarkdown(report: Report, style: Style): Promise<string> {
  const { command } = report;
  if (command === 'doctor') return (await import('./doctor-markdown.ts')).doctorMarkdown(report);
  if (command === 'audit' || command === 'verify' || command === 'stabilize' || command === 'bootstrap') {
    return (await import('./report-markdown.ts')).reportMarkdown(report, style);
  }
  throw new TypeError(`${command} has no form markdown`);
}

async function renderDrill(
  report: DrillReport | DrillHistoryReport,
  format: OutputFormat,
  style: Style,
): Promise<string> {
  if (report.command === 'dr-drill history') {
    return (await import('./drill/drill-history-html.ts')).drillHistoryHtml(report, style);
  }
  if (format === 'html') return (await import('./drill/drill-html.ts')).drillHtml(report, style);
  if (format === 'junit') return (await import('./drill/drill-junit.ts')).drillJunit(report);
  if (format === 'markdown') return (await import('./report-markdown.ts')).reportMarkdown(report, style);
  throw new TypeError(`dr-drill has no form ${format}`);
}

const texts: {
  readonly [C in Report['command']]: (report: Extract<Report, { readonly command: C }>, style: Style) => string[];
} = {
  apply: applyText,
  audit: auditText,
  bootstrap: bootstrapText,
  backup: backupText,
  doctor: doctorText,
  'dr-drill': drillText,
  'dr-drill history': drillHistoryText,
  'dr-drill rehearsal': rehearsalText,
  'fix-secrets': fixText,
  history: historyText,
  migrate: migrateText,
  restart: restartText,
  'restore-sync': restoreSyncText,
  rollback: rollbackText,
  stabilize: stabilizeText,
  verify: verifyText,
  watch: watchText,
};

function textLines(report: Report, style: Style): string[] {
  // Each is given the report of its own command alone.
  const text = texts[report.command] as (report: Report, style: Style) => string[];
  const lines = text(report, style);
  // Parts end in an empty line, and the closing begins with one: where no part stands between, one is enough.
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '');
}
