import { refText } from '../core/cluster/kubernetes.ts';
import { compareText } from '../core/compare-text.ts';
import { keysOf } from '../core/fix/plan-secrets.ts';
import type { HistoryReport } from '../core/fix/secret-reports.ts';
import type { RevisionEntry, SecretCreation, SecretHistory } from '../core/revisions/secret-history.ts';
import { utcText } from '../core/utc-text.ts';
import { outcomeLines } from './change-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, paragraph } from './layout.ts';
import type { Style } from './style.ts';

export function historyText(report: HistoryReport, style: Style): string[] {
  const { secrets, outcomes } = report;
  const removed = outcomes.filter(({ outcome }) => outcome === 'done').length;
  const total = secrets.reduce((sum, { revisions }) => sum + revisions.length, 0);
  const because = removed > 0 ? `${count(removed, 'revision')} removed` : `${count(total, 'revision')} kept`;
  return [
    ...headLines(report, style),
    ...secrets.flatMap((secret, index) => [...(index === 0 ? [] : ['']), ...secretLines(secret, style)]),
    ...(outcomes.length === 0 ? [] : ['', ...outcomeLines(outcomes, style)]),
    ...closingLines(report, { because, next: nextAfter(report) }, style),
  ];
}

/** What is to be undone is not what repaired something. */
function nextAfter({ secrets, outcomes }: HistoryReport): string {
  const latest = latestOf(secrets);
  const lacks = latest?.revisions[0]?.lacks ?? [];
  if (latest === undefined || lacks.length > 0 || outcomes.some(({ outcome }) => outcome === 'done'))
    return 'c2l audit';
  return `c2l rollback ${latest.object.name} --dry-run -n ${latest.object.namespace}`;
}

/** The Secret that c2l changed last: what is to be undone is most likely that. */
function latestOf(secrets: readonly SecretHistory[]): SecretHistory | undefined {
  const changedAt = ({ revisions }: SecretHistory): string => revisions[0]?.keptAt ?? '';
  const kept = secrets.filter(({ revisions }) => revisions.length > 0);
  return kept.sort((left, right) => compareText(changedAt(right), changedAt(left)))[0];
}

function secretLines({ object, isPresent, creation, revisions }: SecretHistory, style: Style): string[] {
  const gone = isPresent ? '' : ', which is gone';
  const told = (isLater: boolean): string[] =>
    revisions
      .filter(({ keptAt }) => isAfter(keptAt, creation) === isLater)
      .flatMap((entry) => entryLines(entry, style));
  return [
    `${style.bold(refText(object))} in namespace ${object.namespace}${gone}: ${count(revisions.length, 'revision')}`,
    ...told(true),
    ...(creation === undefined ? [] : creationLines(creation, style)),
    ...told(false),
  ];
}

/** Revisions of a Secret that went before c2l created it anew are older than that. */
function isAfter(keptAt: string, creation: SecretCreation | undefined): boolean {
  return creation === undefined || Date.parse(keptAt) >= Date.parse(creation.createdAt);
}

function creationLines({ createdAt, createdBy, keys }: SecretCreation, style: Style): string[] {
  return [
    ...paragraph('  created  ', `${utcText(createdAt)}, by ${createdBy}`, style.width),
    ...paragraph(`    ${'added'.padEnd(10)}`, keys.join(', '), style.width),
  ];
}

function entryLines(entry: RevisionEntry, style: Style): string[] {
  const by = entry.keptBy === '' ? '' : ` by ${entry.keptBy}`;
  const told = (label: string, text: string): string[] =>
    text === '' ? [] : paragraph(`    ${label.padEnd(10)}`, text, style.width);
  const keys = (change: 'ADD' | 'CHANGE' | 'REMOVE'): string => keysOf({ keys: entry.changes }, change).join(', ');
  const sources = [...new Set(entry.changes.flatMap(({ source }) => source?.replace(/ \([^()]*\)$/, '') ?? []))];
  return [
    ...paragraph(`  ${entry.id}  `, `${utcText(entry.keptAt)}, before ${entry.command}${by}`, style.width),
    ...told('added', keys('ADD')),
    ...told('replaced', keys('CHANGE')),
    ...told('removed', keys('REMOVE')),
    ...told('from', sources.join(', ')),
    ...told('and then', laterText(entry)),
    ...told('lacks', entry.lacks.length === 0 ? '' : `${entry.lacks.join(', ')}, needed and there now`),
  ];
}

/** What something else did after that write. */
function laterText({ changedLater, removedLater }: RevisionEntry): string {
  const done = (keys: readonly string[], what: string): string[] =>
    keys.length === 0 ? [] : [`${keys.join(', ')} ${what}`];
  return [...done(changedLater, 'changed otherwise'), ...done(removedLater, 'removed')].join('; ');
}
