import type { Phase, WalkReport } from '../core/reports/walk-report.ts';
import { isOnlyLate } from '../core/restart/restart-next.ts';
import { againOptions } from '../core/sources/source-option.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines, isWalkedThrough } from './head-text.ts';
import { count, durationText, paragraph, table, type Cell } from './layout.ts';
import { repairCommand, rootsOf } from './repair-command.ts';
import type { Style } from './style.ts';
import { asTyped } from './typed-program.ts';
import { checkLines, verifySummary } from './verify-text.ts';

/** The end of the walk: each phase has told its own story when it ended. */
export function stabilizeText(report: WalkReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...phaseLines(report.phases, style),
    ...failedCheckLines(report, style),
    ...afterwards(report, style),
    ...closingLines(report, { because: walkSummary(report), next: nextAfter(report) }, style),
  ];
}

type Word = 'PASS' | 'FOUND' | 'FAIL' | 'NOT READ' | 'PARTIAL' | 'DECLINED' | 'STOPPED' | 'SKIP';

const words: Record<Phase['verdict'], Word> = {
  ok: 'PASS',
  problems: 'FAIL',
  unreadable: 'NOT READ',
  partial: 'PARTIAL',
  declined: 'DECLINED',
  interrupted: 'STOPPED',
  error: 'FAIL',
  skipped: 'SKIP',
};

/** The same one line for every phase, at its own end and in the closing summary. */
export function phaseLines(phases: readonly Phase[], style: Style): string[] {
  const rows = phases.map(({ name, verdict, durationMs, summary: text }): Cell[] => [
    { text: wordOf(name, verdict), paint: paintOf(verdict, style) },
    { text: name.padEnd('fix-secrets'.length) },
    { text: durationText(durationMs).padStart(7) },
    { text: text },
  ]);
  return table(rows, style.width, 0);
}

/** To find problems is what the walk's audit is for: it did not fail. */
function wordOf(name: Phase['name'], verdict: Phase['verdict']): Word {
  return name === 'audit' && verdict === 'problems' ? 'FOUND' : words[verdict];
}

function paintOf(verdict: Phase['verdict'], style: Style): (text: string) => string {
  if (verdict === 'ok') return style.good;
  if (verdict === 'skipped') return style.dim;
  return verdict === 'problems' || verdict === 'error' ? style.bad : style.caution;
}

export function failedCheckLines({ phases }: WalkReport, style: Style): string[] {
  const report = phases.find(({ name }) => name === 'verify')?.report;
  const failed = report?.command === 'verify' ? report.checks.filter(({ outcome }) => outcome !== 'pass') : [];
  return failed.length === 0 ? [] : ['', ...checkLines(failed, style)];
}

/** One clause: how far the walk came, and how long it took. */
export function walkSummary({ phases, verdict }: WalkReport): string {
  const total = durationText(phases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const unchecked = nothingProven(phases);
  if (verdict === 'ok') return [...unchecked, `${phasesText(phases)} in ${total}`].join(', ');
  const last = phases.findLast((phase) => phase.verdict !== 'skipped');
  const open = phases.find(({ name, verdict: end }) => name !== 'audit' && end !== 'ok' && end !== 'skipped');
  if (last?.verdict === 'ok' && open !== undefined)
    return `${open.name} left something undone, ${phasesText(phases)} in ${total}`;
  return last === undefined ? 'nothing was done' : `stopped in ${last.name} after ${total}`;
}

/** A walk whose proof had nothing to prove says so; otherwise nothing. */
function nothingProven(phases: readonly Phase[]): string[] {
  const report = phases.find(({ name }) => name === 'verify')?.report;
  return report?.command === 'verify' && report.checks.length === 0 ? [verifySummary(report)] : [];
}

/** What was skipped did not happen. */
function phasesText(phases: readonly Phase[]): string {
  const walked = phases.filter((phase) => phase.verdict !== 'skipped').length;
  return walked === phases.length ? count(walked, 'phase') : `${walked} of ${count(phases.length, 'phase')}`;
}

/** What a recovery teaches while it is fresh. */
function afterwards(report: WalkReport, style: Style): string[] {
  if (style.embedded || !isWalkedThrough(report) || nothingProven(report.phases).length > 0) return [];
  if (style.flags.includes('--sandbox')) {
    return ['', ...paragraph('then: ', 'look at your own cluster; audit changes nothing there', style.width)];
  }
  const typed = (words: string): string => asTyped(commandsHere(words, style), style.program);
  return [
    '',
    ...paragraph('then: ', typed('keep these values for the next outage: c2l backup --to age:FILE'), style.width),
    ...paragraph('      ', typed('rehearse without risk: c2l stabilize --sandbox'), style.width),
  ];
}

const goesOn: ReadonlySet<WalkReport['verdict']> = new Set(['ok', 'declined', 'interrupted', 'partial']);

/** What to type next. */
export function nextAfter(report: WalkReport): string {
  const { verdict, findings, error } = report;
  if (isWalkedThrough(report) && nothingProven(report.phases).length > 0) return 'c2l audit -A';
  if (isWalkedThrough(report)) return 'c2l stabilize --sandbox';
  if (goesOn.has(verdict))
    return endedLate(report) ? 'c2l verify' : ['c2l stabilize', ...againOptions(report)].join(' ');
  if (error?.hint !== undefined) return error.hint;
  return repairCommand(rootsOf(findings), report) ?? 'c2l audit';
}

/** The same walk would come to the same wait; why it was in vain, the proof names. */
function endedLate({ phases, verdict }: WalkReport): boolean {
  const open = phases.filter((phase) => phase.verdict === 'partial').map(({ report }) => report);
  return (
    verdict === 'partial' && open.length > 0 && open.every((each) => each?.command === 'restart' && isOnlyLate(each))
  );
}
