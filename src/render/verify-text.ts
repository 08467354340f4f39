import { listText } from '../core/list-text.ts';
import { checkId } from '../core/verify/check-changes.ts';
import { toldTimeline } from '../core/verify/told-timeline.ts';
import type { CheckResult, TimelineEntry, VerifyReport } from '../core/verify/verify-report.ts';
import { findingsLines } from './findings/findings-text.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines } from './head-text.ts';
import { commandLines, count, durationText, paragraph, tableGroups, type Cell } from './layout.ts';
import type { Style } from './style.ts';

export function verifyText(report: VerifyReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...checkLines(report.checks, style),
    ...timelineLines(report, style),
    ...rootLines(report, style),
    ...closingLines(report, { because: verifySummary(report), next: nextAfterVerify(report) }, style),
  ];
}

/** One clause: how many checks passed, failed, were not made. */
export function verifySummary(report: VerifyReport): string {
  const { checks } = report;
  if (checks.length === 0) return nothingChecked(report);
  const amount = (outcome: CheckResult['outcome'], critical?: boolean): number =>
    checks.filter((check) => check.outcome === outcome && (critical ?? check.critical) === check.critical).length;
  const parts = [
    `${amount('pass')} of ${count(checks.length, 'check')} passed`,
    ...(amount('fail', true) > 0 ? [`${amount('fail', true)} failed`] : []),
    ...(amount('fail', false) > 0 ? [count(amount('fail', false), 'warning')] : []),
    ...(amount('skipped') > 0 ? [`${amount('skipped')} skipped`] : []),
    ...(amount('unreadable') > 0 ? [`${amount('unreadable')} could not be made`] : []),
  ];
  return parts.join(', ');
}

/** That nothing is wrong where nothing was looked at tells nothing: it has to be said in so many words. */
function nothingChecked({ namespaces }: VerifyReport): string {
  if (namespaces.length === 0) return 'nothing was checked';
  return `nothing was checked in namespace${namespaces.length === 1 ? '' : 's'} ${listText(namespaces)}`;
}

/** What to type next. */
export function nextAfterVerify({ verdict, findings, server, checks }: VerifyReport): string {
  // What is broken may be in another namespace.
  if (verdict === 'ok' && server !== '' && checks.length === 0) return 'c2l audit -A';
  // From outside no cluster is looked at, and there may be none to look at from here.
  if (verdict === 'ok') return server === '' ? 'c2l watch' : 'c2l audit';
  return findings.find(({ severity, causes }) => severity === 'error' && causes.length === 0)?.fix ?? 'c2l audit';
}

type Word = 'PASS' | 'FAIL' | 'WARN' | 'SKIP' | 'NOT READ';

/** What changed while checks were waited for, in the order in which it happened. */
function timelineLines({ timeline, checks }: VerifyReport, style: Style): string[] {
  const told = toldTimeline(timeline);
  if (told.length === 0) return [];
  const word = timelineWords(checks);
  const rows = told.map((entry): Cell[] => {
    const { afterMs, component, name, outcome, detail } = entry;
    return [
      { text: `+${durationText(afterMs)}`.padStart(8) },
      { text: word(entry), paint: outcome === 'waiting' ? style.dim : (text) => text },
      { text: detail === '' ? `${component}: ${name}` : `${component}: ${name}: ${detail}` },
    ];
  });
  return ['', 'timeline', ...tableGroups(rows, style.width).flat()];
}

/** The failure of a check that is not critical is a warning. */
export function timelineWords(checks: readonly CheckResult[]): (entry: TimelineEntry) => string {
  const uncritical = new Set(checks.filter(({ critical }) => !critical).map(checkId));
  return (entry) => {
    if (entry.outcome === 'waiting') return 'wait';
    if (entry.outcome === 'unreadable') return 'not read';
    return entry.outcome === 'fail' && uncritical.has(checkId(entry)) ? 'warn' : entry.outcome;
  };
}

/** How a check ended, in the one word that every page uses. */
export function checkWord({ outcome, critical }: CheckResult): Word {
  switch (outcome) {
    case 'pass':
      return 'PASS';
    case 'fail':
      return critical ? 'FAIL' : 'WARN';
    case 'skipped':
      return 'SKIP';
    case 'unreadable':
      return 'NOT READ';
  }
}

export function checkPaint(check: CheckResult, style: Style): (text: string) => string {
  const paints: Record<Word, (text: string) => string> = {
    PASS: style.good,
    FAIL: style.bad,
    WARN: style.caution,
    SKIP: style.dim,
    'NOT READ': style.caution,
  };
  return paints[checkWord(check)];
}

/** One line for each check; reasons stand beneath what did not pass. */
export function checkLines(checks: readonly CheckResult[], style: Style): string[] {
  const row = (check: CheckResult): Cell[] => {
    const isSkipped = check.outcome === 'skipped';
    return [
      { text: checkWord(check), paint: checkPaint(check, style) },
      { text: check.component },
      { text: (isSkipped ? '-' : durationText(check.durationMs)).padStart(7) },
      { text: isSkipped ? `${check.name}, ${check.detail}` : check.name },
    ];
  };
  const groups = tableGroups(checks.map(row), style.width);
  return checks.flatMap((check, index) => [...(groups[index] ?? []), ...reasonLines(check, style)]);
}

function reasonLines(check: CheckResult, style: Style): string[] {
  const isQuiet = check.outcome === 'pass' && !style.verbose && !check.detail.startsWith('warning: ');
  if (check.detail === '' || check.outcome === 'skipped' || isQuiet) return [];
  return [...paragraph(indent, check.detail, style.width), ...likelyLines(check, style)];
}

const indent = '        ';

/** A command stands on a line of its own, whole, so that it can be copied. */
function likelyLines({ likely }: CheckResult, style: Style): string[] {
  if (likely === undefined) return [];
  const ways = likely.ways.flatMap(({ what, command }) => [
    ...paragraph(`${indent}- `, what, style.width),
    ...commandLines(`${indent}    `, commandsHere(command, style), style),
  ]);
  return [...paragraph(indent, likely.cause, style.width), ...ways];
}

/** Failed checks stand in the table already; what explains them does not. */
function rootLines({ findings, namespaces }: VerifyReport, style: Style): string[] {
  const roots = findings.filter(({ code, severity }) => code !== 'check-failed' && severity === 'error');
  if (roots.length === 0) return [];
  return ['', ...findingsLines(roots, { namespaces, components: [] }, style)].slice(0, -1);
}
