import { describe, expect, test } from '@jest/globals';
import { deletePod } from '../../src/sandbox/controllers/owned-pods.ts';
import { isReady } from '../../src/sandbox/kubelet/kubelet-pod.ts';
import type { StoredObject } from '../../src/sandbox/store/stored-object.ts';
import { containerStates } from '../support/sandbox-api.ts';
import { fromSecret, pod, secret, stillCluster, workload } from '../support/sandbox-cluster.ts';
import type { StillCluster } from '../support/sandbox-cluster.ts';

const broken = { env: [fromSecret('A', 's', 'a')] };

function changeTemplate(cluster: StillCluster, resource: string, name: string, container: object): void {
  cluster.store.mutate(resource, 'test', name, (draft) => {
    const spec = draft['spec'] as { template: { spec: { containers: object[] } } };
    spec.template.spec.containers = [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '3600'], ...container }];
  });
}

function condition(object: StoredObject, type: string): { status: string; reason: string; message: string } {
  const { conditions } = object['status'] as {
    conditions: { type: string; status: string; reason: string; message: string }[];
  };
  const { status, reason, message } = conditions.find((each) => each.type === type)!;
  return { status, reason, message };
}

describe('a Deployment', () => {
  test('gets a ReplicaSet named after its template, and pods named after that', () => {
    const cluster = stillCluster();
    cluster.apply(workload('Deployment', 'web', { spec: { replicas: 2 } }));
    cluster.pass(3);
    const [replicaSet] = cluster.store.list('replicasets', 'test');
    expect(replicaSet?.metadata.name).toMatch(/^web-[b-z2-9]{7,10}$/);
    expect(cluster.pods()).toHaveLength(2);
    for (const { metadata } of cluster.pods()) {
      expect(metadata.name).toMatch(new RegExp(`^${replicaSet!.metadata.name}-[b-z2-9]{5}$`));
      expect(metadata.labels?.['pod-template-hash']).toBe(replicaSet!.metadata.labels?.['pod-template-hash']);
    }
    expect(cluster.object('deployments', 'web')['status']).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    expect(condition(cluster.object('deployments', 'web'), 'Progressing').reason).toBe('NewReplicaSetAvailable');
  });

  test('that makes no progress for 600 s says so, once and for as long as nothing changes', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', {}), workload('Deployment', 'web', { container: broken }));
    cluster.pass(590);
    expect(condition(cluster.object('deployments', 'web'), 'Progressing')).toMatchObject({ status: 'True' });
    expect(condition(cluster.object('deployments', 'web'), 'Available').reason).toBe('MinimumReplicasUnavailable');
    cluster.pass(20);
    expect(condition(cluster.object('deployments', 'web'), 'Progressing')).toEqual({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringMatching(/^ReplicaSet "web-\w+" has timed out progressing\.$/),
    });
  });

  test('that was complete is not late when its pod breaks afterwards', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', { a: 'x' }), workload('Deployment', 'web', { container: broken }));
    cluster.pass(5);
    cluster.store.remove('secrets', 'test', 's');
    deletePod(cluster, cluster.pods()[0]!);
    cluster.pass(900);
    expect(containerStates(cluster.pods()[0] as never)[0]).toMatch(/secret "s" not found/);
    expect(condition(cluster.object('deployments', 'web'), 'Progressing').reason).toBe('NewReplicaSetAvailable');
    expect(condition(cluster.object('deployments', 'web'), 'Available').status).toBe('False');
  });

  test('keeps its old pod until the new one is ready', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', {}), workload('Deployment', 'web'));
    cluster.pass(3);
    const old = cluster.pods()[0]!.metadata.uid;
    changeTemplate(cluster, 'deployments', 'web', broken);
    cluster.pass(30);
    expect(cluster.pods().map((each) => [each.metadata.uid === old, isReady(each)])).toEqual(
      expect.arrayContaining([
        [true, true],
        [false, false],
      ]),
    );
    cluster.store.mutate('secrets', 'test', 's', (draft) => {
      draft['data'] = { a: 'eA==' };
    });
    cluster.pass(20);
    expect(cluster.pods().map((each) => [each.metadata.uid === old, isReady(each)])).toEqual([[false, true]]);
    expect(
      cluster.store
        .list('replicasets', 'test')
        .map(({ spec }) => (spec as { replicas: number }).replicas)
        .sort(),
    ).toEqual([0, 1]);
  });

  test('replaces a broken old pod by one of a corrected template', () => {
    const cluster = stillCluster();
    cluster.apply(workload('Deployment', 'web', { container: broken }));
    cluster.pass(3);
    changeTemplate(cluster, 'deployments', 'web', {});
    cluster.pass(5);
    expect(cluster.pods()).toHaveLength(1);
    expect(isReady(cluster.pods()[0]!)).toBe(true);
  });

  test('with strategy Recreate ends the old pods first', () => {
    const cluster = stillCluster();
    cluster.apply(workload('Deployment', 'web', { spec: { strategy: { type: 'Recreate' } } }));
    cluster.pass(3);
    changeTemplate(cluster, 'deployments', 'web', { args: ['new'] });
    cluster.pass(0.5);
    expect(cluster.pods()).toHaveLength(1);
    expect(cluster.pods()[0]!.metadata.deletionTimestamp).toBeDefined();
    cluster.pass(3);
    expect(cluster.pods().map(isReady)).toEqual([true]);
  });

  test('is scaled, and its pods go with it when it is deleted', () => {
    const cluster = stillCluster();
    cluster.apply(workload('Deployment', 'web', { spec: { replicas: 3 } }));
    cluster.pass(3);
    cluster.store.mutate('deployments', 'test', 'web', (draft) => {
      (draft['spec'] as { replicas: number }).replicas = 1;
    });
    cluster.pass(3);
    expect(cluster.pods()).toHaveLength(1);
    cluster.store.remove('deployments', 'test', 'web');
    cluster.pass(3);
    expect(cluster.pods()).toHaveLength(0);
    expect(cluster.store.list('replicasets', 'test')).toHaveLength(0);
  });
});

