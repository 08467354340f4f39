import { expect, test } from '@jest/globals';
import type { ContainerStatus, Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refId } from '../../../src/core/cluster/kubernetes.ts';
import type { CloserLook, Snapshot } from '../../../src/core/cluster/snapshot.ts';
import {
  awaitedIds,
  awaitedStates,
  isOver,
  waitingText,
  type AwaitedState,
} from '../../../src/core/workloads/waiting.ts';
import {
  container,
  deployment,
  job,
  keyEnv,
  namespace,
  secret,
  service,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, readyStatus, waiting } from '../../support/pod-statuses.ts';

const ref = (kind: string, name: string) => ({ kind, namespace, name });
const time = { now: Date.parse('2026-01-02T03:04:05Z'), seenMs: () => 0 };
const seen = (
  snapshot: Snapshot,
  {
    kind,
    name,
    isRollout = false,
    stack,
  }: { kind: string; name: string; isRollout?: boolean; stack?: ReturnType<typeof stackOf> },
): string[] => {
  const id = refId(ref(kind, name));
  const states = awaitedStates(snapshot, { stack, ids: new Set([id]), rollouts: new Set(isRollout ? [id] : []), time });
  return states.map(
    ({ component, state, detail, hopeless }) =>
      `${component} ${state}: ${detail}${hopeless === undefined ? '' : ` | ${hopeless}`}`,
  );
};

const takes: Partial<PodSpec> = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
const refused = (reason: string, message?: string): Parts =>
  deployment('web', { spec: takes, pods: pending([], [waiting('web', reason, message)]) });
const there = secret('app', ['k']);
const none = secret('app', []);
const again = (seconds: number, ago: number): Pod['status'] => {
  const at = (before: number): string => new Date(time.now - before * 1000).toISOString();
  const status: ContainerStatus = {
    name: 'web',
    ready: true,
    restartCount: 1,
    state: { running: { startedAt: at(ago) } },
    lastState: { terminated: { exitCode: 1, startedAt: at(ago + 5 + seconds), finishedAt: at(ago + 5) } },
  };
  return { ...readyStatus({ containers: [container('web')] }), containerStatuses: [status] };
};
const loop = (seconds: number, ago: number): Parts => {
  const { pods = [], ...rest } = deployment('web');
  return { ...rest, pods: pods.map((pod) => ({ ...pod, status: again(seconds, ago) ?? {} })) };
};

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'an image name that is none',
    [refused('InvalidImageName', 'no'), there],
    ['deployment/web stuck: web-5c6d-0 is InvalidImageName | web-5c6d-0 is InvalidImageName: no'],
  ],
  [
    'an image that must not be pulled',
    [refused('ErrImageNeverPull', 'no'), there],
    ['deployment/web stuck: web-5c6d-0 is ErrImageNeverPull | web-5c6d-0 is ErrImageNeverPull: no'],
  ],
  [
    'an image that is not there',
    [refused('ErrImagePull', 'x: not found'), there],
    ['deployment/web stuck: web-5c6d-0 is ErrImagePull | web-5c6d-0 is ErrImagePull: x: not found'],
  ],
  [
    'an image that does not exist',
    [refused('ImagePullBackOff', 'it does not exist'), there],
    ['deployment/web stuck: web-5c6d-0 is ImagePullBackOff | web-5c6d-0 is ImagePullBackOff: it does not exist'],
  ],
  [
    'a pull that may pass',
    [refused('ErrImagePull', 'i/o timeout'), there],
    ['deployment/web stuck: web-5c6d-0 is ErrImagePull'],
  ],
  [
    'a pull of which nothing is told',
    [refused('ImagePullBackOff'), there],
    ['deployment/web stuck: web-5c6d-0 is ImagePullBackOff'],
  ],
  [
    'a ConfigMap that is missing',
    [refused('CreateContainerConfigError', 'configmap "cm" not found'), there],
    [
      'deployment/web stuck: web-5c6d-0 is CreateContainerConfigError | web-5c6d-0 is CreateContainerConfigError: configmap "cm" not found',
    ],
  ],
  [
    'words of a ConfigMap in another state',
    [refused('CreateContainerError', 'configmap "cm" not found'), there],
    ['deployment/web stuck: web-5c6d-0 is CreateContainerError'],
  ],
  [
    'a key that is missing',
    [refused('CreateContainerConfigError', "couldn't find key k in Secret shop/app"), none],
    ['deployment/web stuck: web-5c6d-0 is CreateContainerConfigError | web-5c6d-0 still lacks key k of Secret app'],
  ],
  [
    'a key that is missing, behind a pull that may pass',
    [refused('ErrImagePull', 'i/o timeout'), none],
    ['deployment/web stuck: web-5c6d-0 is ErrImagePull'],
  ],
  [
    'a pull Secret that is missing',
    [
      deployment('web', {
        spec: { imagePullSecrets: [{ name: 'reg' }] },
        pods: pending([], [waiting('web', 'ErrImagePull', 'no basic auth credentials')]),
      }),
    ],
    ['deployment/web stuck: web-5c6d-0 is ErrImagePull | web-5c6d-0 still lacks image pull Secret reg'],
  ],
  [
    'a Secret that is missing, behind a pull that may pass',
    [refused('ImagePullBackOff', 'i/o timeout')],
    ['deployment/web stuck: web-5c6d-0 is ImagePullBackOff'],
  ],
  ['nothing', [deployment('web'), there], ['deployment/web ready: 1 of 1 pod is ready']],
  ['a restart after which it runs longer', [loop(10, 60), there], ['deployment/web ready: 1 of 1 pod is ready']],
  [
    'a restart after which it does not run longer yet',
    [loop(30, 10), there],
    [
      'deployment/web waiting: 1 of 1 pod is ready, but container web of pod web-5c6d-0 was restarted once, ended with exit code 1 after 30 s the last time, and has not run longer than that yet',
    ],
  ],
  ['a restart after a long run', [loop(61, 10), there], ['deployment/web ready: 1 of 1 pod is ready']],
])('a Deployment is held up by %s', (_, parts, expected) => {
  expect(seen(snapshotOf(...parts), { kind: 'Deployment', name: 'web' })).toEqual(expected);
});

