import type { DoctorReport, Examination } from '../core/reports/doctor-report.ts';
import type { StepOutcome } from '../core/reports/report.ts';
import { outcomeLines } from './change-text.ts';
import { commandsHere } from './commands-here.ts';
import { closingLines, headLines } from './head-text.ts';
import { commandLines, count, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

const words: Readonly<Record<Examination['state'], string>> = {
  ok: 'OK',
  lacking: 'LACKING',
  problem: 'PROBLEM',
  unreadable: 'UNREAD',
};

export function doctorText(report: DoctorReport, style: Style): string[] {
  const { examinations, next, outcomes = [] } = report;
  const paints = { ok: style.good, lacking: style.caution, problem: style.bad, unreadable: style.caution };
  const rows = table(
    examinations.map(({ name, state, detail }): Cell[] => [
      { text: words[state], paint: paints[state] },
      { text: name },
      { text: detail },
    ]),
    style.width,
  );
  const open = examinations.filter((each) => each.state !== 'ok' && each.next !== undefined);
  const steps = [...new Map(open.map((each) => [each.next, each])).values()];
  return [
    ...headLines(report, style),
    ...(outcomes.length === 0 ? [] : [...outcomeLines(outcomes, style), '']),
    ...rows,
    ...(steps.length === 0 ? [] : ['', 'what to do about it']),
    ...steps.flatMap((each) => [
      `  ${each.name}`,
      ...commandLines('    ', commandsHere(each.next ?? '', style), style),
    ]),
    ...closingLines(report, { because: doctorSummary(report), next }, style),
  ];
}

export function doctorSummary({ examinations, outcomes }: DoctorReport): string {
  const of = (state: Examination['state']): number => examinations.filter((each) => each.state === state).length;
  const parts = [
    ...(outcomes === undefined ? [] : [cleanedText(outcomes)]),
    `${of('ok')} of ${count(examinations.length, 'thing')} ok`,
    ...(of('problem') > 0 ? [count(of('problem'), 'problem')] : []),
    ...(of('lacking') > 0 ? [`${of('lacking')} lacking`] : []),
    ...(of('unreadable') > 0 ? [`${of('unreadable')} could not be read`] : []),
  ];
  return parts.join(', ');
}

/** What was done about the leftovers, or would be. */
function cleanedText(outcomes: readonly StepOutcome[]): string {
  if (outcomes.length === 0) return 'nothing to remove';
  const done = outcomes.filter(({ outcome }) => outcome === 'done').length;
  const isPlan = outcomes.every(({ outcome }) => outcome === 'planned');
  if (!isPlan && done < outcomes.length) return `${done} of ${count(outcomes.length, 'leftover')} removed`;
  const pauses = outcomes.filter(({ action }) => action === 'resume-sync').length;
  const secrets = outcomes.length - pauses;
  const words = [
    ...(pauses === 0 ? [] : [`${isPlan ? 'end' : 'ended'} ${count(pauses, 'pause')}`]),
    ...(secrets === 0 ? [] : [`${isPlan ? 'remove' : 'removed'} ${count(secrets, 'Secret')}`]),
  ];
  return `${isPlan ? 'dry run: would ' : ''}${words.join(' and ')}`;
}
