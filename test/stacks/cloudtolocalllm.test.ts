import { beforeAll, describe, expect, test } from '@jest/globals';
import { createStackFiles } from '../../src/adapters/files/stack-file.ts';
import { formatViolation } from '../../src/core/secrets/value-format.ts';
import type { Stack } from '../../src/core/stack/stack.ts';
import { freshSecretValues } from '../../src/sandbox/scenario/scenario-values.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await createStackFiles({ cwd: '/' }).builtIn('cloudtolocalllm');
});

const keysOf = (name: string) => stack.secrets.find((secret) => secret.name === name)?.keys ?? {};
const component = (name: string) => stack.components.find((candidate) => candidate.name === name)!;

describe('what the workloads need', () => {
  test.each([
    ['postgres-auth', 'postgres-auth-password'],
    ['postgres', 'postgres-user', 'postgres-password'],
    [
      'api-backend',
      ...['postgres-user', 'postgres-password', 'postgres-auth-password', 'jwt-secret'],
      ...['auth0-issuer-url', 'auth0-client-id', 'auth0-client-secret', 'auth0-audience'],
      ...['stripe-test-secret-key', 'stripe-test-publishable-key', 'stripe-test-webhook-secret'],
    ],
    ['grafana', 'admin-password'],
  ])('%s: its keys are declared as required', (_, ...keys) => {
    expect(keys.filter((key) => keysOf('cloudtolocalllm-secrets')[key]?.required !== true)).toEqual([]);
  });

  test.each([
    ['api-backend', 'sentry-dsn'],
    ['prometheus', 'grafana-cloud-prometheus-url', 'grafana-cloud-prometheus-user', 'grafana-cloud-prometheus-token'],
    ['alertmanager', 'slack-webhook-url', 'smtp-host', 'smtp-port', 'smtp-username', 'smtp-password'],
  ])('%s: its optional keys are declared as such', (_, ...keys) => {
    expect(keys.filter((key) => keysOf('cloudtolocalllm-secrets')[key]?.required !== false)).toEqual([]);
  });

  test('nothing else is required, and the registry credentials are known', () => {
    const required = Object.entries(keysOf('cloudtolocalllm-secrets')).filter(([, key]) => key.required);

    expect(required).toHaveLength(12);
    expect(keysOf('regcred')).toHaveProperty(['.dockerconfigjson', 'required'], false);
  });

  test('no value that a database or Grafana took at its first start may be made up', () => {
    const generated = Object.entries(keysOf('cloudtolocalllm-secrets')).filter(([, key]) => key.generate);

    expect(generated.map(([key]) => key)).toEqual(['jwt-secret']);
  });
});

test('the components are the workloads of the stack, in the dependency chain', () => {
  expect(stack.components.map(({ workload, dependsOn, critical }) => [workload, dependsOn, critical])).toEqual([
    ['StatefulSet/postgres-auth', [], true],
    ['StatefulSet/postgres', [], true],
    ['StatefulSet/redis-tunnel-state', [], true],
    ['Deployment/api-backend', ['postgres', 'postgres-auth'], true],
    ['Deployment/web', ['api-backend'], true],
    ['Deployment/grafana', [], true],
    ['Deployment/prometheus', [], false],
    ['Deployment/alertmanager', [], false],
  ]);
  expect(stack.argocd).toEqual({
    namespace: 'argocd',
    applications: ['postgres', 'api-backend', 'web-frontend', 'monitoring'],
  });
});

describe('what verify proves', () => {
  const key = (name: string) => ({ secret: 'cloudtolocalllm-secrets', key: name });

  test('both databases accept a login', () => {
    expect(component('postgres-auth').checks).toMatchObject([
      { kind: 'postgres-login', user: { value: 'appuser' }, password: key('postgres-auth-password'), database: 'auth' },
    ]);
    expect(component('postgres').checks).toMatchObject([
      { kind: 'postgres-login', user: key('postgres-user'), password: key('postgres-password') },
    ]);
  });

  test('the API is connected, the web answers, Grafana lets its administrator in', () => {
    expect(component('api-backend').checks).toMatchObject([
      { kind: 'http', port: 8080, path: '/health', json: { 'database.status': 'connected' } },
    ]);
    expect(component('web').checks).toMatchObject([{ kind: 'http', port: 8080, path: '/health', status: 200 }]);
    expect(component('grafana').checks).toMatchObject([
      { kind: 'http', port: 3000, path: '/api/health' },
      { path: '/api/org', basicAuth: { user: { value: 'admin' }, password: key('admin-password') } },
    ]);
  });
});

describe('formats', () => {
  const letters = (count: number): string => 'k'.repeat(count);
  test.each([
    ['postgres-password', letters(16), letters(15)],
    ['jwt-secret', letters(43), letters(42)],
    ['auth0-issuer-url', 'https://tenant.example/', 'http://tenant.example/'],
    ['stripe-test-secret-key', ['sk', 'test', letters(8)].join('_'), ['pk', 'test', letters(8)].join('_')],
    ['stripe-test-publishable-key', ['pk', 'live', letters(8)].join('_'), letters(8)],
    ['stripe-test-webhook-secret', ['whsec', letters(8)].join('_'), letters(8)],
    ['smtp-port', '587', 'smtp'],
  ])('%s takes what fits and refuses what does not', (name, good, bad) => {
    const format = keysOf('cloudtolocalllm-secrets')[name]?.format ?? {};

    expect(formatViolation(good, format)).toBeUndefined();
    expect(formatViolation(bad, format)).toBeDefined();
  });

  test('the values of the sandbox fit theirs', () => {
    const violations = [...freshSecretValues()].map(([key, value]) =>
      formatViolation(value, keysOf('cloudtolocalllm-secrets')[key]?.format ?? {}),
    );

    expect(violations.filter((violation) => violation !== undefined)).toEqual([]);
    expect(violations.length).toBeGreaterThanOrEqual(12);
  });
});