const stack = stackOf({ components: [{ name: 'db', workload: 'StatefulSet/db' }] });
const behind = (status: object): Parts => {
  const { deployments = [], ...rest } = deployment('web');
  return { ...rest, deployments: deployments.map((each) => ({ ...each, status: { ...each.status, ...status } })) };
};
const deadline = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];

test.each<[string, readonly Parts[], Parameters<typeof seen>[1], readonly string[]]>([
  [
    'of the stack that is missing',
    [],
    { kind: 'StatefulSet', name: 'db', stack },
    ['db missing: is not in the cluster | is not in the cluster'],
  ],
  [
    'of the stack that Argo CD may bring',
    [{ applications: [{ metadata: { name: 'shop', namespace: 'argocd' } }] }],
    { kind: 'StatefulSet', name: 'db', stack },
    ['db missing: is not in the cluster'],
  ],
  [
    'beside the stack',
    [statefulSet('db'), deployment('web')],
    { kind: 'Deployment', name: 'web', stack },
    ['deployment/web ready: 1 of 1 pod is ready'],
  ],
  [
    'of the stack',
    [statefulSet('db'), deployment('web')],
    { kind: 'StatefulSet', name: 'db', stack },
    ['db ready: 1 of 1 pod is ready'],
  ],
  [
    'whose rollout has arrived',
    [deployment('web')],
    { kind: 'Deployment', name: 'web', isRollout: true },
    ['deployment/web ready: 1 of 1 pod is ready'],
  ],
  [
    'whose rollout has not arrived',
    [behind({ updatedReplicas: 0 })],
    { kind: 'Deployment', name: 'web', isRollout: true },
    ['deployment/web waiting: 0 of 1 new pod is created'],
  ],
  [
    'whose rollout has not arrived, and is not asked for',
    [behind({ updatedReplicas: 0 })],
    { kind: 'Deployment', name: 'web' },
    ['deployment/web ready: 1 of 1 pod is ready'],
  ],
  [
    'whose rollout is given up',
    [behind({ conditions: deadline })],
    { kind: 'Deployment', name: 'web', isRollout: true },
    ['deployment/web stuck: it exceeded its progress deadline'],
  ],
  [
    'that is missing, whose rollout is asked for',
    [],
    { kind: 'StatefulSet', name: 'db', stack, isRollout: true },
    ['db missing: is not in the cluster | is not in the cluster'],
  ],
  [
    'that is refused, whose rollout has not arrived',
    [{ ...behind({ updatedReplicas: 0, readyReplicas: 0 }), pods: refused('InvalidImageName', 'no').pods ?? [] }],
    { kind: 'Deployment', name: 'web', isRollout: true },
    ['deployment/web stuck: web-5c6d-0 is InvalidImageName | web-5c6d-0 is InvalidImageName: no'],
  ],
  [
    'that has no rollout',
    [job('once')],
    { kind: 'Job', name: 'once', isRollout: true },
    ['job/once ready: is running'],
  ],
])('what is waited for: one %s', (_, parts, asked, expected) => {
  expect(seen(snapshotOf(...parts), asked)).toEqual(expected);
});

