import type { AuditReport } from '../../core/audit/audit-report.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { cut } from '../cut.ts';
import { count, paragraph, table } from '../layout.ts';
import type { Style } from '../style.ts';

type SetAside = Pick<AuditReport, 'baseline' | 'ignored' | 'lapsedIgnores'>;

/** What does not count, counted: known from the baseline, ignored, and ignoring that came to an end. */
export function setAsideLines(report: SetAside, style: Style): string[] {
  const lines = [...baselineLines(report, style), ...ignoredLines(report, style), ...lapsedLines(report, style)];
  return lines.length === 0 ? [] : [...lines, ''];
}

function ignoredLines({ ignored }: SetAside, style: Style): string[] {
  if (ignored.length === 0) return [];
  const hint = style.verbose ? '' : ' (-v names them)';
  const title = paragraph('IGNORED  ', `${count(ignored.length, 'finding')}${hint}`, style.width);
  if (!style.verbose) return title.map((line) => style.dim(line));
  const { shown, rest } = cut(ignored, 'finding', style);
  const rows = shown.map((finding) => {
    const { reason, until, by } = finding.ignored;
    return [{ text: finding.code }, { text: `${subjectText(finding)}: until ${until} by ${by}: ${reason}` }];
  });
  return [
    ...title.map((line) => style.dim(line)),
    ...table(rows, style.width, 4),
    ...(rest === undefined ? [] : paragraph('    ', rest, style.width)),
  ];
}

function subjectText({ object, key }: Finding): string {
  return key === undefined ? refText(object) : `${refText(object)} key ${key}`;
}

function lapsedLines({ lapsedIgnores }: SetAside, style: Style): string[] {
  const { shown, rest } = cut(lapsedIgnores, 'of them', style);
  return [
    ...shown.flatMap(({ object, why }) =>
      paragraph('LAPSED   ', `${refText(object)}: ${why}`, style.width).map((line) => style.caution(line)),
    ),
    ...(rest === undefined ? [] : paragraph('         ', rest, style.width)),
  ];
}

function baselineLines({ baseline }: SetAside, style: Style): string[] {
  if (baseline === undefined) return [];
  const { takenAt, known, gone, unseen } = baseline;
  const blind = unseen.length === 0 ? '' : `, ${unseen.length} not seen, which may hide in what could not be read`;
  const hint = style.verbose || known.length + gone.length === 0 ? '' : ' (-v names them)';
  const title = `of ${takenAt}: ${known.length} known, ${gone.length} gone${blind}${hint}`;
  return [
    ...paragraph('BASELINE ', title, style.width).map((line) => style.dim(line)),
    ...(style.verbose ? [...nameLines('known', known, style), ...nameLines('gone', gone, style)] : []),
  ];
}

function nameLines(word: string, findings: readonly Finding[], style: Style): string[] {
  const { shown, rest } = cut(findings, 'finding', style);
  return [
    ...shown.flatMap(({ message }) => paragraph(`    ${word.padEnd(5)}  `, message, style.width)),
    ...(rest === undefined ? [] : paragraph('    ', rest, style.width)),
  ];
}
