import type { Severity } from '../../core/findings/findings.ts';
import type { Place } from '../../core/manifests/manifests.ts';
import type { LocatedFinding, ValidateReport } from '../../core/reports/file-reports.ts';
import { setAsideLines } from '../findings/set-aside-text.ts';
import { commandsHere } from '../commands-here.ts';
import { nextLines } from '../head-text.ts';
import { count, paragraph, table, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';

/** By file and line, as compilers tell it. */
export function validationText(report: ValidateReport, style: Style): string[] {
  const told = report.findings.filter(({ code }) => style.verbose || code !== 'optional-key-absent');
  return [
    ...headLines(report, style),
    ...fileLines(told, style),
    ...setAsideLines(report, style),
    ...closingLines(report, style),
  ];
}

function headLines(report: ValidateReport, style: Style): string[] {
  const { takenAt, stack, context, server, namespaces } = report;
  const amounts = [count(report.files, 'file'), count(report.objects, 'object'), skippedText(report)].filter(
    (text) => text !== '',
  );
  const where = context === '' ? 'no cluster asked' : `context ${context}, server ${server}`;
  const known = stack === undefined ? 'no stack file' : `stack ${stack}`;
  const many = namespaces.length === 1 ? 'namespace' : 'namespaces';
  return [
    `${style.bold('c2l validate')}  ${takenAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}`,
    ...paragraph('', `${report.paths.join(', ')}: ${amounts.join(', ')}`, style.width).map((line) => style.dim(line)),
    ...paragraph('', `${many} ${namespaces.join(', ')}, ${known}, ${where}`, style.width).map((line) =>
      style.dim(line),
    ),
    '',
  ];
}

function skippedText({ skipped }: ValidateReport): string {
  return skipped.length === 0 ? '' : `${skipped.length} passed over`;
}

const nowhere = 'not in these files';

function fileLines(findings: readonly LocatedFinding[], style: Style): string[] {
  const byFile = new Map<string, LocatedFinding[]>();
  for (const finding of findings) {
    const file = finding.locations[0]?.file ?? nowhere;
    byFile.set(file, [...(byFile.get(file) ?? []), finding]);
  }
  const paints: Record<Severity, (text: string) => string> = {
    error: style.bad,
    warning: style.caution,
    info: style.dim,
  };
  return [...byFile].flatMap(([file, list]) => {
    const rows = list
      .toSorted((left, right) => lineOf(left) - lineOf(right))
      .map((finding): Cell[] => [
        { text: finding.locations.length === 0 ? '-' : String(lineOf(finding)), paint: style.dim },
        { text: severityText(finding), paint: paints[finding.severity] },
        { text: `${finding.message}${keysText(finding)}${alsoAt(finding.locations)}` },
      ]);
    return [style.bold(file === '-' ? 'standard input' : file), ...table(rows, style.width), ''];
  });
}

function severityText({ code, severity }: LocatedFinding): string {
  if (code === 'unreadable') return 'not read';
  return severity === 'info' ? 'note' : severity;
}

function lineOf({ locations }: LocatedFinding): number {
  return locations[0]?.line ?? 0;
}

/** A Secret that is missing as a whole: every key that it must have. */
function keysText({ keys = [] }: LocatedFinding): string {
  return keys.length === 0 ? '' : `; required keys: ${keys.join(', ')}`;
}

const shown = 3;

function alsoAt([first, ...others]: readonly Place[]): string {
  if (first === undefined || others.length === 0) return '';
  const told = others
    .slice(0, shown)
    .map(({ file, line }) => (file === first.file ? `line ${line}` : `${file}:${line}`));
  const more = others.length - told.length;
  return ` (also ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}

function closingLines(report: ValidateReport, style: Style): string[] {
  const { verdict, findings } = report;
  const paint = verdict === 'ok' ? style.good : verdict === 'problems' ? style.bad : style.caution;
  const lines = paragraph('verdict: ', `${verdict}, ${validationSummary(report)}`, style.width);
  const [first] = findings.filter(({ code }) => code !== 'optional-key-absent');
  const next = verdict === 'ok' ? nextAfterOk(report) : (first?.fix ?? '');
  return [...lines.map((line) => style.bold(paint(line))), ...nextLines(commandsHere(next, style), style)];
}

function nextAfterOk({ context, paths }: ValidateReport): string {
  if (context !== '') return 'c2l audit';
  return paths.includes('-') ? 'c2l audit' : `c2l validate --against-cluster ${paths.join(' ')}`;
}

/** One clause: what was found, in numbers. */
export function validationSummary({ findings, ignored }: Pick<ValidateReport, 'findings' | 'ignored'>): string {
  const unread = findings.filter(({ code }) => code === 'unreadable').length;
  const of = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity && finding.code !== 'unreadable').length;
  const optional = findings.filter(({ code }) => code === 'optional-key-absent').length;
  const notes = of('info') - optional;
  const parts = [
    ...(of('error') > 0 ? [count(of('error'), 'error')] : []),
    ...(of('warning') > 0 ? [count(of('warning'), 'warning')] : []),
    ...(unread > 0 ? [`${count(unread, 'place')} not readable`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} ignored`] : []),
    ...(notes > 0 ? [count(notes, 'note')] : []),
    ...(optional > 0 ? [`${count(optional, 'optional key')} absent`] : []),
  ];
  return parts.length === 0 ? 'every required key is provided' : parts.join(', ');
}
