import type { ApplicationState } from '../../core/audit/audit-report.ts';
import type { ComponentState } from '../../core/audit/component-state.ts';
import { refId, refText, type ObjectRef } from '../../core/cluster/kubernetes.ts';
import type { Finding, FindingCode, Severity } from '../../core/findings/findings.ts';
import { commandsHere } from '../commands-here.ts';
import { cut, howToSeeAll } from '../cut.ts';
import { commandLines, count, paragraph, table } from '../layout.ts';
import type { Style } from '../style.ts';
import { chains } from './chains.ts';
import { adviceOf } from './finding-advice.ts';
import {
  failingNextStarts,
  groupFindings,
  holdsUpWord,
  isAside,
  isKeyCode,
  neededBy,
  nextStartsOf,
  otherEffects,
  type FindingGroup,
} from './finding-groups.ts';

export interface FindingsContext {
  readonly namespaces: readonly string[];
  readonly components: readonly ComponentState[];
  readonly applications?: readonly ApplicationState[];
  /** Whether it is told of what is only planned. */
  readonly isForetold?: boolean;
}

/** Root causes with what stands beneath each; absent optional keys in one line; gaps last and loud. */
export function findingsLines(findings: readonly Finding[], context: FindingsContext, style: Style): string[] {
  const told = findings.filter((finding) => !isAside(finding));
  const groups = groupFindings(told);
  const { shown, rest } = cut(groups, 'root', style);
  return [
    ...shown.flatMap((group) => [...groupLines(group, context, style), '']),
    ...(rest === undefined ? [] : [...cutLines(groups.slice(shown.length), style), '']),
    ...optionalLines(findings, context, style),
    ...unusedLines(findings, style),
    ...gapLines(findings, style),
  ];
}

/** One line for each root, where the details stand on the page already. */
export function findingTitles(findings: readonly Finding[], context: FindingsContext, style: Style): string[] {
  const told = findings.filter((finding) => !isAside(finding));
  const { shown, rest } = cut(groupFindings(told), 'root', style);
  return [
    ...shown.flatMap((group) => [
      ...paragraph(`${severityWords[group.severity]}  `, groupTitle(group, context), style.width),
      ...nextStartLines(group, style, 4),
      ...adviceLines(group, style),
      ...fixLines(group, style),
    ]),
    ...(rest === undefined ? [] : paragraph('', rest, style.width)),
    ...gapLines(findings, style),
  ];
}

/** What does not fit is counted by code, so that nothing serious can hide in it. */
function cutLines(groups: readonly FindingGroup[], style: Style): string[] {
  const amounts = new Map<string, number>();
  for (const { code, severity } of groups) {
    amounts.set(`${severity} ${code}`, (amounts.get(`${severity} ${code}`) ?? 0) + 1);
  }
  const byCode = [...amounts].map(([word, amount]) => `${amount} × ${word}`).join(', ');
  const total = `${count(groups.length, 'more root')} not shown: ${byCode}`;
  return paragraph('MORE     ', `${total}; ${howToSeeAll(style)}`, style.width).map((line) => style.bold(line));
}

function groupLines(group: FindingGroup, context: FindingsContext, style: Style): string[] {
  const { severity } = group;
  const paint = severity === 'error' ? style.bad : style.caution;
  return [
    ...paragraph(`${severityWords[severity]}  `, groupTitle(group, context), style.width).map((line) =>
      style.bold(paint(line)),
    ),
    ...placeLines(group, context, style),
    ...keyLines(group, style),
    ...blockLines(group, context, style),
    ...nextStartLines(group, style, 12),
    ...effectLines(group, context, style),
    ...adviceLines(group, style),
    ...fixLines(group, style),
  ];
}

function adviceLines(group: FindingGroup, style: Style): string[] {
  return adviceOf(group, style).flatMap(([label, text]) => paragraph(`    ${label.padEnd(8)}`, text, style.width));
}

const severityWords: Record<Severity, string> = { error: 'ERROR  ', warning: 'WARNING', info: 'INFO   ' };

/** How one finding's title counts its keys. */
const keyTitles: Partial<Record<FindingCode, (keys: string) => string>> = {
  'secret-key-missing': (keys) => `lacks ${keys}`,
  'secret-value-placeholder': (keys) => `holds a placeholder in ${keys}`,
  'secret-value-invalid': (keys) => `holds an invalid value in ${keys}`,
};

