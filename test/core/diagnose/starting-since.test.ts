import { expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { buildScene } from '../../../src/core/diagnose/diagnosis-scene.ts';
import { isStarting, startingSince } from '../../../src/core/diagnose/still-starting.ts';
import {
  container,
  deployment,
  namespace,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { ended, pending, readyStatus, running, waiting } from '../../support/pod-statuses.ts';

/** So many seconds before the snapshot was taken. */
const ago = (seconds: number): string => new Date(Date.parse('2026-01-02T03:04:05Z') - seconds * 1000).toISOString();

type Status = NonNullable<Pod['status']>;
type Young = readonly [status: Status, seconds: number, metadata?: Partial<Pod['metadata']>];

/** A Deployment whose pods have these states and ages. */
function web(...pods: readonly Young[]): Parts {
  const parts = deployment('web', { replicas: pods.length });
  return {
    ...parts,
    pods: (parts.pods ?? []).map((pod, index) => {
      const [status, seconds, metadata] = pods[index] ?? [{}, 0];
      return { ...pod, status, metadata: { ...pod.metadata, creationTimestamp: ago(seconds), ...metadata } };
    }),
  };
}

const creating = pending([], [waiting('web', 'ContainerCreating')]);
const well = readyStatus({ containers: [container('web')] });
const runs = (extra: Partial<ContainerStatus> = {}): Status => ({
  phase: 'Running',
  containerStatuses: [{ name: 'web', ready: false, state: { running: { startedAt: ago(4) } }, ...extra }],
});

function sinceOf(parts: readonly Parts[], type: string): number | undefined {
  const scene = buildScene(snapshotOf(...parts), undefined);
  const workload = scene.workloads.find((each) => each.type === type);
  if (workload === undefined) throw new Error(`no ${type}`);
  const since = startingSince(scene, workload);
  return since === undefined ? undefined : (Date.parse('2026-01-02T03:04:05Z') - Date.parse(since)) / 1000;
}

test.each<[string, readonly Young[], number | undefined]>([
  ['one that is young', [[creating, 10]], 10],
  ['one that has had its time to the second', [[creating, 30]], 30],
  ['one that has had its time', [[creating, 31]], undefined],
  [
    'two, of which the older counts',
    [
      [creating, 10],
      [creating, 20],
    ],
    20,
  ],
  [
    'two, in the other order',
    [
      [creating, 20],
      [creating, 10],
    ],
    20,
  ],
  [
    'one beside a ready one that is old',
    [
      [well, 900],
      [creating, 10],
    ],
    10,
  ],
  [
    'one beside one that is on its way out',
    [
      [creating, 10],
      [creating, 900, { deletionTimestamp: ago(5) }],
    ],
    10,
  ],
  [
    'one beside one that is done',
    [
      [{ phase: 'Succeeded' }, 900],
      [creating, 10],
    ],
    10,
  ],
  ['ready ones alone', [[well, 900]], undefined],
  [
    'one beside one that ends again and again',
    [
      [creating, 10],
      [pending([], [waiting('web', 'CrashLoopBackOff')]), 10],
    ],
    undefined,
  ],
  ['one that runs, whatever its own age', [[runs(), 900]], 4],
  ['one that was started again', [[runs({ restartCount: 1 }), 5]], undefined],
  [
    'one of whose containers one was started again',
    [[pending([], [waiting('web', 'ContainerCreating'), { ...running('side', true), restartCount: 2 }]), 5]],
    undefined,
  ],
  [
    'one whose second container runs and is not ready',
    [
      [
        {
          phase: 'Running',
          containerStatuses: [
            { name: 'side', ready: true, state: { running: { startedAt: ago(20) } } },
            { name: 'web', ready: false, state: { running: { startedAt: ago(4) } } },
          ],
        },
        900,
      ],
    ],
    4,
  ],
  ['one that begins in the future, as far as clocks differ', [[creating, -5]], -5],
  ['one that begins in the future, beyond what clocks differ', [[creating, -6]], undefined],
  ['one of no age', [[creating, 5, { creationTimestamp: undefined as never }]], undefined],
])('of a Deployment with %s', (_, pods, expected) => {
  expect(sinceOf([web(...pods)], 'Deployment')).toBe(expected);
});

const told = (
  reason: string,
  kind: string,
  name: string,
  seconds: number,
  place: string = namespace,
): KubernetesEvent => ({
  metadata: { name: `${name}.${reason}${seconds}`, namespace: place },
  type: 'Normal',
  reason,
  lastTimestamp: ago(seconds),
  involvedObject: { kind, namespace: place, name },
});
const ending = (seconds: number, name = 'db-0'): Parts => {
  const { pods = [] } = statefulSet('db');
  return {
    pods: pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, name, deletionTimestamp: ago(seconds) } })),
  };
};
const { statefulSets = [] } = statefulSet('db', { pods: 'none' });
const refused: KubernetesEvent = {
  ...told('FailedCreate', 'StatefulSet', 'db', 1),
  type: 'Warning',
  message: 'pods "db-0" is forbidden',
};

