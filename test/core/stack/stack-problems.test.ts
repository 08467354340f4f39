import { describe, expect, test } from '@jest/globals';
import { stackProblems } from '../../../src/core/stack/stack-problems.ts';
import { stackSchema } from '../../../src/core/stack/stack-schema.ts';

const problems = (fields: Record<string, unknown>) =>
  stackProblems(stackSchema.parse({ version: 1, name: 'shop', namespaces: ['shop', 'data'], ...fields })).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
const component = (name: string, ...dependsOn: string[]) => ({ name, workload: `Deployment/${name}`, dependsOn });
const secret = (name: string, keys: Record<string, unknown>, namespace?: string) => ({ name, namespace, keys });

test('a stack in which everything fits has none', () => {
  expect(
    problems({
      secrets: [secret('app', { password: {} }), secret('app', { password: {} }, 'data')],
      components: [component('web', 'api'), component('api', 'db'), component('db')],
    }),
  ).toEqual([]);
});

describe('what is declared twice', () => {
  test.each([
    [{ namespaces: ['a', 'a'] }, 'namespaces.1: namespace a is declared a second time'],
    [
      { argocd: { applications: ['a', 'a'] } },
      'argocd.applications.1: Argo CD Application a is declared a second time',
    ],
    [
      { secrets: [secret('app', {}), secret('app', {}, 'shop')] },
      'secrets.1.name: Secret app in namespace shop is declared a second time',
    ],
    [
      { components: [component('a'), { ...component('a'), workload: 'Deployment/b' }] },
      'components.1.name: component a is declared a second time',
    ],
    [
      { components: [component('a'), { ...component('b'), workload: 'Deployment/a' }] },
      'components.1.workload: workload Deployment/a in namespace shop is declared a second time',
    ],
  ])('%j', (fields, problem) => {
    expect(problems(fields)).toEqual([problem]);
  });
});

describe('what points nowhere', () => {
  test('a namespace that the stack does not have', () => {
    expect(problems({ secrets: [secret('app', {}, 'other')] })).toEqual([
      "secrets.0.namespace: namespace other is not one of the stack's namespaces: shop, data",
    ]);
  });

  test('a dependency on no component', () => {
    expect(problems({ components: [component('postgres'), component('api', 'postgras', 'zzzzzz')] })).toEqual([
      'components.1.dependsOn.0: no component is called postgras; did you mean postgres?',
      'components.1.dependsOn.1: no component is called zzzzzz; there are postgres, api',
    ]);
  });

  test('a check on a Secret that is declared for another namespace only', () => {
    const check = { kind: 'postgres-login', user: { value: 'u' }, password: { secret: 'app', key: 'password' } };

    expect(
      problems({
        secrets: [secret('app', { password: {} })],
        components: [{ ...component('db'), namespace: 'data', checks: [check] }],
      }),
    ).toEqual(['components.0.checks.0.password.secret: Secret app is not declared for namespace data']);
  });
});

describe('cycles', () => {
  test('are named as they run', () => {
    expect(
      problems({
        components: [component('start', 'a'), component('a', 'b'), component('b', 'c'), component('c', 'a')],
      }),
    ).toEqual(['components.1.dependsOn: components depend on each other: a → b → c → a']);
  });

  test('of one', () => {
    expect(problems({ components: [component('a', 'a')] })).toEqual([
      'components.0.dependsOn: components depend on each other: a → a',
    ]);
  });

  test('are not seen where two ways lead to the same component', () => {
    expect(
      problems({
        components: [component('web', 'a', 'b'), component('a', 'db'), component('b', 'db'), component('db')],
      }),
    ).toEqual([]);
  });
});

describe('source names', () => {
  test('that two keys share by default collide; Key Vault has neither case nor "_"', () => {
    expect(problems({ secrets: [secret('app', { 'db-Password': {}, db_password: {} })] })).toEqual([
      'secrets.0.keys.db_password: has the same Key Vault name db-password as app/db-Password: give one of them from.azureKeyVault',
      'secrets.0.keys.db_password: has the same .env name DB_PASSWORD as app/db-Password: give one of them from.env',
    ]);
  });

  test('that both keys choose are shared on purpose', () => {
    const from = { env: 'SHARED', azureKeyVault: 'shared' };

    expect(problems({ secrets: [secret('a', { x: { from } }), secret('b', { y: { from } })] })).toEqual([]);
  });

  test('that are too long for Key Vault need a name of their own', () => {
    expect(problems({ secrets: [secret('app', { ['k'.repeat(128)]: {} })] })).toEqual([
      expect.stringContaining('is longer than the 127 characters of a Key Vault name: add from.azureKeyVault'),
    ]);
  });
});
