import { describe, expect, test } from '@jest/globals';
import type { Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refText, type KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import {
  barePod,
  container,
  deployment,
  gap,
  job,
  keyEnv,
  namespace,
  secret,
  service,
  snapshotOf,
  statefulSet,
  valueOf,
  type Parts,
} from '../../support/builders.ts';
import { pending, running, waiting } from '../../support/pod-statuses.ts';

function findings(parts: readonly Parts[], stack?: Stack): Finding[] {
  return diagnose(snapshotOf(...parts), stack);
}

function brief(found: readonly Finding[]): string[] {
  return found.map(({ code, object, blocks }) => [code, refText(object), '->', ...blocks.map(refText)].join(' '));
}

const configError = (name: string, message: string) =>
  pending([], [waiting(name, 'CreateContainerConfigError', message)]);
const lacksKey: Partial<PodSpec> = { containers: [container('db', { env: [keyEnv('app', 'k')] })] };
const waitsForDb: Partial<PodSpec> = {
  initContainers: [container('wait', { command: ['nc', '-z', 'db', '5432'] })],
};
const waits = (name: string) => pending([running('wait')], [waiting(name, 'PodInitializing')]);
const crashes = (name: string) => pending([], [waiting(name, 'CrashLoopBackOff', 'back-off 5m0s')]);
const unscheduled: Pod['status'] = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '1 Insufficient cpu.' }],
};

