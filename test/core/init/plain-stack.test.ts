import { describe, expect, test } from '@jest/globals';
import { plainStack } from '../../../src/core/init/plain-stack.ts';
import { withDependency, withNote, type StackDraft } from '../../../src/core/init/stack-draft.ts';

const draft: StackDraft = {
  name: 'shop',
  namespaces: ['shop'],
  productionContexts: [],
  argocd: { namespace: 'argocd', applications: [] },
  secrets: [],
  components: [
    { name: 'web', workload: 'Deployment/web', dependsOn: ['db'], checks: [], notes: ['a'] },
    { name: 'db', workload: 'StatefulSet/db', dependsOn: [], checks: [], notes: [] },
  ],
  leftOut: [],
};

describe('an answer to a question', () => {
  const question = { component: 'web', on: 'cache', question: '?', note: 'Not known' };

  test('of yes is a dependency more', () => {
    const [web, db] = withDependency(draft, question).components;
    expect([web?.dependsOn, db?.dependsOn]).toEqual([['cache', 'db'], []]);
  });

  test('that is left open is a note of the file', () => {
    const [web, db] = withNote(draft, question).components;
    expect([web?.notes, db?.notes]).toEqual([['a', 'Not known'], []]);
  });
});

describe('the file of a draft', () => {
  test('holds nothing that is left to its default', () => {
    const bare = {
      ...draft,
      secrets: [{ name: 'app', keys: [{ key: 'token', note: 'n', isSlip: true }], notes: ['n'] }],
    } as StackDraft;
    expect(plainStack(bare)).toStrictEqual({
      version: 1,
      name: 'shop',
      namespaces: ['shop'],
      secrets: [{ name: 'app', keys: { token: {} } }],
      components: [
        { name: 'web', workload: 'Deployment/web', dependsOn: ['db'] },
        { name: 'db', workload: 'StatefulSet/db' },
      ],
    });
  });

  test('holds what was told', () => {
    const key = {
      key: 'token',
      required: false,
      format: { minLength: 16 },
      generate: true,
      from: { env: 'T', azureKeyVault: 't' },
    } as const;
    const check = { kind: 'http', service: 'web', port: 80, path: '/' } as const;
    const told: StackDraft = {
      ...draft,
      productionContexts: ['prod'],
      argocd: { namespace: 'gitops', applications: ['shop'] },
      secrets: [{ name: 'app', namespace: 'data', type: 'Opaque', keys: [key], notes: [] }],
      components: [
        {
          name: 'web',
          workload: 'Deployment/web',
          namespace: 'data',
          critical: false,
          dependsOn: [],
          checks: [check],
          notes: [],
        },
      ],
    };
    expect(plainStack(told)).toStrictEqual({
      version: 1,
      name: 'shop',
      namespaces: ['shop'],
      production: { contexts: ['prod'] },
      argocd: { namespace: 'gitops', applications: ['shop'] },
      secrets: [
        {
          name: 'app',
          namespace: 'data',
          type: 'Opaque',
          keys: {
            token: {
              required: false,
              format: { minLength: 16 },
              generate: true,
              from: { env: 'T', azureKeyVault: 't' },
            },
          },
        },
      ],
      components: [{ name: 'web', workload: 'Deployment/web', namespace: 'data', critical: false, checks: [check] }],
    });
  });
});
