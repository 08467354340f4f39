import type { Finding, FindingCode, Severity } from '../core/findings.ts';
import { refId, refText, type ObjectRef } from '../core/kubernetes.ts';
import type { ApplicationState, ComponentState } from '../core/report.ts';
import { chains } from './chains.ts';
import { groupFindings, isKeyCode, neededBy, type FindingGroup } from './finding-groups.ts';
import { count, paragraph, table } from './layout.ts';
import type { Style } from './style.ts';

export interface FindingsContext {
  readonly namespaces: readonly string[];
  readonly components: readonly ComponentState[];
  readonly applications?: readonly ApplicationState[];
}

/** Root causes with what each one blocks; absent optional keys in one line; gaps last and loud. */
export function findingsLines(findings: readonly Finding[], context: FindingsContext, style: Style): string[] {
  const told = findings.filter(({ code }) => code !== 'optional-key-absent' && code !== 'unreadable');
  const components = new Set(context.components.map(({ object }) => refId(object)));
  const applications = new Set(context.applications?.map(({ name }) => name));
  const groups = groupFindings(
    told,
    (object) => components.has(refId(object)) || (object.kind === 'Application' && applications.has(object.name)),
  );
  return [
    ...groups.flatMap((group) => [...groupLines(group, context, style), '']),
    ...optionalLines(findings, context, style),
    ...gapLines(findings, style),
  ];
}

function groupLines(group: FindingGroup, context: FindingsContext, style: Style): string[] {
  const severity = group.findings[0]?.severity ?? 'error';
  const [first = '', ...rest] = paragraph(`${severityWords[severity]}  `, groupTitle(group, context), style.width);
  const paint = severity === 'error' ? style.bad : style.caution;
  return [
    style.bold(paint(first)),
    ...rest.map((line) => style.bold(paint(line))),
    ...placeLines(group, context, style),
    ...keyLines(group, style),
    ...blockLines(group, context, style),
    ...group.consequences.flatMap(({ message }) => paragraph('    because of it: ', message, style.width)),
  ];
}

const severityWords: Record<Severity, string> = { error: 'ERROR  ', warning: 'WARNING', info: 'INFO   ' };

/** How one finding's title counts its keys. */
const keyTitles: Partial<Record<FindingCode, (keys: string) => string>> = {
  'secret-key-missing': (keys) => `lacks ${keys}`,
  'secret-value-placeholder': (keys) => `holds a placeholder in ${keys}`,
  'secret-value-invalid': (keys) => `holds an invalid value in ${keys}`,
};

/** `secret/NAME lacks 9 required keys`. */
export function groupTitle({ code, object, findings }: FindingGroup, { namespaces }: FindingsContext): string {
  const place = namespaces.length === 1 ? '' : ` in namespace ${object.namespace}`;
  const words = keyTitles[code]?.(count(findings.length, 'required key'));
  if (words !== undefined) return `${refText(object)}${place} ${words}`;
  return findings[0]?.message ?? '';
}

/** Messages name objects without their namespace, which goes without saying where there is only one. */
function placeLines({ code, object }: FindingGroup, { namespaces }: FindingsContext, style: Style): string[] {
  const isTold = namespaces.length === 1 || keyTitles[code] !== undefined || object.namespace === '';
  return isTold ? [] : paragraph('    namespace  ', object.namespace, style.width);
}

function keyLines({ code, findings }: FindingGroup, style: Style): string[] {
  if (!isKeyCode(code)) return findings.flatMap((finding) => wholeLines(finding, style));
  const detail = (finding: Finding): string =>
    code === 'secret-value-invalid' ? finding.message : namesOf(neededBy(finding.references));
  const header = code === 'secret-value-invalid' ? 'WHAT IS WRONG' : 'NEEDED BY';
  return table(
    [
      [
        { text: 'KEY', paint: style.dim },
        { text: header, paint: style.dim },
      ],
      ...findings.map((finding) => [{ text: finding.key ?? '' }, { text: detail(finding) }]),
    ],
    style.width,
    4,
  );
}

function wholeLines({ keys = [], references }: Finding, style: Style): string[] {
  const users = namesOf(neededBy(references));
  return [
    ...(keys.length === 0 ? [] : paragraph('    keys       ', keys.join(', '), style.width)),
    ...(users === '' ? [] : paragraph('    needed by  ', users, style.width)),
  ];
}

function blockLines({ blocks }: FindingGroup, { components }: FindingsContext, style: Style): string[] {
  if (blocks.length === 0) return [];
  const paths = components.length === 0 ? [blocks.map(({ name }) => name).join(', ')] : chains(blocks, components);
  return paths.flatMap((path, index) => paragraph(index === 0 ? '    blocks  ' : '            ', path, style.width));
}

function namesOf(refs: readonly ObjectRef[]): string {
  return refs.map(refText).join(', ');
}

function optionalLines(findings: readonly Finding[], { namespaces }: FindingsContext, style: Style): string[] {
  const absent = findings.filter(({ code }) => code === 'optional-key-absent');
  if (absent.length === 0) return [];
  const amount = count(absent.length, 'optional key');
  const hint = style.verbose ? '' : ' (-v names them)';
  const title = paragraph(`${severityWords.info}  `, `${amount} absent, nothing waits for them${hint}`, style.width);
  if (!style.verbose) return [...title.map((line) => style.dim(line)), ''];
  const rows = absent.map((finding) => [
    ...(namespaces.length === 1 ? [] : [{ text: finding.object.namespace }]),
    { text: finding.key ?? finding.secret ?? finding.object.name },
    { text: namesOf(neededBy(finding.references)) },
  ]);
  return [...title.map((line) => style.dim(line)), ...table(rows, style.width, 4), ''];
}

function gapLines(findings: readonly Finding[], style: Style): string[] {
  const gaps = findings.filter(({ code }) => code === 'unreadable');
  if (gaps.length === 0) return [];
  return [
    style.bold(
      style.caution(`NOT READ  ${count(gaps.length, 'thing')} could not be looked at: neither healthy nor missing`),
    ),
    ...gaps.flatMap(({ message }) => paragraph('    ', message, style.width)),
    '',
  ];
}
