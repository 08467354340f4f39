import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { planChecks } from '../../../src/core/verify/checks.ts';
import { verifyFindings } from '../../../src/core/verify/verify-findings.ts';
import {
  barePod,
  container,
  cronJob,
  deployment,
  job,
  keyEnv,
  owner,
  service,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const snapshot = snapshotOf(statefulSet('db'), deployment('api'), deployment('web'), { applications: [] });

const stack = stackOf({
  components: [
    { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] },
    {
      name: 'api',
      workload: 'Deployment/api',
      dependsOn: ['db', 'cache'],
      checks: [
        { kind: 'http', service: 'api', port: 80, path: '/health', json: { 'db.state': 'up' } },
        { kind: 'http', service: 'api', port: 80, path: '/health', json: { 'db.state': 'up' } },
      ],
    },
    {
      name: 'db',
      workload: 'StatefulSet/db',
      checks: [{ kind: 'postgres-login', user: { value: 'app' }, password: { secret: 's', key: 'p' } }],
    },
    { name: 'cache', workload: 'StatefulSet/cache', critical: false },
  ],
  argocd: { applications: ['shop'] },
});

describe('checks of a stack', () => {
  const checks = planChecks(snapshot, stack);
  const needsOf = (id: string) => checks.find((check) => check.id === id)?.needs;

  test('stand after what they hang on, with names that are unique', () => {
    expect(checks.map(({ id }) => id)).toEqual([
      'db: ready',
      'db: login over TCP',
      'api: ready',
      'api: GET /health, db.state is up',
      'api: GET /health, db.state is up (2)',
      'web: ready',
      'cache: ready',
      'argocd: shop',
    ]);
  });

  test('hang on every critical check of a dependency, and on the readiness of their own component', () => {
    expect(needsOf('api: ready')).toEqual(['db: ready', 'db: login over TCP']);
    expect(needsOf('api: GET /health, db.state is up')).toEqual(['api: ready']);
    expect(needsOf('web: ready')).toContain('api: GET /health, db.state is up');
  });

  test('of an uncritical component, and of Argo CD, fail nothing', () => {
    expect(checks.filter(({ critical }) => !critical).map(({ id }) => id)).toEqual(['cache: ready', 'argocd: shop']);
  });
});

describe('a live Service that selects a workload of the stack', () => {
  const api = { name: 'api', workload: 'Deployment/api' };
  const endpointsOf = (parts: Parts[], components: object[]) =>
    planChecks(snapshotOf(...parts), stackOf({ components }))
      .filter(({ kind }) => kind === 'endpoints')
      .map(({ id }) => id);

  test.each<[string, Parts[], object[], string[]]>([
    ['must have endpoints', [deployment('api'), service('api')], [api], ['api: service api has endpoints']],
    ['but not where it selects something else', [deployment('api'), service('web')], [api], []],
    ['nor where nothing of it should run', [deployment('api', { replicas: 0 }), service('api')], [api], []],
    [
      'and is checked once where the stack names it',
      [deployment('api'), service('api')],
      [{ ...api, checks: [{ kind: 'endpoints', name: 'two of api', service: 'api', min: 2 }] }],
      ['api: two of api'],
    ],
  ])('%s', (_, parts, components, expected) => {
    expect(endpointsOf(parts, components)).toEqual(expected);
  });

  test('holds up nothing that hangs on its component, since no stack asked for it', () => {
    const web = { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] };
    const planned = planChecks(
      snapshotOf(deployment('api'), deployment('web'), service('api')),
      stackOf({ components: [api, web] }),
    );
    expect(planned.find(({ id }) => id === 'web: ready')?.needs).toEqual(['api: ready']);
  });
});

test('a check may be less critical than its component, and has a pace of its own', () => {
  const spec = { kind: 'dns', host: 'db', critical: false, timeout: '2s', retries: 3, interval: '1s' };
  const [, check] = planChecks(
    snapshotOf(deployment('api')),
    stackOf({ components: [{ name: 'api', workload: 'Deployment/api', checks: [spec] }] }),
  );
  expect(check).toMatchObject({
    id: 'api: db resolves',
    critical: false,
    pace: { timeoutMs: 2000, retries: 3, intervalMs: 1000 },
  });
});

test('without Argo CD its applications are not asked for', () => {
  const without = planChecks(snapshotOf(deployment('api')), stack);
  expect(without.filter(({ kind }) => kind === 'application')).toEqual([]);
});

test('without a stack every workload that should run is checked, and no other', () => {
  const refused = {
    phase: 'Pending',
    containerStatuses: [{ name: 'c', ready: false, state: { waiting: { reason: 'CreateContainerConfigError' } } }],
  };
  const lone = {
    ...barePod('rs-1', {}, refused).pods![0]!,
    metadata: { name: 'rs-1', namespace: 'shop', ownerReferences: [owner('ReplicaSet', 'rs')] },
  };
  const found = snapshotOf(
    deployment('api'),
    deployment('old', { replicas: 0 }),
    job('import'),
    job('later', { replicas: 0 }),
    job('over', { finished: true }),
    cronJob('nightly'),
    statefulSet('db'),
    barePod('debug', {}, refused),
    { pods: [lone] },
    { replicaSets: [{ metadata: { name: 'rs', namespace: 'shop' } }] },
  );
  expect(planChecks(found).map(({ id }) => id)).toEqual([
    'deployment/api: ready',
    'job/import: ready',
    'pod/debug: ready',
    'replicaset/rs: ready',
    'statefulset/db: ready',
  ]);
});

test('where nothing could be checked, what is wrong is told all the same', () => {
  const found = snapshotOf(
    cronJob('nightly', { spec: { containers: [container('c', { env: [keyEnv('app', 'k')] })] } }),
  );
  expect(planChecks(found)).toEqual([]);
  const findings = verifyFindings([], diagnose(found), found);
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['secret-missing', 'error']]);
});
