import { describe, expect, test } from '@jest/globals';

import { parsePlanFile, planDifferences } from '../../../src/core/fix/plan-file.ts';
import type { PlannedSecret } from '../../../src/core/fix/planned-secret.ts';

const object = (name: string) => ({ kind: 'Secret' as const, namespace: 'shop', name });
const added = { key: 'password', change: 'ADD', source: 'env:backup.env' } as const;
const app: PlannedSecret = { object: object('app'), action: 'patch', resourceVersion: '7', keys: [added] };
const document = {
  schemaVersion: 1,
  command: 'fix-secrets',
  context: 'prod',
  server: 'https://kubernetes.example.test',
  namespaces: ['shop'],
  dryRun: true,
  sources: ['env:backup.env'],
  plan: [app],
};

describe('a plan to be carried out', () => {
  test('is what a dry run printed', () => {
    expect(parsePlanFile(document)).toEqual({ plan: document });
    expect(parsePlanFile({ ...document, only: ['app/password'] })).toEqual({
      plan: { ...document, only: ['app/password'] },
    });
  });

  test.each<[unknown, string]>([
    ['text', 'the document: expected object, found string'],
    [{ ...document, schemaVersion: 2 }, 'schemaVersion: expected 1'],
    [{ ...document, command: 'restart' }, 'command: expected "fix-secrets"'],
    [{ ...document, dryRun: false }, 'dryRun: expected true'],
    [{ ...document, namespaces: 'shop' }, 'namespaces: expected array, found string'],
    [{ ...document, server: 7 }, 'server: expected string, found number'],
    [
      { ...document, plan: [{ ...app, keys: [{ ...added, change: 'DROP' }] }] },
      'plan.0.keys.0.change: expected one of "ADD"|"CHANGE"|"SAME"|"KEEP"|"REMOVE"',
    ],
    [
      { ...document, plan: [{ ...app, object: { ...app.object, kind: 'ConfigMap' } }] },
      'plan.0.object.kind: expected "Secret"',
    ],
    [
      { ...document, plan: [{ ...app, action: 'delete' }] },
      'plan.0.action: expected one of "create"|"patch"|"recreate"|"sync"|"seal"|"none"',
    ],
  ])('is not %j, and the first place that is wrong is named', (input, wrong) => {
    const parsed = parsePlanFile(input);
    expect('wrong' in parsed ? parsed.wrong.replace('option: expected', 'expected') : parsed).toBe(wrong);
  });
});

describe('what would be done otherwise than was reviewed', () => {
  const where = 'secret/app in namespace shop';
  const token = { key: 'token', change: 'ADD', source: 'env:backup.env' } as const;
  test.each<[string, readonly PlannedSecret[], readonly PlannedSecret[], readonly string[]]>([
    ['is nothing where all is as it was', [app], [app], []],
    ['is nothing where nothing needs a change', [], [{ ...app, action: 'none' }], []],
    ['is a change that was not planned', [], [app], [`${where} needs a change that was not planned`]],
    [
      'is a change of what was planned to stay',
      [{ ...app, action: 'none' }],
      [app],
      [`${where} needs a change that was not planned`],
    ],
    ['is a change that somebody else made', [app], [{ ...app, action: 'none' }], [`${where} needs no change any more`]],
    ['is one of what is gone', [app], [], [`${where} needs no change any more`]],
    ['is a write since', [app], [{ ...app, resourceVersion: '8' }], [`${where} was written since`]],
    [
      'is another source',
      [app],
      [{ ...app, keys: [{ ...added, source: 'age:other' }] }],
      [`${where}: password would now be done otherwise`],
    ],
    [
      'is a replaced value where one was to be added',
      [app],
      [{ ...app, keys: [{ ...added, change: 'CHANGE' }] }],
      [`${where}: password would now be done otherwise`],
    ],
    ['is a key more', [app], [{ ...app, keys: [added, token] }], [`${where}: token would now be done otherwise`]],
    ['is a key less', [{ ...app, keys: [added, token] }], [app], [`${where}: token would now be done otherwise`]],
    [
      'is told of each Secret, in their order',
      [{ ...app, object: object('b') }],
      [{ ...app, object: object('a') }],
      [
        'secret/a in namespace shop needs a change that was not planned',
        'secret/b in namespace shop needs no change any more',
      ],
    ],
  ])('%s', (_, reviewed, now, told) => {
    expect(planDifferences(reviewed, now)).toEqual(told);
  });
});
