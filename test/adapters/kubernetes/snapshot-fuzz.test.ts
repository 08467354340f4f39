import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listing } from '../../../src/adapters/kubernetes/kubernetes-resources.ts';
import { toSecret } from '../../../src/adapters/kubernetes/kubernetes-secret.ts';
import type { Listed, Resource } from '../../../src/core/cluster/kubernetes.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import type { Listing, Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { auditReportOf, everyForm } from '../../support/audit-report-of.ts';
import { bounded } from '../../support/bounded.ts';
import { snapshotOf } from '../../support/builders.ts';
import { anything, spoilt, unprintable } from '../../support/spoilt-objects.ts';

const metadata = {
  name: 'app',
  namespace: 'shop',
  uid: 'u1',
  labels: { app: 'app' },
  annotations: { note: 'x' },
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app', uid: 'u2', controller: true }],
};
const key = { name: 'app', key: 'lost' };
const spec = {
  serviceAccountName: 'app',
  imagePullSecrets: [{ name: 'pull' }],
  initContainers: [{ name: 'wait', command: ['sh', '-c', 'nc -z app 80'], env: [] }],
  containers: [
    {
      name: 'main',
      image: 'busybox',
      env: [{ name: 'A', valueFrom: { secretKeyRef: key } }],
      envFrom: [{ prefix: 'X_', secretRef: { name: 'app' } }, { configMapRef: { name: 'settings' } }],
      volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'k' }],
    },
  ],
  volumes: [{ name: 'v', secret: { secretName: 'files', items: [{ key: 'k', path: 'p' }] } }],
};
const waits = { state: { waiting: { reason: 'CreateContainerConfigError', message: 'no key' } } };
const status = {
  phase: 'Pending',
  startTime: '2026-01-01T00:00:00Z',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no cpu' }],
  containerStatuses: [{ name: 'main', ready: false, restartCount: 1, ...waits }],
};
const template = { metadata: { labels: { app: 'app' } }, spec };
const good: { readonly [R in Resource | 'secrets']?: object } = {
  secrets: {
    metadata: { ...metadata, managedFields: [{ manager: 'm', operation: 'Update', fieldsV1: { 'f:data': {} } }] },
    type: 'Opaque',
    data: { a: 'Y2FuYXJ5LW9mLWE=' },
  },
  pods: { metadata, spec, status },
  deployments: { metadata, spec: { replicas: 1, template }, status: { replicas: 1, readyReplicas: 0 } },
  statefulsets: { metadata, spec: { template }, status: { currentRevision: 'a', updateRevision: 'b' } },
  daemonsets: { metadata, spec: { template }, status: { desiredNumberScheduled: 1, numberReady: 0 } },
  replicasets: { metadata },
  jobs: { metadata, spec: { template }, status: { conditions: [{ type: 'Failed', status: 'True' }] } },
  cronjobs: { metadata, spec: { jobTemplate: { spec: { template } } } },
  services: { metadata, spec: { selector: { app: 'app' }, ports: [{ port: 80 }] } },
  serviceaccounts: { metadata, imagePullSecrets: [{ name: 'pull' }] },
  ingresses: { metadata, spec: { tls: [{ secretName: 'tls', hosts: ['h'] }] } },
  events: {
    metadata,
    type: 'Warning',
    reason: 'FailedMount',
    message: 'no',
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'app', uid: 'u1' },
  },
  applications: {
    metadata,
    status: { health: { status: 'Degraded' }, resources: [{ kind: 'Deployment', name: 'app' }] },
  },
};
const kinds = Object.keys(good) as (keyof typeof good)[];

/** As the adapter reads a page: one object that does not fit makes its whole list unreadable. */
function read<T>(resource: string, items: readonly unknown[], keep: (item: unknown) => T | undefined): Listing<T> {
  const kept = items.map(keep);
  const fitting = kept.filter((item) => item !== undefined);
  if (fitting.length === kept.length) return { items: fitting, gaps: [] };
  return { items: [], gaps: [{ resource, namespace: '', cause: 'not-kubernetes', reason: 'an object does not fit' }] };
}

function snapshotFrom(objects: ReadonlyMap<string, readonly unknown[]>): Snapshot {
  const list = <R extends Resource>(resource: R): Listing<Listed[R]> => {
    const { reduce } = listing(resource);
    return read(resource, objects.get(resource) ?? [], (item) => {
      const reduced = reduce(item);
      return reduced.misfit === undefined ? reduced.kept : undefined;
    });
  };
  const empty = snapshotOf();
  return {
    ...empty,
    secrets: read<Secret>('secrets', objects.get('secrets') ?? [], toSecret),
    pods: list('pods'),
    deployments: list('deployments'),
    statefulSets: list('statefulsets'),
    daemonSets: list('daemonsets'),
    replicaSets: list('replicasets'),
    jobs: list('jobs'),
    cronJobs: list('cronjobs'),
    services: list('services'),
    serviceAccounts: list('serviceaccounts'),
    ingresses: list('ingresses'),
    events: list('events'),
    argocd: { ...empty.argocd, installed: true, applications: list('applications') },
  };
}

const anyCluster = fc
  .array(
    fc.constantFrom(...kinds).chain((kind) => fc.tuple(fc.constant(kind), fc.oneof(spoilt(good[kind]!), anything))),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map(
    (bad) =>
      new Map(kinds.map((kind) => [kind, [good[kind], ...bad.flatMap(([of, item]) => (of === kind ? [item] : []))]])),
  );

test('whatever a server sends is judged and printed in every form, and no object that does not fit is dropped', async () => {
  await fc.assert(
    fc.asyncProperty(anyCluster, async (objects) => {
      const snapshot = snapshotFrom(objects);
      const report = auditReportOf(snapshot);

      for (const form of await everyForm(report)) {
        expect(unprintable.exec(form)?.index).toBeUndefined();
        expect(form).not.toContain('canary-of-a');
      }
      const gaps = [snapshot.secrets, snapshot.pods, snapshot.deployments, snapshot.events].flatMap(
        (each) => each.gaps,
      );
      const told = report.findings.filter(({ code }) => code === 'unreadable').map(({ message }) => message);
      for (const { resource } of gaps)
        expect(told).toContainEqual(expect.stringContaining(`${resource} of all namespaces`));
    }),
    bounded(150),
  );
});
