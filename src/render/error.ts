import type { ErrorReport, ReportPlace } from '../core/reports/any-report.ts';
import type { OutputFormat } from './output-format.ts';
import { printable, printableJson } from './printable.ts';
import { asTyped } from './typed-program.ts';

export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

interface ErrorSurroundings {
  /** As reports call it. */
  readonly command?: string;
  readonly place?: ReportPlace | undefined;
  /** How this program is typed. */
  readonly program?: string;
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
  { command = '', place, program = 'c2l' }: ErrorSurroundings = {},
): Promise<string> {
  const verdict = wished[error.code] ?? 'error';
  if (format === 'text') {
    const { message, hint } = error;
    const line = printable(hint === undefined ? message : `${message}; ${asTyped(hint, program)}`);
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
