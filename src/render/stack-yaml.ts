import { Document, isCollection, isMap, isScalar } from 'yaml';
import { plainStack } from '../core/init/plain-stack.ts';
import type { DraftSecret, StackDraft } from '../core/init/stack-draft.ts';
import { printable } from './printable.ts';

/** The stack file as it is written: with comments that say where everything comes from. */
export function stackYaml(
  draft: StackDraft,
  { origin, schema }: { readonly origin: string; readonly schema: string | undefined },
): string {
  const document = new Document(plainStack(draft), { aliasDuplicateObjects: false });
  if (schema !== undefined) document.commentBefore = ` yaml-language-server: $schema=${schema}`;
  for (const path of flowPaths(draft)) {
    const node = document.getIn(path, true);
    if (isCollection(node)) node.flow = true;
  }
  commentKey(document, 'version', [
    `Written by c2l init from ${origin}.`,
    'Guesses are marked: what is wrong here is wrong in every command, so read them once.',
  ]);
  const isBare = draft.argocd.applications.length === 0;
  commentKey(document, 'secrets', isBare ? ['No Argo CD Application was seen that deploys here.'] : []);
  commentKey(
    document,
    'components',
    draft.leftOut.map(({ note }) => note),
  );
  for (const [index, secret] of draft.secrets.entries()) dressSecret(document, secret, index);
  for (const [index, { notes }] of draft.components.entries()) dressItem(document, ['components', index], notes);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

type Path = readonly (string | number)[];

/** What is short stands on one line. */
function flowPaths({ secrets, components }: StackDraft): Path[] {
  const keys = secrets.flatMap((secret, index) => secret.keys.map(({ key }): Path => ['secrets', index, 'keys', key]));
  const parts = components.flatMap(({ checks }, index) => [
    ['components', index, 'dependsOn'],
    ...checks.flatMap((_, position) =>
      [['user'], ['password'], ['json'], ['basicAuth', 'user'], ['basicAuth', 'password']].map((path) => [
        ...['components', index, 'checks', position],
        ...path,
      ]),
    ),
  ]);
  return [['namespaces'], ['production', 'contexts'], ['argocd', 'applications'], ...keys, ...parts];
}

function dressSecret(document: Document, { keys, notes }: DraftSecret, index: number): void {
  const guessed = [
    ...(keys.some(({ format }) => format !== undefined) ? ['formats'] : []),
    ...(keys.some(({ generate }) => generate === true) ? ['what may be made up anew'] : []),
  ];
  const guess = guessed.length === 0 ? [] : [`Guess: ${guessed.join(' and ')}, by the names of the keys.`];
  dressItem(document, ['secrets', index], [...notes, ...guess]);
  for (const { key, note } of keys) {
    const entry = document.getIn(['secrets', index, 'keys', key], true);
    if (isCollection(entry) && note !== undefined) entry.comment = ` ${printable(note)}`;
  }
}

/** An empty line before each item but the first, and its notes above it. */
function dressItem(document: Document, path: Path, notes: readonly string[]): void {
  const item = document.getIn(path, true);
  if (!isMap(item)) return;
  item.spaceBefore = path.at(-1) !== 0;
  if (notes.length > 0) item.commentBefore = commentText(notes);
}

/** An empty line before a section, and what there is to say of it. */
function commentKey(document: Document, name: string, lines: readonly string[]): void {
  const pair = isMap(document.contents)
    ? document.contents.items.find(({ key }) => isScalar(key) && key.value === name)
    : undefined;
  if (!isScalar(pair?.key)) return;
  // The first line of the file has its own.
  pair.key.spaceBefore = name !== 'version';
  if (lines.length > 0) pair.key.commentBefore = commentText(lines);
}

/** Names in comments come from a cluster: a line break in one would end the comment. */
function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${printable(line)}`).join('\n');
}
