import type { DrillHistoryReport, DrillResult } from '../core/drill/drill-result.ts';
import { outcomeTone, timeWords } from './drill-words.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, durationText, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

/** Every kept drill with a bar to scale, the newest first, and how the times stand to each other. */
export function drillHistoryText(report: DrillHistoryReport, style: Style): string[] {
  const { results } = report;
  const most = Math.max(1, ...results.map(({ recovery }) => recovery?.tookMs ?? 0));
  const rows = results.map((result): Cell[] => [
    { text: result.takenAt.slice(0, 16).replace('T', ' ') },
    { text: result.scenario },
    {
      text: result.outcome,
      paint: { good: style.good, bad: style.bad, caution: style.caution }[outcomeTone(result.outcome)],
    },
    { text: timeWords(result).padStart(10) },
    { text: '#'.repeat(Math.round(((result.recovery?.tookMs ?? 0) / most) * longestBar)) },
  ]);
  return [
    ...headLines(report, style),
    ...table(rows, style.width),
    ...closingLines(report, { because: historySummary(results), next: nextAfterHistory(results) }, style),
  ];
}

const longestBar = 12;

export function historySummary(results: readonly DrillResult[]): string {
  if (results.length === 0) return 'no drill is kept here';
  const recovered = results.filter(({ outcome }) => outcome === 'recovered').length;
  const times = results
    .flatMap(({ recovery }) => (recovery === undefined ? [] : [recovery.tookMs]))
    .sort((left, right) => left - right);
  const median = times[Math.floor(times.length / 2)];
  const time =
    median === undefined
      ? ''
      : `; recovery ${durationText(times[0] ?? 0)} to ${durationText(times.at(-1) ?? 0)}, median ${durationText(median)}`;
  return `${count(results.length, 'drill')}, ${recovered} recovered in time${time}`;
}

export function nextAfterHistory([newest]: readonly DrillResult[]): string {
  return `c2l dr-drill run ${newest?.scenario ?? 'total-secret-loss'} --dry-run`;
}
