import type { Severity } from '../../core/findings/findings.ts';
import type { LocatedFinding, ValidateReport } from '../../core/reports/file-reports.ts';
import { validationSummary } from './validation-text.ts';

const commands: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, which show each finding at its line of a pull request; the verdict last. */
export function githubAnnotations(report: ValidateReport): string {
  const lines = report.findings.filter(({ severity }) => severity !== 'info').map(annotation);
  return [...lines, `c2l validate: ${report.verdict}, ${validationSummary(report)}`, ''].join('\n');
}

function annotation({ severity, code, message, fix, locations: [place] }: LocatedFinding): string {
  const at = place === undefined || place.file === '-' ? [] : [`file=${property(place.file)}`, `line=${place.line}`];
  const properties = [...at, `title=${property(code)}`].join(',');
  return `::${commands[severity]} ${properties}::${data(`${message}; ${fix}`)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
