import type { SettingsAnswer } from '../core/reports/answers.ts';
import { quoted } from '../core/sources/source-option.ts';
import { nextLines } from './head-text.ts';
import { paragraph, table } from './layout.ts';
import type { OutputFormat } from './output-format.ts';
import { printableJson } from './printable.ts';
import type { Style } from './style.ts';

export interface SettingsOptions {
  readonly withOrigin: boolean;
  /** Whether the file of settings is there, and holds something. */
  readonly hasFile: boolean;
  readonly format: OutputFormat;
  readonly style: Style;
}

export async function renderSettings(
  report: SettingsAnswer,
  { withOrigin, hasFile, format, style }: SettingsOptions,
): Promise<string> {
  if (format === 'yaml') return (await import('./yaml.ts')).toYaml(report);
  if (format === 'json') return `${printableJson(JSON.stringify(report, null, 2))}\n`;
  const rows = report.settings.map(({ name, value, origin }) => [
    { text: name },
    { text: valueText(name, value) },
    ...(withOrigin ? [{ text: origin }] : []),
  ]);
  const contexts = report.contexts.map(({ name, readOnly, production }) => {
    const marks = [...(readOnly ? ['read-only'] : []), ...(production ? ['production'] : [])];
    return [{ text: name }, { text: marks.length === 0 ? 'as any other' : marks.join(', ') }];
  });
  const edit = `\${EDITOR:-vi} ${quoted(report.file)}`;
  return [
    ...table(rows, style.width, 0),
    ...(contexts.length === 0 ? [] : ['', 'contexts', ...table(contexts, style.width)]),
    '',
    ...(hasFile ? [] : paragraph('', 'no file of your own holds settings yet', style.width)),
    ...nextLines(hasFile ? edit : `mkdir -p ${quoted(report.file.replace(/\/[^/]*$/, ''))} && ${edit}`, style),
    '',
  ].join('\n');
}

function valueText(name: string, value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.join(', ');
  if (name === 'request-timeout' && typeof value === 'number') return `${value / 1000}s`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
