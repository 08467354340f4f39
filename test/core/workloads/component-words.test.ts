import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { refId, type KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { componentStates, componentStatesById, diagnosedStates } from '../../../src/core/workloads/component-states.ts';
import { failedRuns } from '../../../src/core/workloads/failed-runs.ts';
import {
  container,
  cronJob,
  deployment,
  keyEnv,
  namespace,
  owner,
  secretWith,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

const event: KubernetesEvent = {
  metadata: { name: 'e', namespace },
  type: 'Warning',
  reason: 'FailedCreate',
  message: 'pods "db-0" is forbidden',
  involvedObject: { kind: 'StatefulSet', namespace, name: 'db' },
};
const inState = (reason: string): Pod['status'] => pending([], [waiting('db', reason)]);
const ending = (parts: Parts): Parts => ({
  ...parts,
  pods: (parts.pods ?? []).map((pod) => ({
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:04:00Z' },
  })),
});
const replaced = (): Parts => {
  const { statefulSets = [], pods = [] } = statefulSet('db', { replicas: 2 });
  return {
    statefulSets,
    pods: pods.map((pod, index) => (index === 0 ? (ending({ pods: [pod] }).pods?.[0] ?? pod) : pod)),
  };
};

test.each<[string, readonly Parts[], string]>([
  [
    'whose pods are refused',
    [statefulSet('db', { pods: 'none' }), { events: [event] }],
    'stuck, 0 of 1 pod is ready: pods "db-0" is forbidden',
  ],
  ['without a pod, of which nothing is told', [statefulSet('db', { pods: 'none' })], 'waiting, 0 of 1 pod is ready'],
  [
    'of two with one pod, the other refused',
    [
      (() => {
        const { statefulSets = [], pods = [] } = statefulSet('db', { replicas: 2, pods: inState('ContainerCreating') });
        return { statefulSets, pods: pods.slice(0, 1) };
      })(),
      { events: [event] },
    ],
    'waiting, db-0 is ContainerCreating',
  ],
  ['that starts', [statefulSet('db', { pods: inState('ContainerCreating') })], 'waiting, db-0 is ContainerCreating'],
  [
    'that is refused',
    [statefulSet('db', { pods: inState('CreateContainerConfigError') })],
    'stuck, db-0 is CreateContainerConfigError',
  ],
  ['that crashes', [statefulSet('db', { pods: inState('CrashLoopBackOff') })], 'stuck, db-0 is CrashLoopBackOff'],
  ['whose one pod is being ended', [ending(statefulSet('db'))], 'waiting, db-0 is Terminating'],
  ['of which one pod of two is being ended', [replaced()], 'ready, 2 of 2 pods are ready'],
])('the state of a StatefulSet %s', (_, parts, expected) => {
  const snapshot = snapshotOf(...parts);
  const [seen] = componentStates(snapshot);

  expect(`${seen?.state ?? ''}, ${seen?.detail ?? ''}`).toBe(expected);
  const id = refId({ kind: 'StatefulSet', namespace, name: 'db' });
  expect([...componentStatesById(snapshot, undefined)]).toEqual([[id, seen]]);
});

const takes = (...keys: readonly string[]) => ({
  spec: { containers: [container('c', { env: keys.map((key) => keyEnv('app', key)) })] },
});
const run = (name: string, born: string, conditions: readonly object[], by = 'nightly', kind = 'CronJob') =>
  ({
    metadata: {
      name,
      namespace,
      uid: `Job-${name}`,
      ...(born !== '' && { creationTimestamp: born }),
      ownerReferences: [owner(kind, by)],
    },
    spec: { template: { spec: { containers: [container('c')] } } },
    status: { conditions },
  }) as NonNullable<Parts['jobs']>[number];
const failed = (at?: string) => ({
  type: 'Failed',
  status: 'True',
  ...(at !== undefined && { lastTransitionTime: at }),
});
const lastGood = (lastSuccessfulTime: string): Parts => ({
  cronJobs: (cronJob('nightly').cronJobs ?? []).map((each) => ({ ...each, status: { lastSuccessfulTime } })),
});

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'runs and lacks a whole Secret',
    [deployment('web', takes('k'))],
    ['deployment/web: ready, runs now; its next start fails: lacks Secret app'],
  ],
  [
    'runs and lacks two keys',
    [deployment('web', takes('k', 'l')), secretWith('app', { o: 'x' })],
    ['deployment/web: ready, runs now; its next start fails: lacks k and l'],
  ],
  [
    'runs beside one that lacks a key',
    [deployment('api', takes('k')), deployment('web'), secretWith('app', { o: 'x' })],
    ['deployment/api: ready, runs now; its next start fails: lacks k', 'deployment/web: ready, 1 of 1 pod is ready'],
  ],
  [
    'has a value of which nothing is proven',
    [deployment('web', { ...takes('k'), replicas: 0 }), secretWith('app', { k: '' })],
    ['deployment/web: ready, is scaled to 0'],
  ],
  [
    'failed at its last run',
    [cronJob('nightly'), { jobs: [run('a', '1', [failed('2')])] }],
    ['cronjob/nightly: waiting, runs on its schedule, but its last run failed'],
  ],
  [
    'failed at its last run and lacks a key',
    [cronJob('nightly', takes('k')), { jobs: [run('a', '1', [failed('2')])] }, secretWith('app', { o: 'x' })],
    ['cronjob/nightly: stuck, runs on its schedule, but its last run failed, and its next start fails'],
  ],
  [
    'has no pod and lacks a key',
    [deployment('web', { ...takes('k'), pods: 'none' }), secretWith('app', { o: 'x' })],
    ['deployment/web: waiting, 0 of 1 pod is ready'],
  ],
])('what %s, in the light of a diagnosis', (_, parts, expected) => {
  const snapshot = snapshotOf(...parts);
  const states = diagnosedStates(snapshot, undefined, diagnose(snapshot));

  expect(states.map(({ component, state, detail }) => `${component}: ${state}, ${detail}`)).toEqual(expected);
});

