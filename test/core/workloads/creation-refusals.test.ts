import { expect, test } from '@jest/globals';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { creationRefusal, isToldByEvents } from '../../../src/core/workloads/creation-refusals.ts';
import { replicasBefore } from '../../../src/core/workloads/cut-off-restart.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { daemonSet, deployment, job, namespace, snapshotOf, statefulSet, type Parts } from '../../support/builders.ts';

const event = (kind: string, reason: string, minute: number, message = `${reason} at ${minute}`): KubernetesEvent => ({
  metadata: { name: `${kind}-${reason}-${minute}`, namespace },
  type: 'Warning',
  reason,
  message,
  lastTimestamp: `2026-01-02T03:0${minute}:00Z`,
  involvedObject: { kind, namespace, name: 'w' },
});
const saying = (...conditions: readonly { type: string; status: string; message: string }[]): Parts => ({
  deployments: (deployment('w', { pods: 'none' }).deployments ?? []).map((each) => ({
    ...each,
    status: { ...each.status, conditions },
  })),
});

test.each<[string, readonly Parts[], string | undefined, boolean]>([
  [
    'a Deployment that says it',
    [
      saying(
        { type: 'Progressing', status: 'True', message: 'x' },
        { type: 'ReplicaFailure', status: 'True', message: 'quota' },
      ),
    ],
    'quota',
    false,
  ],
  [
    'a Deployment that said it',
    [saying({ type: 'ReplicaFailure', status: 'False', message: 'quota' })],
    undefined,
    false,
  ],
  [
    'a Deployment, of which events tell',
    [saying(), { events: [event('Deployment', 'FailedCreate', 1)] }],
    undefined,
    false,
  ],
  [
    'a StatefulSet, by its event',
    [statefulSet('w', { pods: 'none' }), { events: [event('StatefulSet', 'FailedCreate', 1)] }],
    'FailedCreate at 1',
    true,
  ],
  [
    'a DaemonSet, by its event',
    [daemonSet('w', { pods: 'none' }), { events: [event('DaemonSet', 'FailedCreate', 1)] }],
    'FailedCreate at 1',
    true,
  ],
  [
    'a StatefulSet, by its last event',
    [
      statefulSet('w', { pods: 'none' }),
      { events: [event('StatefulSet', 'FailedCreate', 2), event('StatefulSet', 'SuccessfulCreate', 1)] },
    ],
    'FailedCreate at 2',
    true,
  ],
  [
    'a StatefulSet that has made one since',
    [
      statefulSet('w', { pods: 'none' }),
      { events: [event('StatefulSet', 'SuccessfulCreate', 2), event('StatefulSet', 'FailedCreate', 1)] },
    ],
    undefined,
    true,
  ],
  [
    'a StatefulSet of which something else was told since',
    [
      statefulSet('w', { pods: 'none' }),
      { events: [event('StatefulSet', 'FailedCreate', 1), event('StatefulSet', 'Other', 2)] },
    ],
    'FailedCreate at 1',
    true,
  ],
  [
    'a StatefulSet that has its pods',
    [statefulSet('w'), { events: [event('StatefulSet', 'FailedCreate', 1)] }],
    undefined,
    false,
  ],
  ['a StatefulSet of which nothing is told', [statefulSet('w', { pods: 'none' })], undefined, true],
  ['a Job', [job('w', { pods: 'none' }), { events: [event('Job', 'FailedCreate', 1)] }], undefined, false],
])('why the API server refuses the pods of %s', (_, parts, refusal, isByEvents) => {
  const snapshot = snapshotOf(...parts);
  const [workload] = workloads(snapshot);

  expect(workload && creationRefusal(workload, snapshot)).toBe(refusal);
  expect(isToldByEvents(snapshot)).toBe(isByEvents);
});

test('one workload of many is enough to ask for events', () => {
  expect(isToldByEvents(snapshotOf(statefulSet('a'), statefulSet('b', { pods: 'none' })))).toBe(true);
});

test.each<[kind: string, note: string | undefined, replicas: number, before: number | undefined]>([
  ['Deployment', '2', 0, 2],
  ['StatefulSet', '1', 0, 1],
  ['DaemonSet', '2', 0, undefined],
  ['Deployment', '2', 1, undefined],
  ['StatefulSet', '2', 2, undefined],
  ['Deployment', undefined, 0, undefined],
  ['Deployment', 'two', 0, undefined],
  ['Deployment', '1.5', 0, undefined],
  ['Deployment', '0', 0, undefined],
  ['Deployment', '-1', 0, undefined],
])('a %s with the note %j and %d replicas had %j before its restart', (kind, note, replicas, before) => {
  const annotations = note === undefined ? undefined : { 'c2l.dev/replicas-before-restart': note };

  expect(replicasBefore(kind, { name: 'w', ...(annotations && { annotations }) }, replicas)).toBe(before);
});