describe('a workload that is not ready', () => {
  test('is no finding where it lacks a key, nor is what waits for it', () => {
    const found = findings([
      statefulSet('db', { spec: lacksKey, pods: configError('db', "couldn't find key k in Secret shop/app") }),
      service('db'),
      deployment('web', { spec: waitsForDb, pods: waits('web') }),
      secret('app', []),
    ]);

    expect(brief(found)).toEqual(['secret-key-missing secret/app -> statefulset/db deployment/web']);
  });

  test('is not put down to a key that is looked at only after the init container that runs on', () => {
    const runsOn = {
      initContainers: [container('wait', { command: ['sleep', '1d'] })],
      containers: [container('web', { env: [keyEnv('app', 'k')] })],
    };
    const found = findings([deployment('web', { spec: runsOn, pods: waits('web') }), secret('app', [])]);

    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'secret-key-missing secret/app lacks key k, which deployment/web needs',
      'workload-not-ready deployment/web is not ready: pod web-5c6d-0, container wait still runs, and the others begin only when it ends',
    ]);
  });

  test('is a finding where nothing explains it, and blocks what waits for it', () => {
    const found = findings([
      statefulSet('db', { pods: crashes('db') }),
      service('db'),
      deployment('web', { spec: waitsForDb, pods: waits('web') }),
    ]);

    expect(brief(found)).toEqual(['container-crashing statefulset/db -> deployment/web']);
    expect(found[0]).toMatchObject({
      id: 'container-crashing/shop/statefulset/db',
      severity: 'error',
      message: 'statefulset/db is not ready: pod db-0, container db is CrashLoopBackOff',
      fix: 'kubectl -n shop logs db-0 -c db --previous',
    });
  });

  test('is not explained by a dependency that works, even one that lost a key', () => {
    const found = findings([
      statefulSet('db', { spec: lacksKey }),
      service('db'),
      deployment('web', { spec: waitsForDb, pods: crashes('web') }),
      secret('app', []),
    ]);

    expect(brief(found)).toEqual([
      'container-crashing deployment/web ->',
      'secret-key-missing secret/app -> statefulset/db deployment/web',
      'next-start-fails statefulset/db ->',
    ]);
  });

  test.each<[string, Pod['status'], string]>([
    ['CPU', unscheduled, 'insufficient-resources'],
    ['an image', pending([], [waiting('web', 'ImagePullBackOff', 'not found')]), 'image-not-found'],
    [
      'what is no Secret',
      configError('web', 'container has runAsNonRoot and image will run as root'),
      'workload-not-ready',
    ],
  ])('for want of %s is told beside the key that it lacks as well', (_, pods, code) => {
    const spec = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
    const found = findings([deployment('web', { spec, pods }), secret('app', [])]);

    expect(found.map((finding) => finding.code).sort()).toEqual([code, 'secret-key-missing'].sort());
  });

  const lacking = container('web', { env: [keyEnv('app', 'k')] });
  const refusedWeb = waiting('web', 'CreateContainerConfigError', "couldn't find key k in Secret shop/app");
  const mountedSecret = { name: 'v', secret: { secretName: 'app', items: [{ key: 'k', path: 'k' }] } };

  test.each<[string, Partial<PodSpec>, Pod['status'], readonly string[]]>([
    [
      'an init container, which takes nothing of what the main one lacks',
      { initContainers: [container('migrate')], containers: [lacking] },
      pending([waiting('migrate', 'CrashLoopBackOff')], [waiting('web', 'PodInitializing')]),
      ['container-crashing', 'secret-key-missing'],
    ],
    [
      'an init container that takes the key itself, which it may have lost while it was failing',
      { initContainers: [{ ...lacking, name: 'migrate' }], containers: [lacking] },
      pending([waiting('migrate', 'CrashLoopBackOff')], [waiting('web', 'PodInitializing')]),
      ['secret-key-missing'],
    ],
    [
      'a container beside one that is refused for its key',
      { containers: [lacking, container('proxy')] },
      pending([], [refusedWeb, waiting('proxy', 'CrashLoopBackOff')]),
      ['container-crashing', 'secret-key-missing'],
    ],
    [
      'a container that lacks the key itself, which it may have lost since it began',
      { containers: [lacking] },
      pending([], [waiting('web', 'CrashLoopBackOff')]),
      ['secret-key-missing'],
    ],
    [
      'a container of a pod whose volume lost a file',
      { containers: [container('web', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })], volumes: [mountedSecret] },
      pending([], [waiting('web', 'CrashLoopBackOff')]),
      ['secret-key-missing'],
    ],
  ])('that ends again and again is told as far as nothing else explains it: %s', (_, spec, pods, codes) => {
    const found = findings([deployment('web', { spec, pods }), secret('app', [])]);

    expect(found.map(({ code }) => code).sort()).toEqual(codes);
  });

  test.each(['cm', 'secret'])('for want of ConfigMap %s is told beside the key that it lacks as well', (name) => {
    const env = [keyEnv('app', 'k'), { name: 'C', valueFrom: { configMapKeyRef: { name, key: 'c' } } }];
    const pods = configError('web', `configmap "${name}" not found`);
    const found = findings([
      deployment('web', { spec: { containers: [container('web', { env })] }, pods }),
      secret('app', []),
    ]);

    expect(brief(found)).toEqual([
      `configmap-missing configmap/${name} -> deployment/web`,
      'secret-key-missing secret/app -> deployment/web',
    ]);
  });

  test.each([
    "couldn't find key k in Secret shop/app",
    'secret "app" not found',
    'references non-existent secret key: k',
  ])('is explained by its key where kubelet says: %s', (message) => {
    const spec = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
    const found = findings([deployment('web', { spec, pods: configError('web', message) }), secret('app', [])]);

    expect(found.map(({ code }) => code)).toEqual(['secret-key-missing']);
  });

  test('tells what its program left as its last message, free of values', () => {
    const message = `starting\nfatal: login with ${valueOf('k')} refused\nbye\n`;
    const main = { ...waiting('web', 'CrashLoopBackOff'), lastState: { terminated: { exitCode: 3, message } } };
    const parts = [deployment('web', { pods: pending([], [main]) }), secret('app', ['k'])];

    expect(findings(parts)[0]?.message).toMatch(/; it says: fatal: login with \[redacted\] refused$/);
    expect(findings([...parts, { gaps: [gap('secrets')] }])[0]?.message).toMatch(/ends with exit code 3$/);
  });

  const refusedCreate = (why: string): Parts => ({
    events: [
      {
        metadata: { name: 'e', namespace },
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Error creating: pods "once-x" is forbidden: ${why}`,
        involvedObject: { kind: 'Job', namespace, name: 'once' },
      },
    ],
  });
  const quota = 'exceeded quota: tight, requested: pods=1, used: pods=0, limited: pods=0';

  test.each<[string, readonly Parts[], readonly string[]]>([
    ['a quota', [job('once', { pods: 'none' }), refusedCreate(quota)], ['quota-exceeded resourcequota/tight']],
    [
      'a policy',
      [job('once', { pods: 'none' }), refusedCreate('violates PodSecurity')],
      ['workload-not-ready job/once'],
    ],
    ['nothing yet', [job('once', { pods: 'none' })], []],
    ['nothing any more: its pod runs', [job('once'), refusedCreate(quota)], []],
    ['nothing, being suspended', [job('once', { replicas: 0, pods: 'none' }), refusedCreate(quota)], []],
  ])('may be a Job that cannot create its pod, held back by %s', (_, parts, expected) => {
    expect(findings(parts).map(({ code, object }) => `${code} ${refText(object)}`)).toEqual(expected);
  });

  test('is told with the event where only that says why', () => {
    const pods = pending([], [waiting('web', 'ContainerCreating')]);
    const event: KubernetesEvent = {
      metadata: { name: 'e', namespace },
      type: 'Warning',
      reason: 'FailedMount',
      message: 'configmap "cm" not found',
      involvedObject: { kind: 'Pod', namespace, name: 'web-5c6d-0', uid: 'pod-web-5c6d-0' },
    };

    expect(findings([deployment('web', { pods }), { events: [event] }])[0]?.message).toBe(
      'deployment/web is not ready: pod web-5c6d-0 is ContainerCreating (FailedMount): configmap "cm" not found',
    );
  });

  const ofPull = (reason: string, at: string, message: string): KubernetesEvent => ({
    metadata: { name: `e-${at}`, namespace },
    type: reason === 'Failed' ? 'Warning' : 'Normal',
    reason,
    message,
    lastTimestamp: `2026-01-02T03:0${at}:00Z`,
    involvedObject: { kind: 'Pod', namespace, name: 'web-5c6d-0', uid: 'pod-web-5c6d-0' },
  });
  const pullingWeb = ofPull('Pulling', '1', 'Pulling image "registry.example/web:1"');

  test.each<[string, readonly KubernetesEvent[], string]>([
    [
      'that has not ended',
      [pullingWeb],
      'pod web-5c6d-0 waits for image registry.example/web:1, which its node has been pulling since 2026-01-02 03:01:00 UTC',
    ],
    [
      'that has ended, whatever came after it',
      [pullingWeb, ofPull('Pulled', '2', 'Successfully pulled image "registry.example/web:1"')],
      'pod web-5c6d-0 is ContainerCreating',
    ],
    [
      'that failed and is tried again',
      [ofPull('Failed', '0', 'Failed to pull image "registry.example/web:1": EOF'), pullingWeb],
      'pod web-5c6d-0 waits for image registry.example/web:1, which its node has been pulling since 2026-01-02 03:01:00 UTC',
    ],
  ])('is told with a pull %s', (_, events, expected) => {
    const pods = pending([], [waiting('web', 'ContainerCreating')]);

    expect(findings([deployment('web', { pods }), { events }])[0]?.message).toBe(
      `deployment/web is not ready: ${expected}`,
    );
  });

  test('is told by its counts where it has no pods, with what its controller says', () => {
    const { deployments = [] } = deployment('web', { pods: 'none' });
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: small' }];
    const refused = deployments.map((item) => ({ ...item, status: { ...item.status, conditions } }));

    expect(findings([{ deployments: refused }])[0]).toMatchObject({
      message: 'deployment/web is not ready: 0 of 1 pod is ready: exceeded quota: small',
      fix: 'kubectl -n shop describe deployment web',
    });
  });

  test('is a finding where one new pod is stuck beside enough old ones', () => {
    const { deployments = [] } = deployment('web');
    const { replicaSets = [], pods = [] } = deployment('web', { pods: crashes('web') });

    expect(brief(findings([{ deployments, replicaSets, pods }]))).toEqual(['container-crashing deployment/web ->']);
  });

  test('says so where it waits for something that is scaled to 0', () => {
    const found = findings([
      statefulSet('db', { replicas: 0 }),
      service('db'),
      deployment('web', { spec: waitsForDb, pods: waits('web') }),
    ]);

    expect(found.map(({ message }) => message)).toEqual([
      'deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, and statefulset/db behind it is scaled to 0',
    ]);
  });

  test('of a StatefulSet whose pod runs an older template must lose that pod', () => {
    const { statefulSets = [], pods = [] } = statefulSet('db', {
      pods: configError('db', "couldn't find key gone in Secret shop/app"),
    });
    const newer = statefulSets.map((item) => ({ ...item, status: { ...item.status, updateRevision: 'db-2' } }));

    expect(findings([{ statefulSets: newer, pods }, secret('app', [])])[0]).toMatchObject({
      code: 'rollout-held-by-old-pod',
      message: expect.stringContaining('it still runs the older template'),
      fix: 'kubectl -n shop delete pod db-0',
    });
  });

  test('may be a Job whose pod cannot start, but not one that runs', () => {
    expect(brief(findings([job('once', { pods: crashes('once') })]))).toEqual(['container-crashing job/once ->']);
    expect(findings([job('once', { pods: pending([], [running('once')]) })])).toEqual([]);
  });

  test('may be a bare pod', () => {
    expect(findings([barePod('p', {}, crashes('p'))])[0]?.message).toBe(
      'pod/p is not ready: container p is CrashLoopBackOff',
    );
  });
});

const gated: Pod['status'] = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'has gates' }],
};

test('a Deployment is short of pods while scheduling gates hold them back', () => {
  expect(findings([deployment('web', { pods: gated })]).map(({ message }) => message)).toEqual([
    'deployment/web is not ready: pod web-5c6d-0 is SchedulingGated: has gates',
  ]);
});

describe('nothing is wrong with', () => {
  test.each([
    ['a workload at 0 replicas', deployment('web', { replicas: 0 })],
    ['a pod that a queue holds back', barePod('p', {}, gated)],
    ['a Job that a queue holds back', job('once', { pods: gated })],
    ['a suspended Job', job('once', { replicas: 0 })],
    ['pods that cannot be read of a workload that says it is ready', { ...deployment('web'), pods: [] }],
  ])('%s', (_, parts) => {
    expect(findings([parts])).toEqual([]);
  });
});
