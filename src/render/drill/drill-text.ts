import { refText } from '../../core/cluster/kubernetes.ts';
import { historyCommand, runAgain } from '../../core/drill/drill-command.ts';
import {
  notRecoveredText,
  type DrillOutcome,
  type DrillReport,
  type PlanFacts,
} from '../../core/drill/drill-report.ts';
import { endOf, recoveryMs } from '../../core/drill/drill-trend.ts';
import { beforeNextDrill } from '../../core/drill/next-drill.ts';
import type { DrillPlan } from '../../core/drill/plan-drill.ts';
import { listText } from '../../core/list-text.ts';
import { spokenDuration } from '../../core/watch/duration.ts';
import { closingLines, headLines } from '../head-text.ts';
import { count, durationText, paragraph, table, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';
import { ageWords, comparedWords, recoveredBy } from './drill-words.ts';

/** What was broken, how long the recovery took and where the time went, and what went wrong. */
export function drillText(report: DrillReport, style: Style): string[] {
  return [
    ...headLines(report, style),
    ...planText(report, style),
    ...section('recovery', timeLines(report, style)),
    ...section('noticed', noticedLines(report, style)),
    ...section('data', dataLines(report, style)),
    ...section('timeline', timelineLines(report, style)),
    ...section(
      'what went wrong',
      wrongOf(report).flatMap((text) => paragraph('  - ', text, style.width)),
    ),
    ...section(
      'before the next drill',
      beforeNextDrill(report).flatMap((text) => paragraph('  - ', text, style.width)),
    ),
    ...closingLines(report, { because: drillSummary(report), next: nextAfterDrill(report) }, style),
  ];
}

export function faultWords({ object, does, keys }: DrillReport['faults'][number]): string {
  const which = listText(keys);
  const words = {
    lost: object.kind === 'Secret' ? `deleted, with ${count(keys.length, 'key')}` : 'deleted, with its pods',
    'keys-lost': `loses ${which}`,
    'another-value': `another value of ${which}`,
    'line-break': `a line break after ${which}`,
    'encoded-twice': `encoded twice: ${which}`,
  };
  return words[does];
}

/** The findings first: they are what a script fails for. What did not start says first why. */
export function wrongOf({ outcome, findings, wrong }: DrillReport): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (outcome === 'not-started') return [...new Set([...wrong, ...errors])];
  return [...new Set([...errors, ...wrong.filter((text) => !errors.some((message) => message.includes(text)))])];
}

export function drillSummary(report: DrillReport): string {
  const { outcome, drill, recovery, evicted, faults } = report;
  const end = endText(report);
  const took = recovery === undefined ? '' : ` in ${durationText(recovery.tookMs)}`;
  const goal = recovery === undefined ? '' : `, objective ${spokenDuration(recovery.objectiveMs)}`;
  const words: Record<DrillOutcome, string> = {
    recovered: `${drill.scenario}: recovered${took}${goal}; ${end}`,
    'recovered-with-trouble': `${drill.scenario}: recovered with trouble${took}${goal}; ${end}`,
    'too-late': `${drill.scenario}: recovered${took}${goal}: missed; ${end}`,
    'not-recovered': `${drill.scenario}: ${notRecoveredText(report, report.verdict === 'interrupted')}`,
    'not-started': `${drill.scenario}: did not start, and changed nothing`,
    planned: `dry run: would break ${faultsText(faults.map(({ object }) => object.kind))} and start ${count(evicted.length, 'pod')} anew`,
    'put-back': `${drill.scenario}: ${end}`,
  };
  return words[outcome];
}

/** How the drill left things. */
function endText({ verdict, data, faults, outcome }: DrillReport): string {
  if (verdict === 'partial') return 'not everything is as it was';
  if (data.some(({ state }) => state === 'lost')) return 'data is gone that was written before';
  return faults.length === 0 && outcome !== 'put-back' ? 'everything is proven' : 'everything is as it was';
}

export function nextAfterDrill({ outcome, drill, sources, findings, namespaces }: DrillReport): string {
  if (outcome === 'planned') return runAgain({ ...drill, sources });
  if (outcome === 'not-started') return findings[0]?.fix ?? 'c2l verify';
  return outcome === 'recovered' || outcome === 'put-back'
    ? historyCommand(drill)
    : `c2l verify -n ${namespaces[0] ?? ''}`;
}