const podOf = (name: string, born: string, by = 'a'): Pod => ({
  metadata: { name, namespace, creationTimestamp: born, ownerReferences: [owner('Job', by)] },
  spec: { containers: [] },
});
const bare: Pod = { metadata: { name: 'bare', namespace }, spec: { containers: [] } };

test.each<[string, readonly Parts[], readonly string[]]>([
  ['failed', [cronJob('nightly'), { jobs: [run('a', '1', [failed('2')])] }], ['a']],
  [
    'failed, with its newest pod',
    [
      cronJob('nightly'),
      { jobs: [run('a', '1', [failed('2')])], pods: [podOf('x', '1'), podOf('y', '2'), podOf('z', '3', 'b'), bare] },
    ],
    ['a y'],
  ],
  [
    'failed after one that did not',
    [
      cronJob('nightly'),
      { jobs: [run('b', '2', [failed('3')]), run('a', '1', [{ type: 'Complete', status: 'True' }])] },
    ],
    ['b'],
  ],
  [
    'failed before one that did not',
    [
      cronJob('nightly'),
      { jobs: [run('a', '1', [failed('2')]), run('b', '2', [{ type: 'Complete', status: 'True' }])] },
    ],
    [],
  ],
  [
    'failed before one that runs',
    [cronJob('nightly'), { jobs: [run('a', '1', [failed('2')]), run('b', '2', [])] }],
    ['a'],
  ],
  ['failed before its CronJob last succeeded', [lastGood('3'), { jobs: [run('a', '1', [failed('2')])] }], []],
  ['failed after its CronJob last succeeded', [lastGood('1'), { jobs: [run('a', '1', [failed('2')])] }], ['a']],
  [
    'failed nobody knows when, after its CronJob last succeeded',
    [lastGood('1'), { jobs: [run('a', '1', [failed()])] }],
    ['a'],
  ],
  [
    'failed nobody knows when, and began before its CronJob last succeeded',
    [lastGood('2'), { jobs: [run('a', '1', [failed()])] }],
    [],
  ],
  [
    'might have failed',
    [
      cronJob('nightly'),
      {
        jobs: [
          run('a', '1', [
            { type: 'Failed', status: 'False' },
            { type: 'Complete', status: 'True' },
          ]),
        ],
      },
    ],
    [],
  ],
  ['is of another CronJob', [cronJob('nightly'), { jobs: [run('a', '1', [failed('2')], 'other')] }], []],
  [
    'is of something else of that name',
    [
      cronJob('nightly'),
      {
        jobs: [
          {
            ...run('a', '1', [failed('2')]),
            metadata: {
              name: 'a',
              namespace,
              ownerReferences: [{ apiVersion: 'v1', kind: 'Workflow', name: 'x', uid: 'CronJob-nightly' }],
            },
          },
        ],
      },
    ],
    [],
  ],
  [
    "is nobody's",
    [cronJob('nightly'), { jobs: [{ ...run('a', '1', [failed('2')]), metadata: { name: 'a', namespace } }] }],
    [],
  ],
])('of a CronJob the last run %s', (_, parts, expected) => {
  const found = [...failedRuns(snapshotOf(...parts)).values()];

  expect(
    found.map(({ job, pod }) => [job.metadata.name, ...(pod === undefined ? [] : [pod.metadata.name])].join(' ')),
  ).toEqual(expected);
});
