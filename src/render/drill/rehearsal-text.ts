import type { Distribution, RehearsalReport } from '../../core/drill/rehearsal-report.ts';
import { closingLines, headLines } from '../head-text.ts';
import { commandLines, count, durationText, paragraph, table, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';

/** How long the recoveries of random drills took, and every one that did not bring all back. */
export function rehearsalText(report: RehearsalReport, style: Style): string[] {
  const { recovery, failures, seed, done } = report;
  const next = failures[0] === undefined ? `c2l dr-drill run --sandbox --repeat ${done} --seed ${seed + done}` : '';
  return [
    ...headLines(report, style),
    ...paragraph('', endWords(report), style.width),
    ...(recovery === undefined ? [] : ['', ...recoveryLines(recovery, style)]),
    ...failures.flatMap(({ seed: own, what, wrong }) => [
      '',
      style.bad(`seed ${own} was not recovered`),
      ...paragraph('  ', what, style.width),
      ...wrong.flatMap((text) => paragraph('  - ', text, style.width)),
      ...commandLines('  again: ', `c2l dr-drill run --sandbox --repeat 1 --seed ${own}`, style),
    ]),
    ...closingLines(
      report,
      {
        because: `${report.recovered} of ${count(done, 'random drill')} recovered, seed ${seed}`,
        next: report.findings[0]?.fix ?? next,
      },
      style,
    ),
  ];
}

function endWords({ ends, done, wanted, speed, tookMs }: RehearsalReport): string {
  const of = done === wanted ? count(done, 'drill') : `${done} of ${count(wanted, 'drill')}`;
  return (
    `${of} in ${durationText(tookMs)}, in sandboxes at ${speed} times real time: ${ends.run} not interrupted, ` +
    `${ends['ctrl-c']} interrupted by Ctrl-C, ${ends.resume} ended by resume, ${ends.abort} by abort`
  );
}

const longestBar = 40;

function recoveryLines(recovery: Distribution, style: Style): string[] {
  const { min, median, p90, p99, max, buckets, count: of } = recovery;
  const most = Math.max(...buckets.map((bucket) => bucket.count));
  const figures: Cell[][] = [
    ['min', 'median', 'p90', 'p99', 'max'].map((text) => ({ text: text.padStart(9) })),
    [min, median, p90, p99, max].map((ms) => ({ text: durationText(ms).padStart(9) })),
  ];
  const bars = buckets.map((bucket): Cell[] => [
    { text: `${durationText(bucket.fromMs)} to ${durationText(bucket.toMs)}` },
    { text: String(bucket.count).padStart(String(of).length) },
    { text: '#'.repeat(Math.ceil((bucket.count / most) * longestBar)) },
  ]);
  return [
    ...paragraph('', `recovery times of ${of}, from the fault until all was proven:`, style.width),
    ...table(figures, style.width),
    '',
    ...table(bars, style.width),
  ];
}
