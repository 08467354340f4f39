import type {
  AuditSubject,
  ContainerState,
  ReferenceState,
  SecretKeyUse,
  SecretSubject,
  WorkloadSubject,
} from '../../core/audit/audit-subject.ts';
import { refId, refText } from '../../core/cluster/kubernetes.ts';
import type { FindingReference } from '../../core/findings/findings.ts';
import { listText } from '../../core/list-text.ts';
import { cut } from '../cut.ts';
import { cutText } from '../findings/findings-text.ts';
import { count, paragraph, table, type Cell } from '../layout.ts';
import type { Style } from '../style.ts';

/** One workload or Secret by itself. */
export function subjectLines(subject: AuditSubject, style: Style): string[] {
  return subject.kind === 'workload' ? workloadLines(subject, style) : secretLines(subject, style);
}

function workloadLines(subject: WorkloadSubject, style: Style): string[] {
  const { object, state, detail, pods, containers, references, dependsOn, blocks } = subject;
  const paint = state === 'ready' ? style.good : state === 'waiting' ? style.caution : style.bad;
  const names = pods.map(({ name, status }) => `${name} ${status}`);
  return [
    ...paragraph('', `${refText(object)} in namespace ${object.namespace} is ${state}: ${detail}`, style.width).map(
      (line) => style.bold(paint(line)),
    ),
    ...labelled('pods', names.length === 0 ? 'none' : cutText(names, style), style),
    ...labelled('waits for', dependsOn.map((need) => `${refText(need.object)} (${need.state})`).join(', '), style),
    ...labelled('blocks', cutText(blocks.map(refText), style), style),
    '',
    ...containers.flatMap((container) => [...containerLines(container, style), '']),
    ...(references.length === 0
      ? []
      : [style.bold('volumes and image pulls'), ...referenceTable(references, style), '']),
  ];
}

function labelled(label: string, text: string, style: Style): string[] {
  return text === '' ? [] : paragraph(`    ${label.padEnd(11)}`, text, style.width);
}

function containerLines({ name, init, status, references }: ContainerState, style: Style): string[] {
  const title = `${init ? 'init container' : 'container'} ${name}`;
  return [
    ...paragraph(`${title}  `, status, style.width),
    ...(references.length === 0 ? [style.dim('    needs no Secret')] : referenceTable(references, style)),
  ];
}

const words = {
  ok: 'ok',
  missing: 'KEY MISSING',
  'secret-missing': 'SECRET MISSING',
  placeholder: 'PLACEHOLDER',
  invalid: 'INVALID',
  unreadable: 'NOT READ',
  kept: 'OLDER ONE KEPT',
} as const satisfies Record<ReferenceState['state'], string>;

/** What is optional and absent hurts nobody, and is told in small letters. */
export function stateWord({ state, optional }: Pick<ReferenceState, 'state' | 'optional'>): string {
  return optional && (state === 'missing' || state === 'secret-missing') ? 'absent' : words[state];
}

export function stateTone(word: string): 'good' | 'dim' | 'caution' | 'bad' {
  if (word === 'ok') return 'good';
  if (word === 'absent') return 'dim';
  return word === words.unreadable || word === words.kept ? 'caution' : 'bad';
}

function stateCell(reference: Pick<ReferenceState, 'state' | 'optional'>, style: Style): Cell {
  const text = stateWord(reference);
  return { text, paint: style[stateTone(text)] };
}

function referenceTable(references: readonly ReferenceState[], style: Style): string[] {
  const { shown, rest } = cut(references, 'reference', style);
  const lines = [...new Set(shown.map(({ secret }) => secret))].flatMap((secret) => {
    const rows = shown
      .filter((reference) => reference.secret === secret)
      .map((reference): Cell[] => [
        { text: reference.key ?? '(all of it)' },
        { text: `${reference.via}${reference.optional ? ', optional' : ''}` },
        stateCell(reference, style),
        { text: reference.detail ?? '' },
      ]);
    return [style.dim(`    secret/${secret}`), ...table(rows, style.width, 6)];
  });
  return rest === undefined ? lines : [...lines, ...paragraph('    ', rest, style.width)];
}