test.each<[string, Parts, string]>([
  [
    'starts',
    statefulSet('db', { pods: pending([], [waiting('db', 'ContainerCreating')]) }),
    'statefulset/db waiting: db-0 is ContainerCreating | db-0 is ContainerCreating, and node n1 is not ready and lets no pod go: bring it back, or once it is surely off: kubectl delete node n1',
  ],
  ['is ready for now', statefulSet('db'), 'statefulset/db ready: 1 of 1 pod is ready'],
])('a StatefulSet on a node that is lost and %s', (_, parts, expected) => {
  const placed = (parts.pods ?? []).map((pod) => ({ ...pod, spec: { ...pod.spec, nodeName: 'n1' } }));
  const closer = { nodes: [{ metadata: { name: 'n1' } }] } as unknown as CloserLook;
  const snapshot = { ...snapshotOf({ ...parts, pods: placed }), closer };

  expect(seen(snapshot, { kind: 'StatefulSet', name: 'db' }).join()).toBe(expected);
});

const waitsForDb: Partial<PodSpec> = { initContainers: [container('wait', { command: ['nc', '-z', 'db', '5432'] })] };
const creating = pending([], [waiting('c', 'ContainerCreating')]);
const world = snapshotOf(
  statefulSet('db'),
  service('db'),
  deployment('web', { spec: waitsForDb }),
  deployment('other'),
  deployment('slow', { pods: creating }),
  deployment('broken', { pods: pending([], [waiting('c', 'CrashLoopBackOff')]) }),
);
const names = (ids: ReadonlySet<string>): string[] => [...ids].map((id) => id.split('/').at(-1) ?? '').sort();

test('without a stack what was touched, what depends on it and on what it depends, and what is on its way', () => {
  expect(names(awaitedIds(world, undefined, []))).toEqual(['slow']);
  expect(names(awaitedIds(world, undefined, [ref('StatefulSet', 'db')]))).toEqual(['db', 'slow', 'web']);
  expect(names(awaitedIds(world, undefined, [ref('Deployment', 'web')]))).toEqual(['db', 'slow', 'web']);
});

test('with a stack all of its components, and what was touched', () => {
  expect(names(awaitedIds(world, stack, []))).toEqual(['db']);
  expect(names(awaitedIds(world, stack, [ref('Deployment', 'other')]))).toEqual(['db', 'other']);
});

const state = (component: string, parts: Partial<AwaitedState> = {}): AwaitedState => ({
  component,
  object: ref('Deployment', component),
  state: 'waiting',
  detail: `${component} is Pending`,
  dependsOn: [],
  ...parts,
});
const ready = { state: 'ready' } as const;

test.each<[string, readonly AwaitedState[], boolean, string]>([
  ['nothing', [], false, '0 of 0 ready'],
  ['one', [state('a')], false, 'a: a is Pending'],
  ['one of two', [state('a', ready), state('b')], false, '1 of 2 ready; b: b is Pending'],
  [
    'three at once',
    [state('a'), state('b'), state('c')],
    false,
    '0 of 3 ready; a: a is Pending; b: b is Pending; 1 more',
  ],
  [
    'one for what is ready',
    [state('a', ready), state('b', { dependsOn: ['a'] })],
    false,
    '1 of 2 ready; b: b is Pending',
  ],
  ['one for what nobody knows', [state('b', { dependsOn: ['x'] })], false, 'b: b is Pending'],
  ['one without hope', [state('a', { hopeless: 'x' })], true, 'a: a is Pending'],
  [
    'one for what is without hope, beside one that is not',
    [state('a', { hopeless: 'x' }), state('b', { dependsOn: ['c', 'a'] }), state('c')],
    false,
    '0 of 3 ready; a: a is Pending; c: c is Pending; 1 more',
  ],
  ['one for itself', [state('a', { dependsOn: ['a'] })], false, '0 of 1 ready; 1 more'],
  [
    'one for what is ready, and was without hope',
    [state('a', { state: 'ready', hopeless: 'x' }), state('b', { dependsOn: ['a'] })],
    false,
    '1 of 2 ready; b: b is Pending',
  ],
  [
    'two, each for the other',
    [state('a', { dependsOn: ['b'] }), state('b', { dependsOn: ['a'] })],
    false,
    '0 of 2 ready; 2 more',
  ],
  ['all that are ready', [state('a', ready), state('b', ready)], false, '2 of 2 ready'],
])('waiting for %s', (_, states, over, text) => {
  expect(isOver(states)).toBe(over);
  expect(waitingText(states)).toBe(text);
});
