import type { ErrorReport, ReportPlace } from '../core/reports/any-report.ts';
import type { OutputFormat } from './output-format.ts';
import { printable, printableJson } from './printable.ts';

export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What was the operator's own wish is no error: it has a verdict of its own. */
const wished: Readonly<Record<string, 'declined' | 'interrupted'>> = {
  declined: 'declined',
  interrupted: 'interrupted',
};

/** What a command prints that could not do its work: one line for people, one document of the usual shape for programs. */
export async function renderError(
  error: RenderedError,
  format: OutputFormat,
  command = '',
  place?: ReportPlace,
): Promise<string> {
  const verdict = wished[error.code] ?? 'error';
  if (format === 'text') {
    const line = printable(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    return verdict === 'error' ? `error: ${line}\n` : `${line}\n`;
  }
  const { code, message, hint } = error;
  const document: ErrorReport = {
    schemaVersion: 1,
    command,
    ...place,
    verdict,
    findings: [],
    error: { code, message, ...(hint !== undefined && { hint }) },
  };
  if (format === 'yaml') return (await import('./yaml.ts')).toYaml(document);
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}
