import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { podState } from '../../../src/core/workloads/pod-state.ts';
import { container } from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';

interface Shape {
  readonly init?: readonly string[];
  readonly sidecars?: readonly string[];
  readonly status: Pod['status'];
  readonly deleted?: boolean;
}

function podOf({ init = [], sidecars = [], status, deleted = false }: Shape): Pod {
  const initContainers = [
    ...sidecars.map((name) => container(name, { restartPolicy: 'Always' })),
    ...init.map((name) => container(name)),
  ];
  const metadata = { name: 'p', namespace: 'shop', ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) };
  return {
    metadata,
    spec: { initContainers, containers: [container('a'), container('b')] },
    ...(status && { status }),
  };
}

const isTrue = (type: string) => ({ type, status: 'True' });
const initialized = (...main: readonly ReturnType<typeof running>[]) => ({
  phase: 'Running',
  conditions: [isTrue('Initialized')],
  containerStatuses: main,
});
const configError = "couldn't find key k in Secret shop/s";
const initializing = waiting('a', 'PodInitializing');

/** What kubectl 1.36 printed for such pods, and what c2l makes of them. */
const table: readonly (readonly [text: string, state: string, Shape, told?: object])[] = [
  [
    'Running',
    'ready',
    { status: { phase: 'Running', conditions: [isTrue('Ready')], containerStatuses: [running('a', true)] } },
  ],
  ['Running', 'starting', { status: initialized(running('a')) }, { container: 'a', reason: 'NotReady' }],
  ['ContainerCreating', 'starting', { status: pending([], [waiting('a', 'ContainerCreating')]) }],
  ['PodInitializing', 'starting', { init: ['i'], status: pending([ended('i', 0)], [initializing]) }],
  [
    'CreateContainerConfigError',
    'blocked',
    { status: pending([], [running('a', true), waiting('b', 'CreateContainerConfigError', configError)]) },
    { container: 'b', reason: 'CreateContainerConfigError', message: configError },
  ],
  [
    'Init:CreateContainerConfigError',
    'blocked',
    {
      init: ['i', 'j'],
      status: pending([ended('i', 0), waiting('j', 'CreateContainerConfigError', configError)], [initializing]),
    },
    { container: 'j', reason: 'CreateContainerConfigError', message: configError },
  ],
  [
    'Init:0/2',
    'waiting-on-dependency',
    { init: ['i', 'j'], status: pending([running('i'), waiting('j', 'PodInitializing')], [initializing]) },
    { container: 'i' },
  ],
  [
    'Init:1/2',
    'waiting-on-dependency',
    { sidecars: ['side'], init: ['i'], status: pending([running('side'), running('i')], [initializing]) },
    { container: 'i' },
  ],
  [
    'Init:Error',
    'failing',
    { init: ['i'], status: pending([ended('i', 3, 'Error')], [initializing]) },
    { container: 'i', reason: 'Error', message: 'exited with code 3' },
  ],
  ['Init:ExitCode:3', 'failing', { init: ['i'], status: pending([ended('i', 3)], [initializing]) }, { container: 'i' }],
  ['ExitCode:2', 'failing', { status: initialized(ended('a', 2)) }, { container: 'a' }],
  [
    'CrashLoopBackOff',
    'failing',
    { status: initialized(waiting('a', 'CrashLoopBackOff', 'back-off 10s')) },
    { container: 'a', reason: 'CrashLoopBackOff', message: 'back-off 10s' },
  ],
  ['ImagePullBackOff', 'blocked', { status: pending([], [waiting('a', 'ImagePullBackOff')]) }, { container: 'a' }],
  ['InvalidImageName', 'blocked', { status: pending([], [waiting('a', 'InvalidImageName')]) }, { container: 'a' }],
  [
    'Pending',
    'blocked',
    {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'Insufficient cpu' }],
      },
    },
    { reason: 'Unschedulable', message: 'Insufficient cpu' },
  ],
  [
    'SchedulingGated',
    'starting',
    {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
    },
    { reason: 'SchedulingGated' },
  ],
  ['NotReady', 'starting', { status: initialized(ended('a', 0, 'Completed'), running('b', true)) }],
  ['Completed', 'finished', { status: { phase: 'Succeeded', containerStatuses: [ended('a', 0, 'Completed')] } }],
  ['Error', 'finished', { status: { phase: 'Failed', containerStatuses: [ended('a', 1, 'Error')] } }],
  ['Evicted', 'finished', { status: { phase: 'Failed', reason: 'Evicted' } }],
  ['Terminating', 'terminating', { deleted: true, status: { phase: 'Running', conditions: [isTrue('Ready')] } }],
  ['Unknown', 'terminating', { deleted: true, status: { phase: 'Running', reason: 'NodeLost' } }],
];

test.each(table)('%s is %s', (text, state, shape, told = {}) => {
  expect(podState(podOf(shape))).toMatchObject({ text, state, ...told });
});

test('a pod without a status yet is starting', () => {
  expect(podState(podOf({ status: undefined }))).toEqual({ text: 'Unknown', state: 'starting' });
});

test('a signal is told where no reason is', () => {
  const killed = { name: 'a', state: { terminated: { exitCode: 137, signal: 9 } } };

  expect(podState(podOf({ status: initialized(killed) })).text).toBe('Signal:9');
});

describe('events', () => {
  const event = (reason: string, message: string): KubernetesEvent => ({
    metadata: { name: reason },
    type: 'Warning',
    reason,
    message,
    involvedObject: { kind: 'Pod' },
  });
  const failedMount = event('FailedMount', 'references non-existent secret key: k');

  test('tell why a volume cannot be mounted, the newest last', () => {
    const pod = podOf({ status: pending([], [waiting('a', 'ContainerCreating')]) });

    expect(podState(pod, [event('FailedMount', 'older'), failedMount, event('Other', 'x')])).toEqual({
      text: 'ContainerCreating',
      state: 'blocked',
      reason: 'FailedMount',
      message: 'references non-existent secret key: k',
    });
  });

  test('are the past once a container has run', () => {
    const pod = podOf({ init: ['i'], status: pending([running('i')], [initializing]) });

    expect(podState(pod, [failedMount])).toEqual({
      text: 'Init:0/1',
      state: 'waiting-on-dependency',
      container: 'i',
    });
  });
});
