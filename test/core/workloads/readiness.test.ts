import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { podEvents, readiness, timeOf } from '../../../src/core/workloads/readiness.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import {
  barePod,
  container,
  cronJob,
  daemonSet,
  deployment,
  job,
  namespace,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, readyStatus, running, waiting } from '../../support/pod-statuses.ts';

const creating = pending([], [waiting('w', 'ContainerCreating')]);
const crashing = pending([], [waiting('w', 'CrashLoopBackOff')]);
const refused = pending([], [waiting('w', 'CreateContainerConfigError')]);
const inInit = pending([running('wait')], [waiting('w', 'PodInitializing')]);
const well = readyStatus({ containers: [container('w')] });

/** The newest pod first, by name. */
function of(parts: Parts, ...statuses: readonly NonNullable<Pod['status']>[]): Parts {
  return { ...parts, pods: (parts.pods ?? []).map((pod, index) => ({ ...pod, status: statuses[index] ?? {} })) };
}
const web = (ready: number, ...statuses: readonly NonNullable<Pod['status']>[]): Parts => {
  const parts = of(deployment('w', { replicas: statuses.length }), ...statuses);
  return {
    ...parts,
    deployments: (parts.deployments ?? []).map((each) => ({
      ...each,
      status: { ...each.status, readyReplicas: ready },
    })),
  };
};
const suspended: Parts = {
  cronJobs: (cronJob('w').cronJobs ?? []).map((each) => ({ ...each, spec: { ...each.spec, suspend: true } })),
};
const scaled = (parts: Parts): Parts => ({
  statefulSets: (parts.statefulSets ?? []).map((each) => ({
    ...each,
    metadata: { ...each.metadata, annotations: { 'c2l.dev/replicas-before-restart': '1' } },
  })),
});
const unseen: Parts = {
  deployments: (deployment('w', { pods: 'none' }).deployments ?? []).map(({ metadata, spec }) => ({ metadata, spec })),
};
const unscheduled: Parts = {
  daemonSets: (daemonSet('w').daemonSets ?? []).map(({ metadata, spec }) => ({ metadata, spec })),
};

test.each<[string, Parts, string]>([
  ['a Deployment', deployment('w', { replicas: 2 }), 'ready, 2 of 2 pods are ready'],
  [
    'a Deployment that waits for one',
    web(1, well, creating),
    'not ready, 1 of 2 pods are ready; w-5c6d-1 is ContainerCreating',
  ],
  [
    'a Deployment with one too many, which is refused',
    web(2, well, refused),
    'not ready, 2 of 2 pods are ready; w-5c6d-1 is CreateContainerConfigError',
  ],
  [
    'a Deployment with one too many, which crashes',
    web(2, crashing, well),
    'not ready, 2 of 2 pods are ready; w-5c6d-0 is CrashLoopBackOff',
  ],
  ['a Deployment with one too many, which starts', web(2, creating, well), 'ready, 2 of 2 pods are ready'],
  [
    'a Deployment whose pods are refused, crash, start and wait',
    web(0, inInit, creating, crashing, refused),
    'not ready, 0 of 4 pods are ready; w-5c6d-3 is CreateContainerConfigError',
  ],
  [
    'a Deployment of which two wait alike',
    web(0, creating, creating),
    'not ready, 0 of 2 pods are ready; w-5c6d-0 is ContainerCreating',
  ],
  ['a Deployment that its controller has not seen', unseen, 'not ready, 0 of 1 pod is ready'],
  ['a Deployment without pods to have', deployment('w', { replicas: 0 }), 'ready, is scaled to 0'],
  ['a StatefulSet', statefulSet('w'), 'ready, 1 of 1 pod is ready'],
  [
    'a StatefulSet that a restart left at 0',
    scaled(statefulSet('w', { replicas: 0 })),
    'not ready, is scaled to 0 by a restart that did not end, and had 1 pod',
  ],
  ['a DaemonSet', daemonSet('w', { replicas: 3 }), 'ready, 3 of 3 pods are ready'],
  [
    'a DaemonSet that is not ready',
    daemonSet('w', { pods: creating }),
    'not ready, 0 of 1 pod is ready; w-0 is ContainerCreating',
  ],
  ['a DaemonSet that fits no node', daemonSet('w', { replicas: 0 }), 'ready, no node matches'],
  ['a DaemonSet that its controller has not seen', unscheduled, 'ready, no node matches'],
  ['a Job that runs', job('w', { pods: creating }), 'ready, is running'],
  ['a Job that crashes', job('w', { pods: crashing }), 'not ready, is running; w-0 is CrashLoopBackOff'],
  ['a Job that is suspended', job('w', { replicas: 0 }), 'ready, is suspended'],
  ['a CronJob', cronJob('w'), 'ready, runs on its schedule'],
  ['a CronJob that is suspended', suspended, 'ready, is suspended'],
  ['a bare pod', barePod('w'), 'ready, 1 of 1 pod is ready'],
  ['a bare pod that starts', barePod('w', {}, creating), 'not ready, 0 of 1 pod is ready; w is ContainerCreating'],
])('the readiness of %s', (_, parts, expected) => {
  const [workload] = workloads(snapshotOf(parts));
  if (workload === undefined) throw new Error('the test builds none');
  const { isReady, detail, worst } = readiness(workload);

  expect(
    `${isReady ? 'ready' : 'not ready'}, ${detail}${worst === undefined ? '' : `; ${worst.pod} is ${worst.state.text}`}`,
  ).toBe(expected);
});

const event = (reason: string, at: string, extra: Partial<KubernetesEvent> = {}): KubernetesEvent => ({
  metadata: { name: `${reason}${at}`, namespace },
  type: 'Warning',
  reason,
  lastTimestamp: at,
  involvedObject: { kind: 'Pod', namespace, name: 'p', uid: 'u' },
  ...extra,
});

test('events of pods are warnings and the course of pulls, oldest first', () => {
  const events = [
    event('Unhealthy', '3'),
    event('FailedMount', '1'),
    event('Pulling', '2', { type: 'Normal' }),
    event('Pulled', '4', { type: 'Normal' }),
    event('Scheduled', '0', { type: 'Normal' }),
    event('Node', '0', { involvedObject: { kind: 'Node', uid: 'u' } }),
    event('Nobody', '0', { involvedObject: { kind: 'Pod' } }),
  ];
  const found = podEvents(snapshotOf({ events }));

  expect([...found.keys()]).toEqual(['u']);
  expect(found.get('u')?.map(({ reason }) => reason)).toEqual(['FailedMount', 'Pulling', 'Unhealthy', 'Pulled']);
});

test('an event is as old as it was last told, and first told, and made', () => {
  const bare = { metadata: { name: 'e', namespace }, involvedObject: {} };

  expect(
    timeOf({ ...bare, lastTimestamp: '1', eventTime: '2', metadata: { ...bare.metadata, creationTimestamp: '3' } }),
  ).toBe('1');
  expect(timeOf({ ...bare, eventTime: '2', metadata: { ...bare.metadata, creationTimestamp: '3' } })).toBe('2');
  expect(timeOf({ ...bare, metadata: { ...bare.metadata, creationTimestamp: '3' } })).toBe('3');
  expect(timeOf(bare)).toBe('');
});