/** What is broken, by number. */
export function brokenText({ faults, workloads }: Pick<DrillPlan, 'faults' | 'workloads'>): string {
  return faultsText([...faults.map(() => 'Secret'), ...workloads.map(({ ref }) => ref.kind)]);
}

function faultsText(kinds: readonly string[]): string {
  const secrets = kinds.filter((kind) => kind === 'Secret').length;
  const others = kinds.length - secrets;
  const parts = [
    ...(secrets > 0 || others === 0 ? [count(secrets, 'Secret')] : []),
    ...(others > 0 ? [count(others, 'workload')] : []),
  ];
  return parts.join(' and ');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** What is broken, what starts anew, and what uses it and is left alone. */
export function drillPlanLines(
  { faults, spared, evicted, kept }: Pick<DrillReport, PlanFacts>,
  style: Style,
): string[] {
  const rows: Cell[][] = [
    ...faults.map((fault): Cell[] => [{ text: 'BREAK' }, { text: refText(fault.object) }, { text: faultWords(fault) }]),
    ...spared.map(({ object, reason }): Cell[] => [{ text: 'SPARE' }, { text: refText(object) }, { text: reason }]),
    ...evicted.map((pod): Cell[] => [{ text: 'RESTART' }, { text: refText(pod) }, { text: 'uses it' }]),
    ...kept.map(({ pod, reason }): Cell[] => [{ text: 'KEEP' }, { text: refText(pod) }, { text: reason }]),
  ];
  return table(rows, style.width);
}

function planText(report: DrillReport, style: Style): string[] {
  const { drill, sources, backup } = report;
  const rows = drillPlanLines(report, style);
  const age = backup === undefined ? undefined : ageWords(backup);
  const held =
    backup === undefined
      ? ''
      : `; ${backup.equal} of ${count(backup.required, 'required value')} equal to what ran${age === undefined ? '' : `, ${age}`}`;
  return [
    ...paragraph(`${drill.scenario}: `, drill.description, style.width),
    ...(sources.length === 0 ? [] : paragraph('sources: ', `${sources.join(', ')}${held}`, style.width)),
    ...paragraph('by: ', `${drill.operator}, c2l ${drill.version}${recoveredBy(drill, '; ')}`, style.width),
    ...(drill.journalNamespace === ''
      ? []
      : paragraph('journal: ', `namespace ${drill.journalNamespace}, drill ${drill.id}`, style.width)),
    ...(drill.journalDigest === undefined ? [] : paragraph('digest: ', drill.journalDigest, style.width)),
    ...(rows.length === 0 ? [] : ['', ...rows]),
  ];
}

function timeLines(report: DrillReport, style: Style): string[] {
  const { recovery } = report;
  if (recovery === undefined) return [];
  const end = endOf(report) === 'interrupted' ? 'interrupted, ' : 'not recovered, ';
  const compared = comparedWords(report);
  const { phases, tookMs, objectiveMs } = recovery;
  const rows = phases.map(({ name, durationMs }): Cell[] => [
    { text: name },
    { text: durationText(durationMs).padStart(8) },
  ]);
  const total: Cell[] = [
    { text: 'in all' },
    { text: durationText(tookMs).padStart(8) },
    {
      text: `${recoveryMs(report) === undefined ? end : ''}objective ${spokenDuration(objectiveMs)}`,
      paint: recoveryMs(report) === undefined || tookMs > objectiveMs ? style.bad : style.good,
    },
  ];
  return [
    ...table([...rows, total], style.width),
    ...(compared === undefined ? [] : paragraph('  ', compared, style.width)),
  ];
}

function noticedLines({ noticed }: DrillReport, style: Style): string[] {
  const rows = noticed.map(({ by, afterMs }): Cell[] => [
    { text: by },
    { text: afterMs === undefined ? 'not before the recovery' : `after ${durationText(afterMs)}` },
  ]);
  return table(rows, style.width);
}

function dataLines({ data }: DrillReport, style: Style): string[] {
  const rows = data.map(({ component, state, detail }): Cell[] => [
    { text: state.toUpperCase(), paint: state === 'kept' ? style.good : state === 'lost' ? style.bad : style.caution },
    { text: component },
    { text: detail },
  ]);
  return table(rows, style.width);
}

function timelineLines({ timeline }: DrillReport, style: Style): string[] {
  const rows = timeline.map(({ at, detail }): Cell[] => [
    { text: at.slice(11, 23), paint: style.dim },
    { text: detail },
  ]);
  return table(rows, style.width);
}
