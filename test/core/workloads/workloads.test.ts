import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import {
  barePod,
  cronJob,
  daemonSet,
  deployment,
  gap,
  job,
  namespace,
  owner,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

/** Every workload with the names of its pods. */
function seen(snapshot: Snapshot): Record<string, string[]> {
  return Object.fromEntries(
    workloads(snapshot).map(({ ref, pods }) => [refText(ref), pods.map(({ metadata }) => metadata.name)]),
  );
}

function pod(name: string, metadata: Partial<Pod['metadata']>, status: Pod['status'] = {}): Parts {
  return { pods: [{ metadata: { name, namespace, ...metadata }, spec: { containers: [] }, status }] };
}

function replicaSet(name: string, revision?: string, created = '2026-01-01T00:00:00Z'): Parts {
  const annotations = revision === undefined ? {} : { 'deployment.kubernetes.io/revision': revision };
  const metadata = {
    name,
    namespace,
    annotations,
    creationTimestamp: created,
    ownerReferences: [owner('Deployment', 'web')],
  };
  return { replicaSets: [{ metadata }] };
}

test('looks at templates of every kind and at pods without a controller', () => {
  const snapshot = snapshotOf(
    deployment('web'),
    statefulSet('db'),
    daemonSet('agent'),
    job('once'),
    cronJob('nightly'),
    barePod('lonely'),
  );

  expect(seen(snapshot)).toEqual({
    'cronjob/nightly': [],
    'daemonset/agent': ['agent-0'],
    'deployment/web': ['web-5c6d-0'],
    'job/once': ['once-0'],
    'pod/lonely': ['lonely'],
    'statefulset/db': ['db-0'],
  });
});

describe('what is over is not looked at', () => {
  test.each([
    ['succeeded', {}, { phase: 'Succeeded' }],
    ['evicted', {}, { phase: 'Failed', reason: 'Evicted' }],
    ['terminating', { deletionTimestamp: '2026-01-01T00:00:00Z' }, { phase: 'Running' }],
  ])('a pod that is %s', (_, metadata, status) => {
    expect(seen(snapshotOf(pod('old', metadata, status)))).toEqual({});
  });

  test('a finished Job and its pods', () => {
    expect(seen(snapshotOf(job('once', { finished: true })))).toEqual({});
  });

  test.each([
    ['by revision, also where an older template came back', replicaSet('web-a', '10'), replicaSet('web-b', '9')],
    [
      'by age where revisions are not marked',
      replicaSet('web-a', undefined, '2026-01-03T00:00:00Z'),
      replicaSet('web-b', undefined, '2026-01-02T00:00:00Z'),
    ],
  ])('pods of an older ReplicaSet, told %s', (_, newer, older) => {
    const { deployments = [] } = deployment('web');
    const pods = ['web-a', 'web-b'].map((name) => pod(`${name}-0`, { ownerReferences: [owner('ReplicaSet', name)] }));

    expect(seen(snapshotOf({ deployments }, newer, older, ...pods))).toEqual({ 'deployment/web': ['web-a-0'] });
  });
});

test("a CronJob's unfinished Job is a workload of its own, with its pods", () => {
  const ofNightly = (parts: Parts): Parts => {
    const { jobs = [], pods = [] } = parts;
    const ownerReferences = [owner('CronJob', 'nightly')];
    return { jobs: jobs.map((item) => ({ ...item, metadata: { ...item.metadata, ownerReferences } })), pods };
  };
  const snapshot = snapshotOf(
    cronJob('nightly'),
    ofNightly(job('nightly-1', { finished: true })),
    ofNightly(job('nightly-2')),
  );

  expect(seen(snapshot)).toEqual({ 'cronjob/nightly': [], 'job/nightly-2': ['nightly-2-0'] });
});

test.each([
  ['the hash label of the pod', { 'pod-template-hash': '5c6d' }],
  ['the name of the ReplicaSet', {}],
])('without ReplicaSets a pod is traced to its Deployment by %s', (_, labels) => {
  const { deployments = [] } = deployment('web');
  const orphan = pod('web-5c6d-x', { labels, ownerReferences: [owner('ReplicaSet', 'web-5c6d')] });

  expect(seen(snapshotOf({ deployments }, orphan, { gaps: [gap('replicasets')] }))).toEqual({
    'deployment/web': ['web-5c6d-x'],
  });
});

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['whose hash has a dash', 'web-a-5c', { 'pod-template-hash': 'a-5c' }, 'deployment/web'],
  ['whose hash is not of its name', 'web-5c6d', { 'pod-template-hash': 'other' }, 'deployment/web'],
  ['whose hash stands first', '5c6d-web', { 'pod-template-hash': '5c6d' }, 'replicaset/5c6d-web'],
  ['of no Deployment', 'api-5c6d', {}, 'replicaset/api-5c6d'],
])('without ReplicaSets a pod %s', (_, replicaSet, labels, expected) => {
  const { deployments = [] } = deployment('web');
  const orphan = pod('x', { labels, ownerReferences: [owner('ReplicaSet', replicaSet)] });

  expect(Object.entries(seen(snapshotOf({ deployments }, orphan, { gaps: [gap('replicasets')] })))).toContainEqual([
    expected,
    ['x'],
  ]);
});

test.each<[string, string | undefined, string | undefined, readonly string[]]>([
  ['of the higher revision', '9', '10', ['new']],
  ['of the higher revision, listed first', '10', '9', ['old']],
  ['of a revision at all', undefined, '1', ['new']],
  ['of both where neither is newer', undefined, undefined, ['new', 'old']],
])('of two ReplicaSets of a Deployment the pods count %s', (_, old, newer, expected) => {
  const replicaSet = (name: string, revision: string | undefined) => ({
    metadata: {
      name,
      namespace,
      ownerReferences: [owner('Deployment', 'web')],
      ...(revision !== undefined && { annotations: { 'deployment.kubernetes.io/revision': revision } }),
    },
  });
  const { deployments = [] } = deployment('web');
  const pods = ['old', 'new'].map((name) => pod(name, { ownerReferences: [owner('ReplicaSet', `web-${name}`)] }));
  const replicaSets = [replicaSet('web-old', old), replicaSet('web-new', newer)];

  expect(seen(snapshotOf({ deployments, replicaSets }, ...pods))).toEqual({ 'deployment/web': expected });
});

test.each([
  ['an unknown kind', [owner('Cluster', 'pg')], 'cluster/pg'],
  ['a ReplicaSet of its own', [owner('ReplicaSet', 'alone')], 'replicaset/alone'],
  ['a Node, as pods that kubelet runs from files', [owner('Node', 'node1')], 'pod/p-0'],
])('pods of %s stand for their template', (_, ownerReferences, name) => {
  const workload = seen(snapshotOf(pod('p-0', { ownerReferences })));

  expect(workload).toEqual({ [name]: ['p-0'] });
});

test('pods of one unknown controller are one workload, newest pod first', () => {
  const by = { ownerReferences: [owner('Cluster', 'pg')] };
  const snapshot = snapshotOf(
    pod('pg-1', { ...by, creationTimestamp: '2026-01-01T00:00:00Z' }),
    pod('pg-2', { ...by, creationTimestamp: '2026-01-02T00:00:00Z' }),
  );

  expect(seen(snapshot)).toEqual({ 'cluster/pg': ['pg-2', 'pg-1'] });
});
