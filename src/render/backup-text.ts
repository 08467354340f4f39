import type { BackupEntry, BackupReport } from '../core/fix/secret-reports.ts';
import { isInDoubt, oldestOf, storeAgain } from '../core/sources/backup.ts';
import { spokenDuration } from '../core/watch/duration.ts';
import { outcomeLines } from './change-text.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, paragraph, table, type Cell } from './layout.ts';
import type { Style } from './style.ts';

export function backupText(report: BackupReport, style: Style): string[] {
  const { entries, outcomes } = report;
  return [
    ...headLines(report, style),
    ...(outcomes.length > 0 && style.isOneScreen ? [] : backupLines(entries, style)),
    ...doubtLines(report, style),
    ...(outcomes.some(({ outcome }) => outcome === 'failed') ? ['', ...outcomeLines(outcomes, style)] : []),
    ...closingLines(report, { because: summaryOf(report), next: nextAfter(report) }, style),
  ];
}

/** A value that differs is wrong here or there, and to store the wrong one again would lose the right one. */
function doubtLines({ entries, places }: BackupReport, style: Style): string[] {
  if (!entries.some(isInDoubt)) return [];
  const how = 'c2l verify proves what runs, c2l history tells what was changed';
  const which = `where a value differs, ${places.join(', ')} or the cluster is wrong: ${how}`;
  return ['', ...paragraph('', which, style.width)];
}

/** What becomes of each key, or how it compares; never a value. */
export function backupLines(entries: readonly BackupEntry[], style: Style): string[] {
  return table(
    entries.map(({ state, key, name, detail = '' }): Cell[] => [
      { text: state.toUpperCase(), paint: good.has(state) ? style.good : style.caution },
      { text: key },
      // What is not there goes nowhere: why stands where its name there would.
      ...(state === 'left-out'
        ? [{ text: detail }]
        : [{ text: name === key ? '' : name, paint: style.dim }, { text: detail }]),
    ]),
    style.width,
  );
}

const good: ReadonlySet<BackupEntry['state']> = new Set(['new', 'same', 'equal', 'valid', 'stored', 'recovered']);

function summaryOf(report: BackupReport): string {
  const { check, dryRun, places, entries, outcomes, keptAs } = report;
  const of = (...states: BackupEntry['state'][]): number =>
    entries.filter(({ state }) => states.includes(state)).length;
  const place = places.join(', ');
  if (check) {
    const held = `${of('equal', 'valid')} of ${count(entries.length, 'required value')} can be restored from ${place}`;
    return `${held}${ageClause(report)}`;
  }
  const changing = of('new', 'changed', 'recovered');
  const kept = keptAs === undefined ? '' : `; the file that was there is kept as ${keptAs}`;
  const wouldKeep = keptAs === undefined ? '' : `, and keep the file that is there as ${keptAs}`;
  if (dryRun) return `dry run: would store ${count(changing, 'value')} in ${place}${wouldKeep}`;
  if (changing === 0) return `${place} holds all ${count(of('same'), 'value')} already`;
  return `${count(outcomes.filter(({ outcome }) => outcome === 'done').length, 'value')} stored in ${place}${kept}`;
}

function ageClause({ entries, takenAt }: BackupReport): string {
  const oldest = oldestOf(entries);
  if (oldest === undefined) return '';
  return `; the oldest was put there ${spokenDuration(Date.parse(takenAt) - Date.parse(oldest))} ago`;
}

function nextAfter({ check, dryRun, places, entries, verdict, recipients = [], identity }: BackupReport): string {
  const [place = ''] = places;
  const opened = identity === undefined ? '' : ` --identity ${identity}`;
  if (check) return verdict === 'ok' || entries.some(isInDoubt) ? 'c2l verify' : storeAgain(places);
  const to = recipients.map((recipient) => ` --recipient ${recipient}`).join('');
  return dryRun ? `c2l backup --to ${place}${to}${opened}` : `c2l backup --check --from ${place}${opened}`;
}
