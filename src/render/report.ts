import type { Report } from '../core/report.ts';
import { auditText } from './audit-text.ts';
import { fixText, restartText } from './change-text.ts';
import type { OutputFormat } from './output-format.ts';
import { printableCopy, printableJson } from './printable.ts';
import { stabilizeText } from './stabilize-text.ts';
import type { Style } from './style.ts';
import { verifyText } from './verify-text.ts';

/** The whole answer of a command, ending in a line break. */
export async function renderReport(report: Report, format: OutputFormat, style: Style): Promise<string> {
  if (format === 'yaml') return (await import('./yaml.ts')).toYaml(report);
  if (format === 'json') return `${printableJson(JSON.stringify(report, null, 2))}\n`;
  return `${textLines(printableCopy(report), style).join('\n')}\n`;
}

function textLines(report: Report, style: Style): string[] {
  switch (report.command) {
    case 'audit':
      return auditText(report, style);
    case 'fix-secrets':
      return fixText(report, style);
    case 'restart':
      return restartText(report, style);
    case 'verify':
      return verifyText(report, style);
    case 'stabilize':
      return stabilizeText(report, style);
  }
}
