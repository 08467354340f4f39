import type { ValidateReport } from '../../core/reports/file-reports.ts';
import type { OutputFormat } from '../output-format.ts';
import { printableCopy, printableJson } from '../printable.ts';
import type { Style } from '../style.ts';

export interface ValidationStyle extends Style {
  /** Of c2l, for formats that name the tool. */
  readonly version: string;
}

/** What `validate` answers, in any of its forms, ending in a line break. */
export async function renderValidation(
  report: ValidateReport,
  format: OutputFormat,
  style: ValidationStyle,
): Promise<string> {
  switch (format) {
    case 'json':
      return `${printableJson(JSON.stringify(report, null, 2))}\n`;
    case 'yaml':
      return (await import('../yaml.ts')).toYaml(report);
    case 'junit':
      return (await import('./validation-junit.ts')).validationJunit(printableCopy(report));
    case 'sarif':
      return (await import('./sarif.ts')).sarif(printableCopy(report), style.version);
    case 'github':
      return (await import('./github-annotations.ts')).githubAnnotations(printableCopy(report));
    case 'markdown':
    case 'html':
    case 'text':
      return `${(await import('./validation-text.ts')).validationText(printableCopy(report), style).join('\n')}\n`;
  }
}
