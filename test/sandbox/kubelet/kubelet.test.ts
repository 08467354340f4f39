import { describe, expect, test } from '@jest/globals';
import { containerStates, isReady } from '../../support/sandbox-api.ts';
import { fromSecret, pod, secret, stillCluster } from '../../support/sandbox-cluster.ts';

const image = 'busybox:1.36';
const main = { name: 'main', image, command: ['sleep', '3600'] };

describe('a container whose environment cannot be made', () => {
  test('names its missing keys one at a time, in the order of env', () => {
    const cluster = stillCluster();
    const env = [fromSecret('A', 's', 'a'), fromSecret('B', 's', 'b'), fromSecret('C', 's', 'c', true)];
    cluster.apply(secret('s', { other: 'x' }), pod('p', { containers: [{ ...main, env }] }));
    cluster.pass(2);
    const missing = (key: string): string[] => [
      `main: CreateContainerConfigError couldn't find key ${key} in Secret test/s`,
    ];
    expect(containerStates(cluster.pod('p'))).toEqual(missing('a'));
    expect(cluster.pod('p').status?.phase).toBe('Pending');

    setKey(cluster, 'a');
    cluster.pass(15);
    expect(containerStates(cluster.pod('p'))).toEqual(missing('b'));

    setKey(cluster, 'b');
    cluster.pass(15);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
    expect(cluster.eventsOf('p')).toContain("Failed: Error: couldn't find key b in Secret test/s");
  });

  test('is tried again after 10 to 15 seconds, not before', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', {}), pod('p', { containers: [{ ...main, env: [fromSecret('A', 's', 'a')] }] }));
    cluster.pass(1);
    setKey(cluster, 'a');
    cluster.pass(8);
    expect(containerStates(cluster.pod('p'))[0]).toMatch(/^main: CreateContainerConfigError/);
    cluster.pass(7);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
  });

  test.each([
    ['a missing Secret', { env: [fromSecret('A', 'nope', 'a')] }, 'secret "nope" not found'],
    ['envFrom of a missing Secret', { envFrom: [{ secretRef: { name: 'nope' } }] }, 'secret "nope" not found'],
    ['a missing ConfigMap', { env: [configMapKey('cm')] }, 'configmap "cm" not found'],
    ['a ConfigMap without the key', { env: [configMapKey('here')] }, "couldn't find key k in ConfigMap test/here"],
  ])('%s', (_what, spec, message) => {
    const cluster = stillCluster();
    const here = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'here' }, data: { other: 'x' } };
    cluster.apply(here, pod('p', { containers: [{ ...main, ...spec }] }));
    cluster.pass(2);
    expect(containerStates(cluster.pod('p'))).toEqual([`main: CreateContainerConfigError ${message}`]);
  });

  test('runs where what is missing is optional, or only a key of envFrom', () => {
    const cluster = stillCluster();
    const env = [fromSecret('A', 'nope', 'a', true), fromSecret('B', 's', 'b', true)];
    const envFrom = [{ secretRef: { name: 's' } }, { secretRef: { name: 'nope', optional: true } }];
    cluster.apply(secret('s', { other: 'x' }), pod('p', { containers: [{ ...main, env, envFrom }] }));
    cluster.pass(2);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
  });

  test('waits beside one that runs, and the pod stays Pending', () => {
    const cluster = stillCluster();
    const bad = { ...main, name: 'bad', env: [fromSecret('A', 'nope', 'a')] };
    cluster.apply(pod('p', { containers: [main, bad] }));
    cluster.pass(2);
    expect(containerStates(cluster.pod('p'))).toEqual([
      'main: running',
      'bad: CreateContainerConfigError secret "nope" not found',
    ]);
    expect(cluster.pod('p').status?.phase).toBe('Pending');
    const condition = cluster.pod('p').status?.conditions?.find(({ type }) => type === 'Ready');
    expect(condition?.message).toBe('containers with unready status: [bad]');
  });
});

