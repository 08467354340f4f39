import { describe, expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import {
  container,
  deployment,
  gap,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

function findings(parts: readonly Parts[]): Finding[] {
  return diagnose(snapshotOf(...parts));
}

const lacksKey: Partial<PodSpec> = { containers: [container('db', { env: [keyEnv('app', 'k')] })] };

describe('Argo CD', () => {
  const place = { namespace: 'argocd' };
  const parts = (
    change: (item: { name: string; ready: number }) => { ready: number; replicas?: number } | undefined,
  ) => {
    const build = (name: string) => {
      const changed = change({ name, ready: 1 });
      const metadata = { name: `release-${name}`, ...place, labels: { 'app.kubernetes.io/name': name } };
      const spec = { replicas: changed?.replicas ?? 1, template: { spec: { containers: [] } } };
      return changed ? [{ metadata, spec, status: { readyReplicas: changed.ready } }] : [];
    };
    return {
      argocdDeployments: ['argocd-repo-server', 'argocd-redis', 'argocd-server'].flatMap(build),
      argocdStatefulSets: build('argocd-application-controller'),
      applications: [],
    };
  };

  test('is fine where its parts are ready', () => {
    expect(findings([parts(({ ready }) => ({ ready }))])).toEqual([]);
  });

  test.each([
    ['argocd-repo-server', 'deployment/release-argocd-repo-server has 0 of 1 pod ready'],
    ['argocd-redis', 'deployment/release-argocd-redis has 0 of 1 pod ready'],
    ['argocd-application-controller', 'statefulset/release-argocd-application-controller has 0 of 1 pod ready'],
  ])('is unhealthy without %s', (broken, message) => {
    const [found, ...rest] = findings([parts(({ name, ready }) => ({ ready: name === broken ? 0 : ready }))]);

    expect(rest).toEqual([]);
    expect(found).toMatchObject({
      code: 'argocd-unhealthy',
      severity: 'error',
      message: expect.stringContaining(message),
    });
  });

  test('is unhealthy for the Secret that a part of it lacks', () => {
    const lacking = deployment('release-argocd-redis', { spec: lacksKey, pods: 'none' });
    const seen = (lacking.deployments ?? []).map((each) => ({ ...each, metadata: { ...each.metadata, ...place } }));
    const broken = parts(({ name, ready }) => ({ ready: name === 'argocd-redis' ? 0 : ready }));
    const found = findings([{ deployments: seen }, broken]).filter(({ code }) => code === 'argocd-unhealthy');

    expect(found.map(({ causes }) => causes)).toEqual([['secret-missing/argocd/app']]);
  });

  test('is unhealthy where a part is scaled to 0 or gone', () => {
    const scaled = findings([
      parts(({ name }) => (name === 'argocd-redis' ? { ready: 0, replicas: 0 } : { ready: 1 })),
    ]);
    const gone = findings([parts(({ name }) => (name === 'argocd-redis' ? undefined : { ready: 1 }))]);

    expect(scaled[0]?.message).toMatch(/^deployment\/release-argocd-redis is scaled to 0/);
    expect(gone[0]?.message).toMatch(/^argocd-redis does not exist in namespace argocd/);
  });

  test('that is not installed, or of which nothing is to be seen, is no error', () => {
    const application = (destination: string) => ({
      metadata: { name: `to-${destination}`, ...place },
      spec: { destination: { namespace: destination } },
      status: { health: { status: 'Healthy' } },
    });
    const told = (...destinations: string[]) =>
      findings([{ applications: destinations.map(application) }]).map(
        ({ severity, message }) => `${severity} ${message}`,
      );

    expect(findings([])).toEqual([]);
    expect(told()).toEqual([]);
    expect(told(namespace, 'elsewhere')).toEqual([
      'warning no Argo CD runs in namespace argocd: what it says of 1 application there may be old',
    ]);
    // Whether it runs is a matter of those alone who deploy by it.
    expect(told('elsewhere')).toEqual([]);
  });

  test('that cannot be read is not called gone', () => {
    const found = findings([{ applications: [], gaps: [gap('deployments', 'argocd'), gap('statefulsets', 'argocd')] }]);

    expect(found.map(({ code }) => code)).toEqual(['unreadable', 'unreadable']);
  });

  test('applications that are not healthy point at what holds up their workloads', () => {
    const tracked = { 'argocd.argoproj.io/tracking-id': 'by-mark:apps/StatefulSet:shop/db' };
    const application = (name: string, health: string, extra: object = {}) => ({
      metadata: { name, ...place },
      spec: { destination: { namespace } },
      status: { health: { status: health }, ...extra },
    });
    const found = findings([
      parts(({ ready }) => ({ ready })),
      statefulSet('db', { spec: lacksKey, annotations: tracked, pods: 'none' }),
      secret('app', []),
      {
        applications: [
          application('by-list', 'Degraded', { resources: [{ kind: 'StatefulSet', namespace, name: 'db' }] }),
          application('by-mark', 'Progressing'),
          application('other', 'Missing'),
          application('fine', 'Healthy'),
          application('paused', 'Suspended'),
          { metadata: { name: 'elsewhere', ...place }, spec: { destination: { namespace: 'x' } } },
        ],
      },
    ]).filter(({ code }) => code === 'argocd-application-unhealthy');

    expect(found.map(({ message, severity, causes }) => [message, severity, causes])).toEqual([
      [
        'Argo CD application by-list is Degraded over statefulset/db, which is not ready',
        'warning',
        ['secret-key-missing/shop/app/k'],
      ],
      [
        'Argo CD application by-mark is Progressing over statefulset/db, which is not ready: no progress will come by itself',
        'warning',
        ['secret-key-missing/shop/app/k'],
      ],
      ['Argo CD application other is Missing', 'warning', []],
    ]);
  });

  const db = { resources: [{ kind: 'StatefulSet', namespace, name: 'db' }] };
  const shop = (health: string, status: object) => ({
    applications: [
      {
        metadata: { name: 'shop', ...place },
        spec: { destination: { namespace } },
        status: { health: { status: health }, ...status },
      },
    ],
  });
  const told = (application: Parts, ...more: Parts[]): string[] =>
    findings([parts(({ ready }) => ({ ready })), application, ...more])
      .filter(({ object }) => object.kind === 'Application')
      .map(({ severity, code, message }) => `${severity} ${code} ${message}`);

  test('that is called Healthy over what is not ready is named as such', () => {
    expect(told(shop('Healthy', db), statefulSet('db', { spec: lacksKey, pods: 'none' }), secret('app', []))).toEqual([
      'warning argocd-application-misreports Argo CD application shop says Healthy over statefulset/db, which is not ready',
    ]);
    expect(told(shop('Healthy', db), statefulSet('db'))).toEqual([]);
  });

  test.each<[string, object, string | undefined]>([
    ['that compares', { operationState: { phase: 'Succeeded', message: 'successfully synced' } }, undefined],
    [
      'whose sync failed',
      { operationState: { phase: 'Failed', message: 'one or more objects failed' } },
      'its last sync is Failed: one or more objects failed',
    ],
    [
      'that cannot compare',
      {
        conditions: [{ type: 'ComparisonError', message: 'authentication required' }],
        operationState: { phase: 'Succeeded' },
      },
      'ComparisonError: authentication required',
    ],
    ['that warns', { conditions: [{ type: 'OrphanedResourceWarning', message: 'x' }] }, undefined],
    [
      'whose words quote a manifest',
      { conditions: [{ type: 'ComparisonError', message: 'Secret is wrong: Invalid value: "canary-value"' }] },
      'ComparisonError: Secret is wrong:',
    ],
  ])('%s', (_, status, said) => {
    expect(told(shop('Healthy', status))).toEqual(
      said === undefined ? [] : [`warning argocd-sync-failed Argo CD application shop does not sync: ${said}`],
    );
  });
});
