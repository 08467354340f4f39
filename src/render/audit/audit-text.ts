import type { ApplicationState, AuditReport } from '../../core/audit/audit-report.ts';
import type { ComponentState } from '../../core/audit/component-state.ts';
import { refId, refText } from '../../core/cluster/kubernetes.ts';
import { abortCommand, goingOnText } from '../../core/drill/drill-command.ts';
import type { Finding, FindingCode } from '../../core/findings/findings.ts';
import { commandsHere } from '../commands-here.ts';
import { cut, howToSeeAll } from '../cut.ts';
import { groupFindings, isAside } from '../findings/finding-groups.ts';
import { cutText, findingsLines, findingTitles } from '../findings/findings-text.ts';
import { setAsideLines } from '../findings/set-aside-text.ts';
import { closingLines, headLines } from '../head-text.ts';
import { count, paragraph, table, tableGroups, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';
import { asTyped } from '../typed-program.ts';
import { subjectLines } from './subject-text.ts';
import { hasUnreadPods, unreadPodsText } from './unread-pods.ts';

export function auditText(report: AuditReport, style: Style): string[] {
  const closing = closingLines(report, { because: auditSummary(report), next: nextAfterAudit(report) }, style);
  if (report.subject !== undefined) {
    return [
      ...headLines(report, style),
      ...subjectLines(report.subject, style),
      ...findingTitles(report.findings, report, style),
      ...setAsideLines(report, style),
      ...meaningLines(report, style),
      ...drillLines(report, style),
      ...closing,
    ];
  }
  return [
    ...headLines(report, style),
    ...findingsLines(report.findings, report, style),
    ...setAsideLines(report, style),
    ...componentLines(report, style),
    ...applicationLines(report.applications, style),
    ...meaningLines(report, style),
    ...drillLines(report, style),
    ...closing,
  ];
}

/** Where the page of each root is read: no line of it needs its code to be understood. */
function meaningLines({ findings }: AuditReport, style: Style): string[] {
  const told = findings.filter((finding) => finding.code === 'unreadable' || !isAside(finding));
  const codes = [...new Set(groupFindings(told).map(({ code }) => code))];
  const [first] = codes;
  if (first === undefined || style.embedded) return [];
  const command = codes.length === 1 ? `c2l explain ${first}` : `c2l explain CODE, for ${cutText(codes, style)}`;
  const lines = paragraph('what it means: ', asTyped(command, style.program), style.width);
  return ['', ...lines.map((line) => style.dim(line))];
}

/** At the end, where it is seen: what is broken may be so on purpose. */
function drillLines({ unfinishedDrills = [] }: AuditReport, style: Style): string[] {
  if (unfinishedDrills.length === 0) return [];
  const lines = unfinishedDrills.flatMap((drill) => {
    const who = drill.manual === true ? 'people are to recover from it;' : 'unless somebody is at it now,';
    const told = `${goingOnText(drill)}: ${who} ${abortCommand(drill)} puts everything back`;
    return paragraph('', asTyped(commandsHere(told, style), style.program), style.width);
  });
  return ['', ...lines.map((line) => style.caution(line))];
}

/** One clause: what was found, in numbers. */
export function auditSummary(report: AuditReport): string {
  const { unfinishedDrills: drills = [] } = report;
  const unfinished = drills.length === 0 ? '' : `${count(drills.length, 'drill')} not finished, `;
  return `${unfinished}${sawNothing(report) ? 'nothing runs here that needs a Secret' : amounts(report)}`;
}

/** That nothing is wrong in an empty namespace tells nothing: what is broken may be in another one. */
function sawNothing({ findings, components, ignored, subject }: AuditReport): boolean {
  return subject === undefined && findings.length + components.length + ignored.length === 0;
}

/** Secrets that are missing, whatever they are for. One may be told to two kinds of users. */
const missingCodes: ReadonlySet<FindingCode> = new Set([
  'secret-missing',
  'image-pull-secret-missing',
  'tls-secret-missing',
]);

function amounts({ findings, components, ignored, baseline }: AuditReport): string {
  const keys = findings.filter(({ code }) => code === 'secret-key-missing').length;
  const wholes = new Set(
    findings
      .filter(({ code }) => missingCodes.has(code))
      .map(({ object, secret = '' }) => `${object.namespace}/${secret}`),
  ).size;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = new Set(findings.filter(isRootWarning).map(({ code, object }) => `${code} ${refId(object)}`)).size;
  const isBlind = hasUnreadPods(findings);
  const gaps = findings.filter(({ code, object }) => code === 'unreadable' && object.kind !== 'Pod').length;
  const ready = components.filter(({ state }) => state === 'ready').length;
  const parts = [
    ...counted(wholes, 'Secret', ' missing'),
    ...counted(keys, 'required key', ' missing'),
    ...counted(wholes + keys === 0 ? errors : 0, 'error'),
    ...counted(warnings, 'warning'),
    ...(baseline === undefined ? [] : [`${baseline.known.length} known before`]),
    ...(ignored.length > 0 ? [`${ignored.length} ignored`] : []),
    ...(isBlind ? [unreadPodsText] : []),
    ...counted(gaps, 'thing', ' not readable'),
    ...(components.length > 0
      ? [`${ready} of ${count(components.length, 'component')} ready${isBlind ? ' by their own counts' : ''}`]
      : []),
  ];
  return parts.length === 0 ? 'nothing missing' : parts.join(', ');
}

function counted(amount: number, word: string, tail = ''): string[] {
  return amount === 0 ? [] : [`${count(amount, word)}${tail}`];
}

/** No warning makes a verdict, and a value that everybody sees is none to pass over: they are counted beside it. */
function isRootWarning({ code, severity, causes }: Finding): boolean {
  return severity === 'warning' && code !== 'unreadable' && causes.length === 0;
}

/** What to type next. */
export function nextAfterAudit(report: AuditReport): string {
  const abandoned = report.unfinishedDrills?.find(({ manual = false }) => !manual);
  if (abandoned !== undefined) return abortCommand(abandoned);
  if (sawNothing(report)) return report.namespaces.length === 1 ? 'c2l audit -A' : 'c2l doctor';
  return nextStep(report);
}

function nextStep(report: AuditReport): string {
  const { findings, verdict, components, ignored, baseline } = report;
  const isStuck = components.some(({ state }) => state === 'stuck' || state === 'missing');
  if (verdict === 'ok' && !isStuck) return 'c2l verify';
  // What was set aside fails no run, and holds up what it holds up all the same.
  const told = verdict === 'ok' ? [...(baseline?.known ?? []), ...ignored, ...findings] : findings;
  const root = groupFindings(told).find(({ severity }) => severity === 'error')?.findings[0];
  return (root ?? findings.find(({ code }) => code === 'unreadable') ?? findings[0])?.fix ?? 'c2l audit -v';
}

function componentLines({ components, namespaces }: AuditReport, style: Style): string[] {
  if (components.length === 0) return [];
  const paints: Record<ComponentState['state'], (text: string) => string> = {
    ready: style.good,
    waiting: style.caution,
    stuck: style.bad,
    missing: style.bad,
    unknown: style.caution,
  };
  const isOneNamespace = namespaces.length === 1;
  const told = toldComponents(components, style);
  const rows = told.shown.map(({ object, state, detail }): Cell[] => [
    { text: refText(object) },
    { text: state, paint: paints[state] },
    { text: detail },
  ]);
  const titles = header(['COMPONENT', 'STATE', 'DETAIL'], style);
  // A column of its own would leave the others too little room to stay in line.
  const [first = [], ...parts] = tableGroups([titles, ...rows], style.width, isOneNamespace ? 0 : 2);
  const placeOf = (index: number): string => told.shown[index]?.object.namespace ?? '';
  const isNewPlace = (index: number): boolean =>
    !isOneNamespace && (index === 0 || placeOf(index) !== placeOf(index - 1));
  const lines = parts.flatMap((part, index) => [
    ...(isNewPlace(index) ? [`namespace ${placeOf(index)}`] : []),
    ...part,
  ]);
  const rest = told.left.length === 0 ? [] : [`… ${statesText(told.left)} (${howToSeeAll(style)})`];
  return [...(rows.length === 0 ? [] : first), ...lines, ...rest.flatMap((line) => paragraph('', line, style.width))];
}

/** Where not all fit, those that are not ready come first. */
export function toldComponents(
  components: readonly ComponentState[],
  style: Style,
): { readonly shown: readonly ComponentState[]; readonly left: readonly ComponentState[] } {
  if (components.length <= style.limit + 1) return { shown: components, left: [] };
  const open = components.filter(({ state }) => state !== 'ready');
  const { shown } = cut(open, 'component', style);
  return { shown, left: [...open.slice(shown.length), ...components.filter(({ state }) => state === 'ready')] };
}

/** `2 waiting, 1490 ready`. */
export function statesText(components: readonly ComponentState[]): string {
  const amounts = new Map<string, number>();
  for (const { state } of components) amounts.set(state, (amounts.get(state) ?? 0) + 1);
  return [...amounts].map(([state, amount]) => `${amount} ${state}`).join(', ');
}

function applicationLines(applications: readonly ApplicationState[], style: Style): string[] {
  if (applications.length === 0) return [];
  const { shown, rest } = cut(applications, 'application', style);
  const rows = shown.map(({ name, health, sync }): Cell[] => [
    { text: name },
    { text: health, paint: health === 'Healthy' ? style.good : style.caution },
    { text: sync, paint: sync === 'Synced' ? style.good : style.caution },
  ]);
  const lines = table([header(['ARGO CD APPLICATION', 'HEALTH', 'SYNC'], style), ...rows], style.width, 0);
  return ['', ...lines, ...(rest === undefined ? [] : paragraph('', rest, style.width))];
}

function header(words: readonly string[], style: Style): Cell[] {
  return words.map((text) => ({ text, paint: style.dim }));
}