test.each<[string, Parts, number | undefined]>([
  ['nothing was told', {}, undefined],
  ['its pod was just killed', { events: [told('Killing', 'Pod', 'db-0', 7)] }, 7],
  ['its tenth pod was just killed', { events: [told('Killing', 'Pod', 'db-10', 7)] }, 7],
  ['it just deleted its pod', { events: [told('SuccessfulDelete', 'StatefulSet', 'db', 7)] }, 7],
  ['its pod was killed to the second', { events: [told('Killing', 'Pod', 'db-0', 30)] }, 30],
  ['its pod was killed long ago', { events: [told('Killing', 'Pod', 'db-0', 31)] }, undefined],
  [
    'the later of two counts',
    { events: [told('Killing', 'Pod', 'db-0', 5), told('SuccessfulDelete', 'StatefulSet', 'db', 60)] },
    5,
  ],
  ["another's pod was killed", { events: [told('Killing', 'Pod', 'other-0', 7)] }, undefined],
  ['a pod with a longer name was killed', { events: [told('Killing', 'Pod', 'db-0-web', 7)] }, undefined],
  ['another StatefulSet deleted its pod', { events: [told('SuccessfulDelete', 'StatefulSet', 'other', 7)] }, undefined],
  ['what is named alike was killed elsewhere', { events: [told('Killing', 'Pod', 'db-0', 7, 'other')] }, undefined],
  [
    'what is named alike is of another kind',
    { events: [told('SuccessfulDelete', 'ReplicaSet', 'db-0', 7)] },
    undefined,
  ],
  ['something else was told of its pod', { events: [told('Pulled', 'Pod', 'db-0', 7)] }, undefined],
  ['its pod was killed in the future', { events: [told('Killing', 'Pod', 'db-0', -6)] }, undefined],
  ['its pod is given time to end', ending(-20), 0],
  ['its pod should have ended', ending(10), 10],
  ['its pod should long have ended', ending(40), undefined],
  ['its next pod is refused', { events: [told('Killing', 'Pod', 'db-0', 7), refused] }, undefined],
])('of a StatefulSet without a pod where %s', (_, parts, expected) => {
  expect(sinceOf([{ statefulSets }, parts], 'StatefulSet')).toBe(expected);
});

test('a Deployment without a pod is not on its way, whoever is named alike', () => {
  const { deployments = [] } = deployment('db', { pods: 'none' });
  const events = [told('Killing', 'Pod', 'db-0', 7)];
  expect(sinceOf([{ deployments, events }], 'Deployment')).toBeUndefined();
});

const old = (parts: Parts, seconds: number): Parts => ({
  ...parts,
  pods: (parts.pods ?? []).map((pod) => ({ ...pod, metadata: { ...pod.metadata, creationTimestamp: ago(seconds) } })),
});
const waitsForDb = { initContainers: [container('wait', { command: ['nc', '-z', 'db', '5432'] })] };
const waitsNow = pending(
  [{ name: 'wait', ready: false, state: { running: { startedAt: ago(5) } } }],
  [waiting('api', 'PodInitializing')],
);
const api = (status?: Status): Parts => deployment('api', { spec: waitsForDb, ...(status && { pods: status }) });

test.each<[string, readonly Parts[], boolean]>([
  ['is young, and nothing waits for it', [], true],
  ['is young, as what waits for it', [old(api(waitsNow), 5)], true],
  ['is young, and what waits for it runs', [old(api(), 900)], true],
  [
    'is young, and what waits for it crashes',
    [old(api(pending([ended('wait', 0)], [waiting('api', 'CrashLoopBackOff')])), 5)],
    false,
  ],
])('what %s', (_, parts, expected) => {
  const db = old(statefulSet('db', { pods: pending([], [waiting('db', 'ContainerCreating')]) }), 5);
  const scene = buildScene(snapshotOf(db, service('db'), ...parts), undefined);
  const workload = scene.workloads.find(({ ref }) => ref.name === 'db');

  expect(workload && isStarting(scene, workload)).toBe(expected);
});