describe('a StatefulSet', () => {
  test('starts its pods in order, each with its claim', () => {
    const cluster = stillCluster();
    const claim = {
      metadata: { name: 'data' },
      spec: { storageClassName: 'default', resources: { requests: { storage: '1Gi' } } },
    };
    const readinessProbe = { tcpSocket: { port: 80 }, initialDelaySeconds: 4 };
    const container = { command: ['serve'], readinessProbe, ports: [{ containerPort: 80 }] };
    cluster.apply(workload('StatefulSet', 'db', { container, spec: { replicas: 2, volumeClaimTemplates: [claim] } }));
    cluster.pass(3);
    expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual(['db-0']);
    cluster.pass(10);
    expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1']);
    expect(cluster.object('persistentvolumeclaims', 'data-db-0')['status']).toMatchObject({ phase: 'Bound' });
    expect(cluster.object('statefulsets', 'db')['status']).toMatchObject({ replicas: 2, readyReplicas: 2 });
  });

  test('whose pod is broken does not take a corrected template until somebody deletes the pod', () => {
    const cluster = stillCluster();
    cluster.apply(workload('StatefulSet', 'db', { container: broken }));
    cluster.pass(3);
    const { uid } = cluster.pod('db-0').metadata;
    changeTemplate(cluster, 'statefulsets', 'db', {});
    cluster.pass(600);
    expect(cluster.pod('db-0').metadata.uid).toBe(uid);
    const { currentRevision, updateRevision } = cluster.object('statefulsets', 'db')['status'] as Record<
      string,
      string
    >;
    expect(currentRevision).not.toBe(updateRevision);
    deletePod(cluster, cluster.pod('db-0'));
    cluster.pass(5);
    expect(cluster.pod('db-0').metadata.uid).not.toBe(uid);
    expect(isReady(cluster.pod('db-0'))).toBe(true);
    expect(cluster.object('statefulsets', 'db')['status']).toMatchObject({ currentRevision: updateRevision });
  });

  test('rolls from the highest pod down to the partition', () => {
    const cluster = stillCluster();
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    cluster.apply(workload('StatefulSet', 'db', { spec: { replicas: 2, updateStrategy } }));
    cluster.pass(5);
    const before = cluster.pods().map(({ metadata }) => metadata.uid);
    changeTemplate(cluster, 'statefulsets', 'db', { args: ['new'] });
    cluster.pass(10);
    expect(cluster.pods().map(({ metadata }, index) => metadata.uid === before[index])).toEqual([true, false]);
  });

  test('a deleted pod comes back under its name', () => {
    const cluster = stillCluster();
    cluster.apply(workload('StatefulSet', 'db'));
    cluster.pass(3);
    const { uid } = cluster.pod('db-0').metadata;
    deletePod(cluster, cluster.pod('db-0'));
    cluster.pass(3);
    expect(cluster.pod('db-0').metadata.uid).not.toBe(uid);
  });
});