/** `secret/NAME lacks 9 required keys`. */
export function groupTitle(
  group: FindingGroup,
  { namespaces, isForetold = false }: Pick<FindingsContext, 'namespaces' | 'isForetold'>,
): string {
  const { code, object, findings } = group;
  const place = namespaces.length === 1 ? '' : ` in namespace ${object.namespace}`;
  return keyTitles[code] === undefined
    ? (findings[0]?.message ?? '')
    : `${refText(object)}${place} ${isForetold ? foretold(groupWords(group)) : groupWords(group)}`;
}

function foretold(words: string): string {
  return words.replace(/^(lack|hold)s /, 'would $1 ');
}

/** What is wrong with the object, in a few words beside its name: `lacks 9 required keys`, `secret-missing`. */
export function groupWords({ code, severity, findings }: FindingGroup): string {
  return keyTitles[code]?.(count(findings.length, severity === 'error' ? 'required key' : 'key')) ?? code;
}

/** Messages name objects without their namespace, which goes without saying where there is only one. */
function placeLines({ code, object }: FindingGroup, { namespaces }: FindingsContext, style: Style): string[] {
  const isTold = namespaces.length === 1 || keyTitles[code] !== undefined || object.namespace === '';
  return isTold ? [] : paragraph('    namespace  ', object.namespace, style.width);
}

function keyLines({ code, findings }: FindingGroup, style: Style): string[] {
  if (!isKeyCode(code)) return findings.flatMap((finding) => wholeLines(finding, style));
  const detail = (finding: Finding): string =>
    code === 'secret-value-invalid' ? finding.message : namesOf(neededBy(finding.references), style);
  const header = code === 'secret-value-invalid' ? 'WHAT IS WRONG' : 'NEEDED BY';
  const { shown, rest } = cut(findings, 'key', style);
  const rows = table(
    [
      [
        { text: 'KEY', paint: style.dim },
        { text: header, paint: style.dim },
      ],
      ...shown.map((finding) => [{ text: finding.key ?? '' }, { text: detail(finding) }]),
    ],
    style.width,
    4,
  );
  return rest === undefined ? rows : [...rows, ...paragraph('    ', rest, style.width)];
}

function wholeLines({ keys = [], references }: Finding, style: Style): string[] {
  const users = namesOf(neededBy(references), style);
  return [
    ...(keys.length === 0 ? [] : paragraph('    keys       ', cutText(keys, style), style.width)),
    ...(users === '' ? [] : paragraph('    needed by  ', users, style.width)),
  ];
}

function blockLines({ code, blocks }: FindingGroup, { components }: FindingsContext, style: Style): string[] {
  if (blocks.length === 0) return [];
  const paths = components.length === 0 ? [cutText(blocks.map(nameOf), style)] : chains(blocks, components);
  const { shown, rest } = cut(paths, 'chain', style);
  const lines = [...shown, ...(rest === undefined ? [] : [rest])];
  return [
    ...paragraph(`    ${holdsUpWord(code).padEnd(8)}`, count(blocks.length, 'workload'), style.width),
    ...lines.flatMap((path) => paragraph('            ', path, style.width)),
  ];
}

function nextStartLines(group: FindingGroup, style: Style, indent: number): string[] {
  const refs = failingNextStarts(group);
  if (refs.length === 0) return [];
  const text = `next start fails of ${nextStartsOf(refs)}: ${namesOf(refs, style)}`;
  return paragraph(' '.repeat(indent), text, style.width);
}

/** A Secret that is gone stands for all of its keys. */
function effectText({ message, keys = [] }: Finding, style: Style): string {
  return keys.length === 0 ? message : `${message}; its keys: ${cutText(keys, style)}`;
}

/**
 * Effects whose object a table of the same page shows are counted, as are next starts, which have a line of their own; the
 * others are told in words.
 */
