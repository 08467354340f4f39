import { expect, test } from '@jest/globals';
import { applicationHealth } from '../../../src/sandbox/argocd/argocd-health.ts';
import { applicationsFor, argocdNamespace, tracked } from '../../../src/sandbox/argocd/argocd.ts';
import { createObjects } from '../../../src/sandbox/scenario/scenario-objects.ts';
import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';
import { fromSecret, secret, stillCluster, workload } from '../../support/sandbox-cluster.ts';
import type { StillCluster } from '../../support/sandbox-cluster.ts';

const broken = { env: [fromSecret('A', 's', 'a')] };

/** A cluster with these workloads, deployed by Argo CD's Applications. */
function deployed(...workloads: NewObject[]): StillCluster {
  const cluster = stillCluster();
  const health = applicationHealth(cluster);
  cluster.store.subscribe((event) => {
    health.observe(event);
  });
  const objects = workloads.map((each) => tracked({ ...each, metadata: { ...each.metadata, namespace: 'test' } }));
  createObjects(cluster.store, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: argocdNamespace } },
    ...applicationsFor(objects, 'test'),
  ]);
  cluster.apply(secret('s', {}), ...objects);
  return cluster;
}

function healthOf(cluster: StillCluster, application: string): string | undefined {
  const found = cluster.store.get('applications', argocdNamespace, application);
  return (found?.['status'] as { health?: { status: string } }).health?.status;
}

test('a Deployment that cannot start is Progressing until its progress deadline, then Degraded', () => {
  const cluster = deployed(workload('Deployment', 'web', { container: broken }));
  cluster.pass(590);
  expect(healthOf(cluster, 'web-frontend')).toBe('Progressing');
  cluster.pass(20);
  expect(healthOf(cluster, 'web-frontend')).toBe('Degraded');
});

test('a StatefulSet that cannot start is Progressing for ever', () => {
  const cluster = deployed(workload('StatefulSet', 'postgres', { container: broken }));
  cluster.pass(3600);
  expect(healthOf(cluster, 'postgres')).toBe('Progressing');
});

test('an Application is as well as its worst resource', () => {
  const cluster = deployed(
    workload('Deployment', 'grafana', { container: broken }),
    workload('Deployment', 'prometheus'),
  );
  cluster.pass(10);
  expect(healthOf(cluster, 'monitoring')).toBe('Progressing');
  cluster.store.mutate('secrets', 'test', 's', (draft) => {
    draft['data'] = { a: 'eA==' };
  });
  cluster.pass(20);
  expect(healthOf(cluster, 'monitoring')).toBe('Healthy');
});

test('what was taken away is Missing, and what is paused is Suspended', () => {
  const cluster = deployed(
    workload('Deployment', 'web'),
    workload('Deployment', 'api-backend', { spec: { paused: true } }),
  );
  cluster.pass(10);
  expect(healthOf(cluster, 'api-backend')).toBe('Suspended');
  cluster.store.remove('deployments', 'test', 'web');
  cluster.pass(2);
  expect(healthOf(cluster, 'web-frontend')).toBe('Missing');
});

test('an Application lists what it deploys without a health of each, and marks it as its own', () => {
  const cluster = deployed(workload('Deployment', 'web'));
  cluster.pass(10);
  const { status } = cluster.store.get('applications', argocdNamespace, 'web-frontend') as { status?: unknown };
  expect(status).toMatchObject({
    sync: { status: 'Synced' },
    resourceHealthSource: 'appTree',
    resources: [{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'test', name: 'web', status: 'Synced' }],
  });
  expect(cluster.object('deployments', 'web').metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(
    'web-frontend:apps/Deployment:test/web',
  );
});