test('a DaemonSet has one pod on the one node, and replaces it with its template', () => {
  const cluster = stillCluster();
  cluster.apply(workload('DaemonSet', 'agent'));
  cluster.pass(3);
  expect(cluster.object('daemonsets', 'agent')['status']).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
  const before = cluster.pods()[0]!.metadata.uid;
  changeTemplate(cluster, 'daemonsets', 'agent', { args: ['new'] });
  cluster.pass(5);
  expect(cluster.pods().map(({ metadata }) => metadata.uid === before)).toEqual([false]);
  expect(cluster.object('daemonsets', 'agent')['status']).toMatchObject({ updatedNumberScheduled: 1 });
});

describe('a Job', () => {
  const job = (command: string[], spec: object = {}): Parameters<StillCluster['apply']>[0] => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: {
      ...spec,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36', command }] } },
    },
  });

  test('is complete when its pod has succeeded', () => {
    const cluster = stillCluster();
    cluster.apply(job(['true']));
    cluster.pass(5);
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Succeeded']);
    expect(condition(cluster.object('jobs', 'migrate'), 'Complete').reason).toBe('CompletionsReached');
  });

  test('that keeps failing is given up after its back-off limit', () => {
    const cluster = stillCluster();
    cluster.apply(job(['false'], { backoffLimit: 1 }));
    cluster.pass(5);
    expect(cluster.pods()).toHaveLength(1);
    cluster.pass(10);
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Failed', 'Failed']);
    expect(condition(cluster.object('jobs', 'migrate'), 'Failed').reason).toBe('BackoffLimitExceeded');
  });
});

test('endpoints hold the ready pods of a Service apart from the others, in both kinds of object', () => {
  const cluster = stillCluster();
  const container = { name: 'main', image: 'busybox:1.36', ports: [{ name: 'http', containerPort: 8080 }] };
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  cluster.apply(
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports } },
    pod('good', { containers: [container] }, { app: 'web' }),
    pod('bad', { containers: [container, { ...container, name: 'bad', ...broken }] }, { app: 'web' }),
    pod('other', { containers: [container] }, { app: 'other' }),
  );
  cluster.pass(3);
  expect(cluster.object('endpoints', 'web')['subsets']).toEqual([
    {
      addresses: [expect.objectContaining({ targetRef: expect.objectContaining({ name: 'good' }) })],
      notReadyAddresses: [expect.objectContaining({ targetRef: expect.objectContaining({ name: 'bad' }) })],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ]);
  const [slice] = cluster.store.list('endpointslices', 'test');
  expect(slice?.metadata.labels?.['kubernetes.io/service-name']).toBe('web');
  expect(slice?.['endpoints']).toEqual([
    expect.objectContaining({ conditions: { ready: true, serving: true, terminating: false } }),
    expect.objectContaining({ conditions: { ready: false, serving: false, terminating: false } }),
  ]);
  cluster.store.remove('services', 'test', 'web');
  cluster.pass(1);
  expect(cluster.store.list('endpoints', 'test')).toHaveLength(0);
  expect(cluster.store.list('endpointslices', 'test')).toHaveLength(0);
});

test('a new namespace has a ServiceAccount, whose pull secrets its pods get', () => {
  const cluster = stillCluster();
  cluster.store.mutate('serviceaccounts', 'test', 'default', (draft) => {
    draft['imagePullSecrets'] = [{ name: 'regcred' }];
  });
  cluster.apply(workload('Deployment', 'web'));
  cluster.pass(2);
  expect(cluster.pods()[0]?.spec).toMatchObject({
    serviceAccountName: 'default',
    imagePullSecrets: [{ name: 'regcred' }],
  });
});

test('what happens again is counted in its event, and forgotten after an hour', () => {
  const cluster = stillCluster();
  cluster.apply(pod('p', { containers: [{ name: 'main', image: 'busybox:1.36', ...broken }] }));
  cluster.pass(120);
  const failed = (): StoredObject[] =>
    cluster.store.list('events', 'test').filter((event) => event['reason'] === 'Failed');
  expect(failed()).toHaveLength(1);
  expect(failed()[0]?.['count']).toBeGreaterThanOrEqual(9);
  cluster.store.remove('pods', 'test', 'p');
  cluster.pass(3601);
  expect(cluster.store.list('events', 'test')).toEqual([]);
});
