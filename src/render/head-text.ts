import { runAgain } from '../core/drill/drill-command.ts';
import type { DrillReport } from '../core/drill/drill-report.ts';
import { listText } from '../core/list-text.ts';
import type { Report } from '../core/reports/any-report.ts';
import { stackText } from '../core/reports/report.ts';
import type { WalkReport } from '../core/reports/walk-report.ts';
import { utcText } from '../core/utc-text.ts';
import { commandsHere } from './commands-here.ts';
import { commandLines, paragraph } from './layout.ts';
import type { Style } from './style.ts';

/** Which command looked at what: the lines that make a saved report understandable later. */
export function headLines(head: Report, style: Style): string[] {
  if (style.embedded) return [];
  const many = head.namespaces.length === 1 ? 'namespace' : 'namespaces';
  const stack = stackText(head);
  const ofCluster = [
    `context ${head.context}, server ${head.server}`,
    `${many} ${listText(head.namespaces)}, ${stack}`,
  ];
  const place =
    head.server === ''
      ? [head.command === 'doctor' ? 'no cluster' : `endpoints alone, ${stack}`]
      : // The session named it on standard error as it opened.
        style.isOneScreen
        ? []
        : ofCluster;
  return [
    `${style.bold(`c2l ${head.command}`)}  ${utcText(head.takenAt)}`,
    ...place.flatMap((line) => paragraph('', line, style.width)),
    '',
  ].map((line, index) => (index === 0 ? line : style.dim(line)));
}

type AnyVerdict = Report['verdict'];

const verdictWords: Record<AnyVerdict, string> = {
  ok: 'ok',
  problems: 'problems',
  unreadable: 'unreadable',
  partial: 'stopped part way',
  declined: 'declined',
  interrupted: 'interrupted',
  error: 'could not go on',
};

export interface Closing {
  readonly because: string;
  /** What to type next. */
  readonly next: string;
  /** Where the command itself went well, and what it tells is not. */
  readonly word?: string | undefined;
}

/** The verdict with its reasons, and what to type next as the last line. */
export function closingLines(report: Report, { because, next, word }: Closing, style: Style): string[] {
  const { verdict } = report;
  const paint = word === undefined ? paintOf(verdict, style) : style.caution;
  const lines = paragraph('verdict: ', `${word ?? verdictWords[verdict]}, ${because}`, style.width);
  const typed = typedNext(report, next, style);
  const told = ['', ...lines.map((line) => style.bold(paint(line)))];
  return [...told, ...nextLines(typed, style)];
}

/** What to type next, as the end of a text that stands for itself. */
export function nextLines(command: string, style: Style): string[] {
  if (style.embedded) return [];
  const label = 'next: ';
  const [first = '', ...others] = commandLines(label, command, style);
  return [`${label}${style.bold(first.slice(label.length))}`, ...others.map((line) => style.bold(line))];
}

/** What to type next, where this run took place. */
export function typedNext(report: Report, next: string, style: Style): string {
  return style.flags.includes('--sandbox') ? nextInSandbox(report, next) : commandsHere(next, style);
}

function paintOf(verdict: AnyVerdict, style: Style): (text: string) => string {
  if (verdict === 'ok') return style.good;
  return verdict === 'problems' || verdict === 'partial' || verdict === 'error' ? style.bad : style.caution;
}

/** The sandbox is gone when its command ends: what comes next begins anew, and after the whole walk on a real cluster. */
function nextInSandbox(report: Report, next: string): string {
  const { command } = report;
  if (command === 'dr-drill') return nextAfterRehearsal(report);
  // That is made of sandboxes, and names the next of them itself.
  if (command === 'dr-drill rehearsal') return next;
  if (command !== 'stabilize' && command !== 'bootstrap') return 'c2l stabilize --sandbox';
  if (isWalkedThrough(report)) return 'c2l audit';
  return `c2l ${command} --sandbox${report.error?.code === 'confirmation-needed' ? ' --yes' : ''}`;
}

/** The same drill anew until it went well; then, on the own cluster, what it would break there. */
function nextAfterRehearsal({ drill, outcome }: DrillReport): string {
  const again = runAgain({ ...drill, journalNamespace: '', sources: [] });
  return `${again} ${outcome === 'recovered' ? '--dry-run' : '--sandbox --yes'}`;
}

/** A rehearsal that writes nothing ends well, and part way. */
export function isWalkedThrough({ verdict, phases }: WalkReport): boolean {
  return verdict === 'ok' && phases.every((phase) => phase.verdict !== 'skipped');
}
