import { abortCommand, canRunAgain, runAgain } from '../../core/drill/drill-command.ts';
import type { DrillResult } from '../../core/drill/drill-report.ts';
import type { DrillHistoryReport } from '../../core/drill/drill-result.ts';
import {
  byScenario,
  endOf,
  outcomesText,
  recoveryMs,
  recoveryTimes,
  unprovenScenarios,
} from '../../core/drill/drill-trend.ts';
import { listText } from '../../core/list-text.ts';
import { closingLines, headLines } from '../head-text.ts';
import { count, durationText, paragraph, table, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';
import { outcomeTone, timeWords } from './drill-words.ts';

/** Every kept drill by its scenario, the newest first, those that recovered with a bar to scale. */
export function drillHistoryText(report: DrillHistoryReport, style: Style): string[] {
  const groups = byScenario(report.results);
  return [
    ...headLines(report, style),
    ...groups.flatMap(({ scenario, results }, index) => [
      ...(index === 0 ? [] : ['']),
      ...scenarioHead(scenario, groups.length === 1 ? undefined : results, style),
      ...table(rowsOf(results, style), style.width),
    ]),
    ...closingLines(
      report,
      { because: historySummary(report), next: nextAfterHistory(report), word: doubtText(report) },
      style,
    ),
  ];
}

function scenarioHead(scenario: string, results: readonly DrillResult[] | undefined, style: Style): string[] {
  const told = results === undefined ? '' : `: ${trendText(results)}`;
  return paragraph('', `${scenario}${told}`, style.width).map((line) => style.bold(line));
}

const longestBar = 20;

function rowsOf(results: readonly DrillResult[], style: Style): Cell[][] {
  const most = Math.max(1, recoveryTimes(results)?.most ?? 0);
  const paints = { good: style.good, bad: style.bad, caution: style.caution };
  return results.map((result): Cell[] => [
    { text: result.takenAt.slice(0, 16).replace('T', ' ') },
    { text: endOf(result), paint: paints[outcomeTone(endOf(result))] },
    { text: timeWords(result).padStart(11) },
    { text: '#'.repeat(Math.round(((recoveryMs(result) ?? 0) / most) * longestBar)) },
  ]);
}

/** How drills of one scenario ended, and how long those that recovered took. */
export function trendText(results: readonly DrillResult[]): string {
  const times = recoveryTimes(results);
  if (times === undefined) return outcomesText(results);
  const { least, most, median } = times;
  const range =
    least === most
      ? durationText(least)
      : `${durationText(least)} to ${durationText(most)}, median ${durationText(median)}`;
  return `${outcomesText(results)}; recovery ${range}`;
}

/** What keeps the drills from being a proof, where nothing is wrong with what is kept of them; undefined where nothing does. */
export function doubtText({ verdict, results, unfinished }: DrillHistoryReport): string | undefined {
  if (verdict !== 'ok') return undefined;
  if (unfinished.length > 0) return 'not finished';
  const unproven = unprovenScenarios(results);
  if (unproven.length === 0) return undefined;
  return byScenario(results).length === 1 ? 'not proven' : `not proven for ${listText(unproven)}`;
}

/** Times of different scenarios are not set beside each other. */
export function historySummary(report: DrillHistoryReport): string {
  const going = report.unfinished.map(({ scenario, namespace }) => `drill ${scenario} in ${namespace} is not finished`);
  return [...going, ...report.findings.map(({ message }) => message), keptText(report)].join('; ');
}

function keptText({ results, scenario, kept, journalNamespace, isJournalNamespaceThere }: DrillHistoryReport): string {
  const groups = byScenario(results);
  if (groups.length > 1) return `${outcomesText(results)}, of ${count(groups.length, 'scenario')}`;
  if (groups.length === 1) return trendText(results);
  if (!isJournalNamespaceThere) return `no drill is kept here: namespace ${journalNamespace} is not there`;
  if (scenario === undefined) return 'no drill is kept here';
  return `no drill of ${scenario} is kept here${kept.length === 0 ? '' : `, but of ${listText(kept)}`}`;
}

/** The newest that can be run again: where the file of a scenario lies is not known of every drill. */
export function nextAfterHistory({ results, scenario, journalNamespace, unfinished }: DrillHistoryReport): string {
  const [open] = unfinished;
  if (open !== undefined) return abortCommand(open);
  // Where all is well there is nothing that current-state recovers.
  const newest = results.find((one) => canRunAgain(one) && one.scenario !== 'current-state');
  if (newest === undefined && results.length > 0) return 'c2l dr-drill list';
  return `${runAgain({ ...(newest ?? { scenario: scenario ?? 'total-secret-loss' }), journalNamespace })} --dry-run`;
}
