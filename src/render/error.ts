import { printable, printableJson } from './printable.ts';
import type { OutputFormat } from './report.ts';

export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a command prints that could not start: one line for people, one document of the usual shape for programs. */
export async function renderError(error: RenderedError, format: OutputFormat, command = ''): Promise<string> {
  if (format === 'text') {
    return `error: ${printable(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`)}\n`;
  }
  const document = {
    schemaVersion: 1,
    command,
    verdict: 'error',
    findings: [],
    error: { code: error.code, message: error.message, hint: error.hint },
  };
  if (format === 'yaml') return (await import('./yaml.ts')).toYaml(document);
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}