function effectLines(group: FindingGroup, context: FindingsContext, style: Style): string[] {
  const effects = otherEffects(group);
  const components = new Set(context.components.map(({ object }) => refId(object)));
  const applications = new Set(context.applications?.map(({ name }) => name));
  const untold = group.effects.filter(
    ({ code, object }) =>
      code !== 'next-start-fails' &&
      !components.has(refId(object)) &&
      !(object.kind === 'Application' && applications.has(object.name)),
  );
  const { shown, rest } = cut(untold, 'effect', style);
  return [
    ...(effects.length === 0 ? [] : paragraph('    beneath ', kindsText(effects), style.width)),
    ...shown.flatMap((effect) => paragraph('    because of it: ', effectText(effect, style), style.width)),
    ...(rest === undefined ? [] : paragraph('    ', rest, style.width)),
  ];
}

/** `2 Applications, 1 Deployment`. */
function kindsText(effects: readonly Finding[]): string {
  const kinds = new Map<string, number>();
  for (const { object } of effects) kinds.set(object.kind, (kinds.get(object.kind) ?? 0) + 1);
  return [...kinds].map(([kind, amount]) => count(amount, kind)).join(', ');
}

/** Each command once, with the flags of this run. */
export function fixesOf({ findings }: FindingGroup, style: Style): string[] {
  return [...new Set(findings.map(({ fix }) => commandsHere(fix, style)))];
}

/** In a walk the next phase is the fix. */
function fixLines(group: FindingGroup, style: Style): string[] {
  if (style.embedded) return [];
  const fixes = fixesOf(group, style);
  const { shown, rest } = cut(fixes, 'command', style);
  return [
    ...shown.flatMap((fix, index) => commandLines(index === 0 ? '    fix     ' : '            ', fix, style)),
    ...(rest === undefined ? [] : paragraph('            ', rest, style.width)),
  ];
}

function namesOf(refs: readonly ObjectRef[], style: Style): string {
  return cutText(refs.map(refText), style);
}

function nameOf({ name }: ObjectRef): string {
  return name;
}

/** As many words as fit, and how many more there are. */
export function cutText(words: readonly string[], { limit }: Style): string {
  if (words.length <= limit + 1) return words.join(', ');
  return `${words.slice(0, limit).join(', ')} and ${words.length - limit} more`;
}

function unusedLines(findings: readonly Finding[], style: Style): string[] {
  const unused = findings.filter(({ code }) => code === 'secret-unused');
  if (unused.length === 0) return [];
  const hint = style.verbose ? '' : ' (-v names them)';
  const title = `nothing here names ${count(unused.length, 'Secret')}${hint}`;
  const names = style.verbose ? unused.map(({ object }) => `${object.namespace}/${object.name}`) : [];
  return [
    ...paragraph(`${severityWords.info}  `, title, style.width).map((line) => style.dim(line)),
    ...names.flatMap((name) => paragraph('    ', name, style.width)),
    '',
  ];
}

function optionalLines(findings: readonly Finding[], { namespaces }: FindingsContext, style: Style): string[] {
  const absent = findings.filter(({ code }) => code === 'optional-key-absent');
  if (absent.length === 0) return [];
  const amount = count(absent.length, 'optional key');
  const hint = style.verbose ? '' : ' (-v names them)';
  const title = paragraph(
    `${severityWords.info}  `,
    `${amount} absent, nothing waits for ${absent.length === 1 ? 'it' : 'them'}${hint}`,
    style.width,
  );
  if (!style.verbose) return [...title.map((line) => style.dim(line)), ''];
  const rows = absent.map((finding) => [
    ...(namespaces.length === 1 ? [] : [{ text: finding.object.namespace }]),
    { text: finding.key ?? finding.secret ?? finding.object.name },
    { text: namesOf(neededBy(finding.references), style) },
  ]);
  return [...title.map((line) => style.dim(line)), ...table(rows, style.width, 4), ''];
}

function gapLines(findings: readonly Finding[], style: Style): string[] {
  const gaps = findings.filter(({ code }) => code === 'unreadable');
  if (gaps.length === 0) return [];
  const { shown, rest } = cut(gaps, 'thing', style);
  return [
    style.bold(
      style.caution(`NOT READ  ${count(gaps.length, 'thing')} could not be looked at: neither healthy nor missing`),
    ),
    ...shown.flatMap(({ message }) => paragraph('    ', message, style.width)),
    ...(rest === undefined ? [] : paragraph('    ', rest, style.width)),
    '',
  ];
}
