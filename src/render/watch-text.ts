import { listText } from '../core/list-text.ts';
import type { WatchedTarget, WatchReport } from '../core/watch/watch-report.ts';
import { utcText } from '../core/utc-text.ts';
import { spokenDuration } from '../core/watch/duration.ts';
import { noticeLines, noticeTitle } from '../core/watch/notices.ts';
import type { Notice } from '../core/watch/watch-state.ts';
import { closingLines, headLines } from './head-text.ts';
import { count, durationText, paragraph, tableGroups, type Cell } from './layout.ts';
import { printable, printableJson } from './printable.ts';
import type { Style } from './style.ts';

/** The round of `watch --once`. What passes is counted; `--verbose` names it. */
export function watchText(report: WatchReport, style: Style): string[] {
  const shown = report.targets.filter(({ outcome }) => style.verbose || outcome !== 'pass');
  const groups = tableGroups(
    shown.map((target) => row(target, style)),
    style.width,
  );
  return [
    ...headLines(report, style).slice(0, shown.length === 0 ? -1 : undefined),
    ...shown.flatMap((target, index) => [...(groups[index] ?? []), ...reasonLines(target, style)]),
    ...incidentLines(report, style),
    ...closingLines(report, { because: summary(report), next: nextCommand(report) }, style),
  ];
}

function row(target: WatchedTarget, style: Style): Cell[] {
  const [word, paint] = wordOf(target, style);
  const time = target.outcome === 'not-seen' ? '-' : durationText(target.durationMs);
  return [{ text: word, paint }, { text: time.padStart(7) }, { text: target.id }];
}

function wordOf({ outcome, critical, maintenance }: WatchedTarget, style: Style): [string, (text: string) => string] {
  switch (outcome) {
    case 'pass':
      return ['PASS', style.good];
    case 'fail':
      return critical && maintenance === undefined ? ['FAIL', style.bad] : ['WARN', style.caution];
    case 'unreadable':
      return ['NOT READ', style.caution];
    case 'not-seen':
      return ['NOT SEEN', style.dim];
  }
}

function reasonLines({ outcome, detail, beneath, maintenance }: WatchedTarget, style: Style): string[] {
  if (outcome === 'pass' && !style.verbose) return [];
  const hangs = beneath === undefined ? '' : `; hangs on ${beneath}`;
  const quiet = maintenance === undefined ? '' : `; nobody is told, in maintenance: ${maintenance}`;
  return paragraph('          ', `${detail}${hangs}${quiet}`, style.width);
}

function incidentLines({ incidents, notices, undelivered }: WatchReport, style: Style): string[] {
  const labelled = (label: string, text: string): string[] => paragraph(label.padEnd(10), text, style.width);
  const lines = [
    ...notices.flatMap(({ kind, title }) => labelled(kind, title)),
    ...incidents.flatMap(({ startedAt, durationMs, roots, members }) => {
      const names = listText(roots.map(({ id }) => id));
      const more = members.length === 1 ? '' : `, ${count(members.length, 'target')}`;
      return labelled('incident', `${names}${more}, for ${spokenDuration(durationMs)}, since ${utcText(startedAt)}`);
    }),
    ...undelivered.flatMap(({ id, to, attempts }) =>
      labelled('kept', `${id} for ${to}, not delivered in ${count(attempts, 'attempt')}`),
    ),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

function summary({ targets, incidents, offline }: WatchReport): string {
  if (offline) return 'this machine is offline and can say nothing';
  if (targets.length === 0) return 'nothing to watch';
  const passed = targets.filter(({ outcome }) => outcome === 'pass').length;
  const open = incidents.length === 0 ? '' : `, ${count(incidents.length, 'open incident')}`;
  return `${passed} of ${count(targets.length, 'target')} passed${open}`;
}

function nextCommand({ verdict, server, stack }: WatchReport): string {
  if (verdict === 'ok') return 'c2l watch';
  if (server !== '') return 'c2l audit';
  // It asks the stack's endpoints once more, and says what tells more of each.
  return stack === undefined ? 'c2l watch --once -v' : 'c2l verify --from-outside';
}

/** A notice on the standard output of the daemon. */
export function noticeText(notice: Notice, format: string): string {
  if (format === 'json') return `${printableJson(JSON.stringify({ ...notice, title: noticeTitle(notice) }))}\n`;
  const lines = noticeLines(notice).map((line) => `  ${printable(line)}\n`);
  return `${notice.at} ${notice.kind.toUpperCase()} ${printable(noticeTitle(notice))}\n${lines.join('')}`;
}