describe('volumes', () => {
  const mounting = (volume: object): object => ({
    containers: [{ ...main, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    volumes: [{ name: 'v', ...volume }],
  });

  test.each([
    [
      'a missing key',
      { secret: { secretName: 's', items: [item('missing')] } },
      'references non-existent secret key: missing',
    ],
    ['a missing Secret', { secret: { secretName: 'nope' } }, 'secret "nope" not found'],
    ['a missing ConfigMap', { configMap: { name: 'cm' } }, 'configmap "cm" not found'],
    [
      'several missing sources of a projection',
      { projected: { sources: [{ secret: { name: 's', items: [item('gone')] } }, { configMap: { name: 'cm' } }] } },
      '[references non-existent secret key: gone, configmap "cm" not found]',
    ],
  ])('%s leaves the pod ContainerCreating, and only an event says why', (_what, volume, problem) => {
    const cluster = stillCluster();
    cluster.apply(secret('s', { other: 'x' }), pod('p', mounting(volume)));
    cluster.pass(20);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: ContainerCreating']);
    expect(cluster.eventsOf('p')).toContain(`FailedMount: MountVolume.SetUp failed for volume "v" : ${problem}`);
    const counted = cluster.store.list('events', 'test').find((event) => event['reason'] === 'FailedMount');
    expect(counted?.['count']).toBe(6);
  });

  test('are mounted when the key is there, at the next try', () => {
    const cluster = stillCluster();
    cluster.apply(secret('s', {}), pod('p', mounting({ secret: { secretName: 's', items: [item('a')] } })));
    cluster.pass(3);
    setKey(cluster, 'a');
    cluster.pass(5);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
  });

  test.each([
    ['Secret', { secret: { secretName: 'nope' } }],
    ['key', { secret: { secretName: 's', items: [item('missing')] } }],
    ['projected Secret', { projected: { sources: [{ secret: { name: 'nope' } }] } }],
    ['ConfigMap', { configMap: { name: 'nope' } }],
  ])('that no container mounts are not looked at: a missing %s', (_what, volume) => {
    const cluster = stillCluster();
    cluster.apply(secret('s', {}), pod('p', { ...mounting(volume), containers: [main] }));
    cluster.pass(3);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
  });

  test('a pod with init containers that cannot mount says PodInitializing', () => {
    const cluster = stillCluster();
    cluster.apply(
      pod('p', { ...mounting({ secret: { secretName: 'nope' } }), initContainers: [{ ...main, name: 'i' }] }),
    );
    cluster.pass(2);
    expect(containerStates(cluster.pod('p'))).toEqual(['i: PodInitializing', 'main: PodInitializing']);
  });
});

describe('init containers', () => {
  test('run one after the other, and a sidecar runs on beside the rest', () => {
    const cluster = stillCluster();
    const initContainers = [
      { name: 'first', image, command: ['sh', '-c', 'sleep 2 && exit 0'] },
      { name: 'beside', image, restartPolicy: 'Always' },
      { name: 'second', image, command: ['sh', '-c', 'make-ready'], env: [fromSecret('A', 's', 'a')] },
    ];
    cluster.apply(secret('s', {}), pod('p', { initContainers, containers: [main] }));
    cluster.pass(1);
    const waiting = 'PodInitializing';
    expect(containerStates(cluster.pod('p'))).toEqual([
      'first: running',
      `beside: ${waiting}`,
      `second: ${waiting}`,
      `main: ${waiting}`,
    ]);
    cluster.pass(4);
    expect(containerStates(cluster.pod('p'))).toEqual([
      'first: Completed',
      'beside: running',
      "second: CreateContainerConfigError couldn't find key a in Secret test/s",
      `main: ${waiting}`,
    ]);
    setKey(cluster, 'a');
    cluster.pass(18);
    expect(containerStates(cluster.pod('p'))).toEqual([
      'first: Completed',
      'beside: running',
      'second: Completed',
      'main: running',
    ]);
  });

  test.each([
    [
      'pg_isready',
      'until pg_isready -h $DB.test.svc.cluster.local -p 80; do sleep 1; done',
      [{ name: 'DB', value: 'db' }],
    ],
    ['nc -z', 'while ! nc -z -w 1 db 80; do sleep 1; done', []],
    ['nc -vz', 'until nc -vz db.test 80; do sleep 2; done', []],
  ])('one that asks with %s runs until the Service has a ready pod', (_what, script, env) => {
    const cluster = stillCluster();
    const initContainers = [{ name: 'wait', image, command: ['sh', '-c', script], env }];
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'db' },
      spec: { selector: { app: 'db' }, ports: [{ port: 80 }] },
    };
    cluster.apply(service, pod('p', { initContainers, containers: [main] }));
    cluster.pass(60);
    expect(containerStates(cluster.pod('p'))).toEqual(['wait: running', 'main: PodInitializing']);
    cluster.apply(pod('db', { containers: [{ name: 'db', image, ports: [{ containerPort: 80 }] }] }, { app: 'db' }));
    cluster.pass(5);
    expect(containerStates(cluster.pod('p'))).toEqual(['wait: Completed', 'main: running']);
  });

  test('one that fails is tried again, ever later', () => {
    const cluster = stillCluster();
    cluster.apply(
      pod('p', { initContainers: [{ name: 'i', image, command: ['sh', '-c', 'exit 3'] }], containers: [main] }),
    );
    cluster.pass(5);
    expect(containerStates(cluster.pod('p'))[0]).toMatch(
      /^i: CrashLoopBackOff back-off 10s restarting failed container=i pod=p_test/,
    );
    cluster.pass(60);
    expect(cluster.pod('p').status?.initContainerStatuses?.[0]?.restartCount).toBe(3);
    expect(cluster.pod('p').status?.phase).toBe('Pending');
  });
});

