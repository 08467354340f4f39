import { count, listText } from '../core/list-text.ts';
import { changeGroups, checkId, type ChangeGroup, type CheckChange } from '../core/verify/check-changes.ts';
import type { CheckResult } from '../core/verify/verify-report.ts';
import { tableGroups, type Cell } from './layout.ts';
import type { Style } from './style.ts';
import { checkPaint, checkWord } from './verify-text.ts';

export interface RoundTold {
  readonly at: Date;
  readonly changes: readonly CheckChange[];
  /** What is to be said of the whole, beside the checks. */
  readonly notes: readonly string[];
}

/** What a round of `verify --watch` found otherwise than the one before. */
export function roundLines({ at, changes, notes }: RoundTold, style: Style): string[] {
  const time = { text: at.toISOString().slice(11, 19) };
  const rows = changeGroups(changes).map((group): Cell[] => [
    time,
    { text: checkWord(group[0].check), paint: checkPaint(group[0].check, style) },
    { text: groupText(group) },
  ]);
  return [
    ...tableGroups(rows, style.width).flat(),
    ...tableGroups(
      notes.map((text): Cell[] => [time, { text }]),
      style.width,
    ).flat(),
  ];
}

function groupText([first, ...others]: ChangeGroup): string {
  const { check, was } = first;
  const before = was === undefined ? '' : ` (was ${was})`;
  if (others.length === 0) return `${checkId(check)}${before}${check.detail === '' ? '' : `: ${check.detail}`}`;
  const checks = [first, ...others].map((each) => each.check);
  if (check.outcome === 'pass') return `${check.component}: ${listText(checks.map(({ name }) => name))}${before}`;
  return `${count(checks.length, 'check')} of ${componentsOf(checks)}: ${check.detail}`;
}

function componentsOf(checks: readonly CheckResult[]): string {
  return listText([...new Set(checks.map(({ component }) => component))]);
}
