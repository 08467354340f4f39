import type { Finding, FindingReference } from '../../src/core/findings.ts';
import type { ObjectRef } from '../../src/core/kubernetes.ts';
import type { AuditReport, ComponentState, ReportHead } from '../../src/core/report.ts';

const namespace = 'cloudtolocalllm';

export const head: Omit<ReportHead, 'command' | 'verdict' | 'findings'> = {
  schemaVersion: 1,
  context: 'prod-west',
  server: 'https://10.0.0.1:6443',
  namespaces: [namespace],
  stack: 'cloudtolocalllm',
  takenAt: '2026-03-01T04:05:06.000Z',
};

export function ref(kind: string, name: string): ObjectRef {
  return { kind, namespace, name };
}

export const secret = ref('Secret', 'cloudtolocalllm-secrets');
const postgresAuth = ref('StatefulSet', 'postgres-auth');
const apiBackend = ref('Deployment', 'api-backend');
const web = ref('Deployment', 'web');
const grafana = ref('Deployment', 'grafana');

export function missingKey(key: string, users: readonly ObjectRef[], blocks: readonly ObjectRef[]): Finding {
  return {
    id: `secret-key-missing/${namespace}/${secret.name}/${key}`,
    code: 'secret-key-missing',
    severity: 'error',
    object: secret,
    secret: secret.name,
    key,
    references: users.map((user): FindingReference => ({ ...user, container: user.name, via: 'env', optional: false })),
    message: `key ${key} is missing`,
    causes: [],
    blocks,
    fix: 'c2l fix-secrets',
  };
}

function notReady(object: ObjectRef, cause: string): Finding {
  return {
    id: `workload-not-ready/${object.kind}/${object.name}`,
    code: 'workload-not-ready',
    severity: 'error',
    object,
    message: `${object.name} is not ready`,
    causes: [`secret-key-missing/${namespace}/${secret.name}/${cause}`],
    blocks: [],
    fix: 'c2l restart',
  };
}

export function absentOptional(key: string, user: ObjectRef): Finding {
  return { ...missingKey(key, [user], []), id: `optional/${key}`, code: 'optional-key-absent', severity: 'info' };
}

const apiOnly = [
  'auth0-audience',
  'auth0-client-id',
  'auth0-client-secret',
  'auth0-issuer-url',
  'stripe-test-publishable-key',
  'stripe-test-secret-key',
  'stripe-test-webhook-secret',
];

export const incidentFindings: readonly Finding[] = [
  missingKey('admin-password', [grafana], [grafana]),
  ...apiOnly.map((key) => missingKey(key, [apiBackend], [apiBackend, web])),
  missingKey('postgres-auth-password', [postgresAuth, apiBackend], [postgresAuth, apiBackend, web]),
  notReady(postgresAuth, 'postgres-auth-password'),
  notReady(apiBackend, 'auth0-audience'),
  absentOptional('sentry-dsn', apiBackend),
  absentOptional('smtp-host', ref('Deployment', 'alertmanager')),
];

export const components: readonly ComponentState[] = [
  component('postgres-auth', postgresAuth, 'stuck', { detail: 'CreateContainerConfigError' }),
  component('postgres', ref('StatefulSet', 'postgres'), 'ready', { detail: '1 of 1 ready' }),
  component('api-backend', apiBackend, 'stuck', {
    detail: 'Init:CreateContainerConfigError in container db-migrate',
    dependsOn: ['postgres-auth', 'postgres'],
  }),
  component('web', web, 'waiting', { detail: 'Init:0/1, waits for api-backend', dependsOn: ['api-backend'] }),
  component('grafana', grafana, 'stuck', { detail: 'CreateContainerConfigError' }),
];

export function component(
  name: string,
  object: ObjectRef,
  state: ComponentState['state'],
  { detail = '', dependsOn = [] }: { detail?: string; dependsOn?: readonly string[] } = {},
): ComponentState {
  return { component: name, object, state, detail, dependsOn };
}

export const incident: AuditReport = {
  ...head,
  command: 'audit',
  verdict: 'problems',
  findings: incidentFindings,
  components,
  applications: [
    { name: 'api-backend', health: 'Degraded', sync: 'Synced' },
    { name: 'postgres', health: 'Progressing', sync: 'Synced' },
  ],
};
