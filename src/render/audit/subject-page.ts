import type {
  AuditSubject,
  ContainerState,
  ReferenceState,
  SecretSubject,
  WorkloadSubject,
} from '../../core/audit/audit-subject.ts';
import { refText } from '../../core/cluster/kubernetes.ts';
import type { Style } from '../style.ts';
import type { Tone } from './cause-graph.ts';
import { goesText, secretTitle, secretTone, stateWord, unnamedText, usersText, wholeUse } from './subject-text.ts';

/** One workload or Secret by itself, as pages show it: no two of them need it told in another order. */
export interface SubjectPage {
  readonly title: string;
  readonly tone: Tone;
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly tables: readonly SubjectTable[];
}

export interface SubjectTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function subjectPage(subject: AuditSubject, style: Style): SubjectPage {
  return subject.kind === 'workload' ? workloadPage(subject) : secretPage(subject, style);
}

function workloadPage({
  object,
  state,
  detail,
  pods,
  containers,
  references,
  dependsOn,
  blocks,
}: WorkloadSubject): SubjectPage {
  return {
    title: `${refText(object)} in namespace ${object.namespace} is ${state}: ${detail}`,
    tone: state === 'ready' ? 'good' : state === 'waiting' ? 'caution' : 'bad',
    facts: told([
      ['pods', pods.map(({ name, status }) => `${name} ${status}`).join(', ') || 'none'],
      ['waits for', dependsOn.map((need) => `${refText(need.object)} (${need.state})`).join(', ')],
      ['blocks', blocks.map(refText).join(', ')],
    ]),
    tables: [
      ...containers.map((container) => referenceTable(containerTitle(container), container.references)),
      ...(references.length === 0 ? [] : [referenceTable('volumes and image pulls', references)]),
    ],
  };
}

function containerTitle({ name, init, status, references }: ContainerState): string {
  const needs = references.length === 0 ? ', needs no Secret' : '';
  return `${init ? 'init container' : 'container'} ${name}: ${status}${needs}`;
}

function referenceTable(title: string, references: readonly ReferenceState[]): SubjectTable {
  const rows = references.map((reference) => [
    `secret/${reference.secret}`,
    reference.key ?? '(all of it)',
    `${reference.via}${reference.optional ? ', optional' : ''}`,
    stateWord(reference),
    reference.detail ?? '',
  ]);
  return withoutEmptyColumns({ title, header: ['Secret', 'key', 'by', 'state', 'detail'], rows });
}

function withoutEmptyColumns({ title, header, rows }: SubjectTable): SubjectTable {
  const isFilled = (_: string, column: number): boolean => rows.some((row) => row[column] !== '');
  return { title, header: header.filter(isFilled), rows: rows.map((row) => row.filter(isFilled)) };
}

const keyHeader = ['key', 'state', 'detail', 'used by', 'if it goes'];

function secretPage(subject: SecretSubject, style: Style): SubjectPage {
  const { type, owner, keys, references } = subject;
  const rows = keys.map((use) => [
    use.key,
    stateWord({ state: use.state, optional: !use.required }),
    use.detail ?? '',
    use.references.length === 0 ? 'the stack file alone' : usersText(use.references, style),
    goesText(use, style),
  ]);
  return {
    title: secretTitle(subject),
    tone: secretTone(subject),
    facts: told([
      ['type', type ?? ''],
      ['written by', owner ?? ''],
      ['if it goes', goesText(wholeUse(subject), style)],
      ['whole by', usersText(references, style)],
      ['unnamed', unnamedText(subject, style)],
    ]),
    tables: rows.length === 0 ? [] : [withoutEmptyColumns({ title: 'keys', header: keyHeader, rows })],
  };
}

function told(facts: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return facts.filter(([, text]) => text !== '');
}
