import { count } from '../list-text.ts';
import type { DrillOutcome, DrillResult } from './drill-report.ts';

type Timed = Pick<DrillResult, 'outcome' | 'recovery'>;

/** How long it took to recover; undefined where it did not: until it was cut off is no recovery time. */
export function recoveryMs({ outcome, recovery }: Timed): number | undefined {
  return hasRecovered(outcome) ? recovery?.tookMs : undefined;
}

/** Whether the recovery itself brought everything back, however it went. */
export function hasRecovered(outcome: DrillOutcome): boolean {
  return outcome === 'recovered' || outcome === 'recovered-with-trouble' || outcome === 'too-late';
}

export interface DrillTimes {
  readonly least: number;
  readonly most: number;
  readonly median: number;
}

/** Of those that recovered; undefined where none did. */
export function recoveryTimes(results: readonly Timed[]): DrillTimes | undefined {
  const sorted = results.flatMap((result) => recoveryMs(result) ?? []).sort((left, right) => left - right);
  const [least] = sorted;
  const most = sorted.at(-1);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  if (least === undefined || most === undefined) return undefined;
  return { least, most, median: middle.reduce((sum, ms) => sum + ms, 0) / middle.length };
}

type Ended = Pick<DrillResult, 'outcome' | 'verdict'>;

/** What became of a drill. One that was interrupted says nothing of whether it would have recovered. */
export function endOf({ outcome, verdict }: Ended): DrillOutcome | 'interrupted' {
  return outcome === 'not-recovered' && verdict === 'interrupted' ? 'interrupted' : outcome;
}

/** Scenarios whose newest drill that tells anything of a recovery did not recover in time and without trouble. */
export function unprovenScenarios(results: readonly (Ended & { readonly scenario: string })[]): string[] {
  const isTelling = (result: Ended): boolean => !['interrupted', 'put-back'].includes(endOf(result));
  return byScenario(results).flatMap((group) =>
    group.results.find(isTelling)?.outcome === 'recovered' ? [] : [group.scenario],
  );
}

const endWords: readonly (readonly [ReturnType<typeof endOf>, string])[] = [
  ['recovered-with-trouble', 'with trouble'],
  ['too-late', 'too late'],
  ['not-recovered', 'not recovered'],
  ['interrupted', 'interrupted'],
  ['put-back', 'put back'],
];

/** `7 drills, 2 recovered in time, 5 not recovered`. */
export function outcomesText(results: readonly Ended[]): string {
  const numberOf = (wanted: ReturnType<typeof endOf>): number => results.filter((one) => endOf(one) === wanted).length;
  const others = endWords.flatMap(([outcome, words]) =>
    numberOf(outcome) === 0 ? [] : [`${numberOf(outcome)} ${words}`],
  );
  return [count(results.length, 'drill'), `${numberOf('recovered')} recovered in time`, ...others].join(', ');
}

/** By scenario, each with its drills in the order in which they are given. */
export function byScenario<T extends { readonly scenario: string }>(
  results: readonly T[],
): readonly { readonly scenario: string; readonly results: readonly T[] }[] {
  return [...new Set(results.map(({ scenario }) => scenario))].map((scenario) => ({
    scenario,
    results: results.filter((result) => result.scenario === scenario),
  }));
}