function secretLines(subject: SecretSubject, style: Style): string[] {
  const { type, owner, keys, references, unnamedKeys } = subject;
  const paint = style[secretTone(subject)];
  const facts = [
    ...(type === undefined ? [] : [`type ${type}`]),
    ...(owner === undefined ? [] : [`written by ${owner}`]),
  ];
  return [
    ...paragraph('', [secretTitle(subject), ...facts].join(', '), style.width).map((line) => style.bold(paint(line))),
    ...labelled('if it goes', goesText(wholeUse(subject), style), style),
    ...labelled('whole by', usersText(references, style), style),
    ...labelled('unnamed', unnamedText(subject, style), style),
    '',
    ...(keys.length === 0 ? [] : [...keyLines(keys, style), '']),
    ...(keys.length + references.length + unnamedKeys.length === 0 ? ['nothing uses it', ''] : []),
  ];
}

/** `secret/app in namespace shop is present, lacks 2 required keys`. */
export function secretTitle({ object, state, keys }: SecretSubject): string {
  const lacking = keys.filter(isLacking).length;
  const wrong = keys.filter(isWrong).length;
  return [
    `${refText(object)} in namespace ${object.namespace} is ${state === 'unreadable' ? 'not readable' : state}`,
    ...(state === 'present' && lacking > 0 ? [`lacks ${count(lacking, 'required key')}`] : []),
    ...(wrong > 0 ? [`holds ${count(wrong, 'value')} that cannot be right`] : []),
  ].join(', ');
}

export function secretTone({ state, keys }: SecretSubject): 'good' | 'caution' | 'bad' {
  if (state === 'unreadable') return 'caution';
  return state === 'missing' || keys.some((use) => isLacking(use) || isWrong(use)) ? 'bad' : 'good';
}

function isLacking({ required, state }: SecretKeyUse): boolean {
  return required && (state === 'missing' || state === 'secret-missing');
}

function isWrong({ state }: SecretKeyUse): boolean {
  return state === 'placeholder' || state === 'invalid';
}

/** What goes wrong without a Secret or a key: workloads that do not start, Ingresses that have nothing to serve. */
export function goesText({ blocks, references }: Pick<SecretKeyUse, 'blocks' | 'references'>, style: Style): string {
  const served = references.filter(({ kind }) => kind === 'Ingress').map(refText);
  const texts = [
    ...(blocks.length === 0
      ? []
      : [`blocks ${count(blocks.length, 'workload')}: ${cutText(blocks.map(refText), style)}`]),
    ...(served.length === 0 ? [] : [`leaves without a certificate: ${cutText([...new Set(served)], style)}`]),
  ];
  return texts.length === 0 ? 'nothing is blocked' : texts.join('; ');
}

/** Every place that uses a Secret, as a whole or a key of it. */
export function wholeUse({ blocks, references, keys }: SecretSubject): Pick<SecretKeyUse, 'blocks' | 'references'> {
  return { blocks, references: [...references, ...keys.flatMap((use) => use.references)] };
}

export function unnamedText({ unnamedKeys, references }: SecretSubject, style: Style): string {
  if (unnamedKeys.length === 0) return '';
  const use = references.length === 0 ? 'nothing names' : 'nothing names, but what takes it whole may use';
  return `${count(unnamedKeys.length, 'key')} that ${use}: ${cutText(unnamedKeys, style)}`;
}

/** `deployment/api (env in db-migrate and api, optional)`, each object once. */
export function usersText(references: readonly FindingReference[], style: Style): string {
  const byUser = new Map<string, FindingReference[]>();
  for (const reference of references) {
    const { via, optional } = reference;
    const id = [refId(reference), via, optional].join('\u0000');
    byUser.set(id, [...(byUser.get(id) ?? []), reference]);
  }
  const texts = [...byUser.values()].map((same) => {
    const [first] = same;
    if (first === undefined) return '';
    const containers = listText(same.flatMap(({ container }) => container ?? []));
    const how = containers === '' ? first.via : `${first.via} in ${containers}`;
    return `${refText(first)} (${how}${first.optional ? ', optional' : ''})`;
  });
  return cutText(texts, style);
}

function keyLines(keys: readonly SecretKeyUse[], style: Style): string[] {
  const { shown, rest } = cut(keys, 'key', style);
  const lines = shown.flatMap((use) => {
    const state = stateCell({ state: use.state, optional: !use.required }, style);
    const title = `${use.key}  ${state.paint?.(state.text) ?? state.text}`;
    const users = use.references.length === 0 ? 'the stack file alone' : usersText(use.references, style);
    const goes = goesText(use, style);
    return [
      use.detail === undefined ? title : `${title}  ${use.detail}`,
      ...labelled('used by', users, style),
      ...labelled('if it goes', goes, style),
    ];
  });
  return [...lines, ...(rest === undefined ? [] : paragraph('', rest, style.width))];
}
