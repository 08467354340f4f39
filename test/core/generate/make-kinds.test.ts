import { describe, expect, test } from '@jest/globals';

import { compareFiles, madeByLine } from '../../../src/core/generate/compare-files.ts';
import type { GenerateKind } from '../../../src/core/generate/generate-kind.ts';
import { packageSpec, subjectName } from '../../../src/core/generate/generate-subject.ts';
import type { GeneratedFile } from '../../../src/core/generate/generated-file.ts';
import { allCommand, kindCommand, makeAll, makeKind } from '../../../src/core/generate/make-kinds.ts';
import { refuseUnusable } from '../../../src/core/generate/unusable-objects.ts';
import { OperatorError } from '../../../src/errors.ts';
import { stackOf } from '../../support/builders.ts';

const subject = { stack: undefined, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' };
const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const option = { flags: '--for <it>', description: '', choices: ['a', 'b'] };

function kindOf(
  name: string,
  make: (choice: string) => readonly GeneratedFile[],
  more: Partial<GenerateKind> = {},
): GenerateKind {
  return { name, description: '', example: '', load: () => Promise.resolve((_, choice) => make(choice)), ...more };
}

const applied = kindOf(
  'one',
  (choice) => [
    { path: `${choice}.yaml`, use: 'apply', documents: [object(`one-${choice}`)] },
    { path: `${choice}.txt`, text: 'x' },
    { path: `${choice}-beside.yaml`, use: 'beside', documents: [] },
  ],
  { option },
);
const simple = kindOf('two', () => [{ path: 'f.yaml', use: 'apply', documents: [object('two')] }]);
const lacking = (name: string, message: string) =>
  kindOf(name, () => {
    throw new OperatorError('stack-lacks-field', message);
  });

test('a kind is made by the command that says what was chosen', async () => {
  const made = await makeKind(applied, 'b', subject);
  expect(made.map(({ file, madeBy }) => [file.path, madeBy])).toEqual([
    ['b.yaml', 'c2l generate one --for b'],
    ['b.txt', 'c2l generate one --for b'],
    ['b-beside.yaml', 'c2l generate one --for b'],
  ]);
  expect(kindCommand(simple, '')).toBe('c2l generate two');
  expect(kindCommand({ ...applied, option: { ...option, default: 'a' } }, 'a')).toBe('c2l generate one');
  await expect(
    makeKind(
      kindOf('k', () => [
        { path: 'a', text: '' },
        { path: 'a', text: '' },
      ]),
      '',
      subject,
    ),
  ).rejects.toThrow(/same file a/);
});

test('all kinds lie in folders of their own, beside what applies them', async () => {
  const once = kindOf('once', (choice) => [{ path: `${choice}.txt`, text: '' }], {
    option: { ...option, default: 'b' },
  });
  const { files, skipped } = await makeAll(
    [applied, simple, once, lacking('x', 'no x'), lacking('y', 'no x'), lacking('z', 'no z')],
    subject,
  );
  expect(files.map(({ file, madeBy }) => [file.path, madeBy])).toEqual([
    ['kustomization.yaml', 'c2l generate --all'],
    ...['a', 'b'].flatMap((choice) =>
      ['.yaml', '.txt', '-beside.yaml'].map((end) => [`one/${choice}${end}`, `c2l generate one --for ${choice}`]),
    ),
    ['two/f.yaml', 'c2l generate two'],
    ['once/b.txt', 'c2l generate once'],
  ]);
  expect(files[0]?.file).toEqual({
    path: 'kustomization.yaml',
    comment: 'Everything here that Kubernetes takes as it is: kubectl apply -k on this folder.',
    use: 'beside',
    documents: [
      {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: ['one/a.yaml', 'one/b.yaml', 'two/f.yaml'],
      },
    ],
  });
  expect([skipped, allCommand]).toEqual([['no x', 'no z'], 'c2l generate --all']);
});

test.each([
  ['a defect', new Error('defect')],
  ['a mistake', new OperatorError('usage', 'not so')],
])('what is no lack of the stack ends all: %s', async (_, error) => {
  const broken = kindOf('broken', () => {
    throw error;
  });
  await expect(makeAll([broken], subject)).rejects.toBe(error);
});

describe('a file that is there', () => {
  const own = `# ${madeByLine('c2l generate one')}\n`;
  const isOwn = (madeBy: string): boolean => madeBy === 'c2l generate one';

  test('is compared with the one that is made', () => {
    expect(own).toBe('# Made by c2l generate one; change the stack file, not this one.\n');
    const made = ['same', 'other', 'strange', 'new'].map((path) => ({ path, text: `${own}${path}` }));
    const found = new Map([
      ['z-old', own],
      ['same', `${own}same`],
      ['other', `${own}before`],
      ['strange', 'of somebody'],
      ['a-old', own],
      ['of-another', `# ${madeByLine('c2l generate two')}`],
      ['of-nobody', 'x'],
    ]);
    expect(compareFiles(made, found, isOwn).map(({ path, state }) => [path, state])).toEqual([
      ['same', 'unchanged'],
      ['other', 'differs'],
      ['strange', 'foreign'],
      ['new', 'missing'],
      ['a-old', 'stale'],
      ['z-old', 'stale'],
    ]);
  });
});

test('what is made is called after the stack, or the first namespace', () => {
  const stack = stackOf({});
  const named = [{ ...subject, stack }, subject, { ...subject, namespaces: [] }].map(subjectName);
  expect([...named, packageSpec({}), packageSpec({ version: '1' })]).toEqual(['shop', 'shop', 'all', 'c2l', 'c2l@1']);
  expect(subjectName({ ...subject, stack: { ...stack, name: 'stack' } })).toBe('stack');
});

const rename = 'rename one of them in the stack file';
const yaml = (path: string, ...documents: readonly object[]): GeneratedFile => ({ path, use: 'apply', documents });
const versioned = (apiVersion: string) => ({ ...object('x'), apiVersion });
test.each<[readonly GeneratedFile[], string | undefined, string | undefined]>([
  [[yaml('a'), yaml('a')], 'two parts of the stack give the same file a', rename],
  [
    [yaml('a', object('x')), yaml('b', object('x'))],
    'two parts of the stack give the same object ConfigMap x, in a and b',
    rename,
  ],
  [[yaml('a', object('x'), object('x'))], 'two parts of the stack give the same object ConfigMap x, in a', rename],
  [
    [yaml('a', versioned('g.io/v1')), yaml('b', versioned('g.io/v1beta1'))],
    'two parts of the stack give the same object ConfigMap x, in a and b',
    rename,
  ],
  [[yaml('a', versioned('g.io/v1'), versioned('h.io/v1'))], undefined, undefined],
  [[yaml('a', {}, { ...object('x'), metadata: { name: 7 } })], undefined, undefined],
  [
    [yaml('a', object('x'.repeat(254)))],
    `ConfigMap ${'x'.repeat(254)} would have a name of 254 characters, and Kubernetes takes 253`,
    'shorten the name of the stack or of the component in the stack file',
  ],
  [[yaml('a', object('x'.repeat(253)))], undefined, undefined],
])('what the API server would refuse is refused (%#)', (files, message, hint) => {
  let thrown: unknown;
  try {
    refuseUnusable(files);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(message && new OperatorError('stack-unusable', message));
  expect((thrown as OperatorError | undefined)?.code).toBe(message && 'stack-unusable');
  expect((thrown as OperatorError | undefined)?.hint).toBe(hint);
});
