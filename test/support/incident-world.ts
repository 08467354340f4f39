import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Pod, PodSpec } from '../../src/core/cluster/kubernetes-pod.ts';
import type { Snapshot } from '../../src/core/cluster/snapshot.ts';
import { stackSchema } from '../../src/core/stack/stack-schema.ts';
import type { Stack } from '../../src/core/stack/stack.ts';
import {
  container,
  deployment,
  keyEnv,
  pullSecretFor,
  secret,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from './builders.ts';
import { ended, pending, running, waiting } from './pod-statuses.ts';

export const secretName = 'cloudtolocalllm-secrets';

export const apiKeys = [
  'postgres-user',
  'postgres-password',
  'postgres-auth-password',
  'jwt-secret',
  'auth0-issuer-url',
  'auth0-client-id',
  'auth0-client-secret',
  'auth0-audience',
  'stripe-test-secret-key',
  'stripe-test-publishable-key',
  'stripe-test-webhook-secret',
] as const;

export const requiredKeys: readonly string[] = [...apiKeys, 'admin-password'];

export const optionalKeys = [
  'sentry-dsn',
  'grafana-cloud-prometheus-url',
  'grafana-cloud-prometheus-user',
  'grafana-cloud-prometheus-token',
  'slack-webhook-url',
  'smtp-host',
  'smtp-port',
  'smtp-username',
  'smtp-password',
] as const;

/** The built-in stack, in the namespace of the tests and without value formats, which have tests of their own. */
export function incidentStack(): Stack {
  const stack = stackSchema.parse(parse(readFileSync('src/stacks/cloudtolocalllm.yaml', 'utf8')));
  const secrets = stack.secrets.map((entry) => ({
    ...entry,
    keys: Object.fromEntries(
      Object.entries(entry.keys).map(([key, declared]) => [key, { ...declared, format: undefined }]),
    ),
  }));
  return { ...stack, namespaces: ['shop'], secrets };
}

const required = (...keys: readonly string[]) => keys.map((key) => keyEnv(secretName, key));
const optional = (...keys: readonly string[]) => keys.map((key) => keyEnv(secretName, key, true));
const pullSecret: Partial<PodSpec> = { imagePullSecrets: [{ name: 'regcred' }] };

const apiSpec: Partial<PodSpec> = {
  ...pullSecret,
  initContainers: [
    container('wait-for-postgres', {
      command: ['sh', '-c', 'until pg_isready -h postgres.shop.svc.cluster.local -p 5432; do sleep 2; done'],
    }),
    container('db-migrate', { env: required(...apiKeys) }),
  ],
  containers: [container('api-backend', { env: [...required(...apiKeys), ...optional('sentry-dsn')] })],
};

const webSpec: Partial<PodSpec> = {
  ...pullSecret,
  initContainers: [
    container('wait-for-api', {
      command: ['sh', '-c', 'until nc -z api-backend.shop.svc.cluster.local 8080; do sleep 2; done'],
    }),
  ],
};

/** States of pods that are not ready, by workload. */
export type Broken = Readonly<Record<string, Pod['status']>>;

/** The workloads of the stack as its manifests have them. */
function stackParts(keys: readonly string[], broken: Broken = {}): Parts[] {
  const pods = (name: string) => (broken[name] === undefined ? {} : { pods: broken[name] });
  return [
    secret(secretName, keys),
    pullSecretFor('regcred', 'docker.io'),
    statefulSet('postgres-auth', {
      spec: { containers: [container('postgres', { env: required('postgres-auth-password') })] },
      ...pods('postgres-auth'),
    }),
    statefulSet('postgres', {
      spec: {
        ...pullSecret,
        containers: [container('postgres', { env: required('postgres-user', 'postgres-password') })],
      },
      ...pods('postgres'),
    }),
    statefulSet('redis-tunnel-state', pods('redis-tunnel-state')),
    deployment('api-backend', { spec: apiSpec, ...pods('api-backend') }),
    deployment('web', { spec: webSpec, ...pods('web') }),
    deployment('grafana', {
      spec: { containers: [container('grafana', { env: required('admin-password') })] },
      ...pods('grafana'),
    }),
    deployment('prometheus', {
      spec: { containers: [container('prometheus', { env: optional(...optionalKeys.slice(1, 4)) })] },
    }),
    deployment('alertmanager', {
      spec: { containers: [container('alertmanager', { env: optional(...optionalKeys.slice(4)) })] },
    }),
    ...['postgres', 'postgres-auth', 'api-backend', 'web', 'grafana'].map((name) => service(name)),
  ];
}

export function healthyWorld(): Snapshot {
  return snapshotOf(...stackParts([...requiredKeys, ...optionalKeys]));
}

const lacks = (name: string, key: string) =>
  waiting(name, 'CreateContainerConfigError', `couldn't find key ${key} in Secret shop/${secretName}`);

const incidentStates: Broken = {
  'postgres-auth': pending([], [lacks('postgres', 'postgres-auth-password')]),
  grafana: pending([], [lacks('grafana', 'admin-password')]),
  'api-backend': pending(
    [ended('wait-for-postgres', 0, 'Completed'), lacks('db-migrate', 'postgres-auth-password')],
    [waiting('api-backend', 'PodInitializing')],
  ),
  web: pending([running('wait-for-api')], [waiting('web', 'PodInitializing')]),
};

/** The Secret holds three of its keys only. */
export function incidentWorld(): Snapshot {
  return snapshotOf(...stackParts(['jwt-secret', 'postgres-user', 'postgres-password'], incidentStates));
}
