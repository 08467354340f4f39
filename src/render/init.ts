import type { Place } from '../core/manifests/manifests.ts';
import type { InitReport } from '../core/reports/file-reports.ts';
import { commandsHere } from './commands-here.ts';
import { nextLines } from './head-text.ts';
import { count, paragraph, table, type Cell } from './layout.ts';
import type { OutputFormat } from './output-format.ts';
import { printableCopy, printableJson } from './printable.ts';
import type { Style } from './style.ts';

/** What `init` answers where the file itself is not the answer. */
export async function renderInit(report: InitReport, format: OutputFormat, style: Style): Promise<string> {
  if (format === 'json') return `${printableJson(JSON.stringify(report, null, 2))}\n`;
  if (format === 'yaml') return (await import('./yaml.ts')).toYaml(report);
  return `${initText(printableCopy(report), style).join('\n')}\n`;
}

function initText(report: InitReport, style: Style): string[] {
  const { path, notes, findings, verdict } = report;
  const marked = notes.filter(({ note }) => isMarked(note));
  const file = path ?? 'it';
  const rows = marked.map(({ of, note }): Cell[] => [{ text: of, paint: style.bold }, { text: note }]);
  return [
    ...(path === undefined ? [] : writtenLines(path, report, style)),
    ...(rows.length === 0 ? [] : ['', `${count(rows.length, 'thing')} to look at, which ${file} says too:`]),
    ...table(rows, style.width),
    ...findings.flatMap(({ message, locations }) => [
      '',
      ...paragraph('NOT READ  ', placed(message, locations), style.width).map((line) => style.caution(line)),
    ]),
    '',
    style.bold(`verdict: ${verdict}${verdict === 'unreadable' ? `, ${file} lacks what could not be read` : ''}`),
    ...nextLines(commandsHere(nextCommand(report), style), style),
  ];
}

function placed(message: string, places: readonly Place[] = []): string {
  const [place] = places;
  return place === undefined ? message : `${place.file}:${place.line}: ${message}`;
}

/** The file holds what is particular to the components: of verify's checks that is the smaller part. */
function writtenLines(path: string, report: InitReport, style: Style): string[] {
  const { components } = report.file;
  const anyway =
    'verify checks as well that each component is ready, that its Services lead to it, and what Argo CD says';
  return [
    style.bold(`wrote ${path}: ${amounts(report)}`),
    ...(components.length === 0 ? [] : paragraph('', anyway, style.width).map((line) => style.dim(line))),
  ];
}

function amounts({ file: { secrets, components } }: InitReport): string {
  const keys = secrets.reduce((sum, secret) => sum + Object.keys(secret.keys).length, 0);
  const checks = components.reduce((sum, component) => sum + (component.checks?.length ?? 0), 0);
  return [
    `${count(secrets.length, 'Secret')} with ${count(keys, 'key')}`,
    count(components.length, 'component'),
    count(checks, 'check'),
  ].join(', ');
}

function nextCommand({ path, context, paths = [] }: InitReport): string {
  if (path === undefined) {
    return ['c2l init', ...(context === '' ? paths.map((from) => `--from-manifests ${from}`) : [])].join(' ');
  }
  const config = path === 'c2l.yaml' ? '' : ` --config ${path}`;
  return context === '' ? `c2l validate ${paths.join(' ')}${config}` : `c2l audit${config}`;
}

function isMarked(note: string): boolean {
  return ['Guess', 'Not known', 'Left out'].some((mark) => note.startsWith(mark));
}
