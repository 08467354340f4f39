import type { FindingChanges } from '../../core/findings/finding-changes.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { count, paragraph } from '../layout.ts';
import { printableCopy } from '../printable.ts';
import type { Style } from '../style.ts';

/** A line for each change, each with the time of the look that saw it. */
export function changeLines(changes: FindingChanges, at: string, style: Style): string[] {
  const { fresh, gone, changed } = printableCopy(changes);
  const time = at.replace(/\.\d+Z$/, 'Z');
  const line = (word: string, text: string, paint: (text: string) => string): string[] =>
    paragraph(`${time}  ${word.padEnd(7)}  `, text, style.width).map((each) => paint(each));
  const isTold = ({ code }: Finding): boolean => style.verbose || code !== 'optional-key-absent';
  return [
    ...fresh.filter(isTold).flatMap((finding) => line('NEW', textOf(finding), paintOf(finding, style))),
    ...changed
      .filter(({ after }) => isTold(after))
      .flatMap(({ before, after }) => line('CHANGED', changeText(before, after), paintOf(after, style))),
    ...gone.filter(isTold).flatMap((finding) => line('GONE', textOf(finding), style.good)),
  ];
}

function textOf({ severity, message }: Finding): string {
  return `${severity}: ${message}`;
}

function changeText(before: Finding, after: Finding): string {
  if (before.message !== after.message || before.severity !== after.severity) {
    return `${textOf(after)} (was ${textOf(before)})`;
  }
  return `${textOf(after)}; it blocks ${count(after.blocks.length, 'workload')} now, ${before.blocks.length} before`;
}

function paintOf({ severity }: Finding, style: Style): (text: string) => string {
  return severity === 'error' ? style.bad : style.caution;
}