describe('images', () => {
  test('an image that cannot be pulled alternates between ErrImagePull and ImagePullBackOff', () => {
    const cluster = stillCluster();
    cluster.apply(pod('p', { containers: [{ ...main, image: 'nosuch:1' }] }));
    const seen = new Set<string>();
    for (let second = 0; second < 60; second += 1) {
      cluster.pass(1);
      seen.add(cluster.pod('p').status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '');
    }
    expect([...seen]).toEqual(['ErrImagePull', 'ImagePullBackOff']);
    expect(cluster.eventsOf('p')).toContain('Failed: Error: ImagePullBackOff');
  });

  test('a missing pull secret is an event where the image is on the node', () => {
    const cluster = stillCluster();
    cluster.apply(pod('p', { imagePullSecrets: [{ name: 'regcred' }], containers: [main] }));
    cluster.pass(2);
    expect(containerStates(cluster.pod('p'))).toEqual(['main: running']);
    expect(cluster.eventsOf('p')).toContain(
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    );
  });
});

describe('the life of a pod', () => {
  test('a container that keeps ending is restarted with a back-off, in a pod that counts as Running', () => {
    const cluster = stillCluster();
    cluster.apply(pod('p', { containers: [{ ...main, command: ['sh', '-c', 'sleep 1; exit 1'] }] }));
    cluster.pass(6);
    const [status] = cluster.pod('p').status?.containerStatuses ?? [];
    expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(cluster.pod('p').status?.phase).toBe('Running');
  });

  test('is ready when its probe says so', () => {
    const cluster = stillCluster();
    const readinessProbe = { tcpSocket: { port: 'web' }, initialDelaySeconds: 5, periodSeconds: 1 };
    const ports = [{ name: 'web', containerPort: 80 }];
    cluster.apply(pod('p', { containers: [{ name: 'main', image, readinessProbe, ports }] }));
    cluster.pass(4);
    expect(isReady(cluster.pod('p'))).toBe(false);
    cluster.pass(4);
    expect(isReady(cluster.pod('p'))).toBe(true);
  });

  test('ends some time after its deletion was asked for', () => {
    const cluster = stillCluster();
    cluster.apply(pod('p', { containers: [main] }));
    cluster.pass(2);
    cluster.store.mutate('pods', 'test', 'p', ({ metadata }) => {
      metadata.deletionTimestamp = '2026-11-23T12:00:32Z';
    });
    expect(cluster.pods()).toHaveLength(1);
    cluster.pass(2);
    expect(cluster.pods()).toHaveLength(0);
  });

  test('a pod that asks for more than the node has left is not scheduled, and is once there is room', () => {
    const cluster = stillCluster();
    const asking = (cpu: string): object => ({ containers: [{ ...main, resources: { requests: { cpu } } }] });
    cluster.apply(pod('big', asking('3')), pod('late', asking('1500m')));
    cluster.pass(2);
    expect(cluster.pod('late').spec.nodeName).toBeUndefined();
    expect(cluster.eventsOf('late')[0]).toMatch(/^FailedScheduling: 0\/1 nodes are available: 1 Insufficient cpu\./);
    cluster.store.remove('pods', 'test', 'big');
    cluster.pass(10);
    expect(containerStates(cluster.pod('late'))).toEqual(['main: running']);
  });
});

function setKey(cluster: ReturnType<typeof stillCluster>, key: string): void {
  cluster.store.mutate('secrets', 'test', 's', (draft) => {
    draft['data'] = { ...(draft['data'] as object), [key]: Buffer.from('v').toString('base64') };
  });
}

function item(key: string): object {
  return { key, path: 'file' };
}

function configMapKey(name: string): object {
  return { name: 'X', valueFrom: { configMapKeyRef: { name, key: 'k' } } };
}
