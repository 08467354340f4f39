import { describe, expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  barePod,
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

/** Seconds before the snapshot was taken. */
function ago(seconds: number): string {
  return new Date(Date.parse('2026-01-02T03:04:05Z') - seconds * 1000).toISOString();
}

function begun(parts: Parts, seconds: number): Parts {
  const pods = parts.pods?.map((pod) => ({ ...pod, metadata: { ...pod.metadata, creationTimestamp: ago(seconds) } }));
  return { ...parts, ...(pods && { pods }) };
}

const creating = pending([], [waiting('web', 'ContainerCreating')]);

function runs(seconds: number, extra: Partial<ContainerStatus> = {}): NonNullable<Pod['status']> {
  return pending([], [{ name: 'web', ready: false, state: { running: { startedAt: ago(seconds) } }, ...extra }]);
}

function initRuns(seconds: number): NonNullable<Pod['status']> {
  const init = { name: 'wait', ready: false, state: { running: { startedAt: ago(seconds) } } };
  return pending([init], [waiting('web', 'PodInitializing')]);
}

function event(reason: string, message: string): Parts {
  return {
    events: [
      {
        metadata: { name: 'web.1', namespace },
        type: reason === 'Pulling' ? 'Normal' : 'Warning',
        reason,
        message,
        lastTimestamp: ago(1),
        involvedObject: { kind: 'Pod', namespace, name: 'web', uid: 'pod-web' },
      },
    ],
  };
}

const pulling = event('Pulling', 'Pulling image "registry.example.test/web:1"');
const unhealthy = event('Unhealthy', 'Readiness probe failed: connection refused');
const probe = (numbers: object) => ({ containers: [container('web', { readinessProbe: numbers })] });

const init = { initContainers: [container('wait', { command: ['sleep', '60'] })] };
const initForDb = { initContainers: [container('wait', { command: ['nc', '-z', 'db', '5432'] })] };

const bare = (status: Pod['status'], seconds: number, spec: object = {}): Parts =>
  begun(barePod('web', spec, status), seconds);

describe('a pod that is not ready', () => {
  test.each<[string, Parts[], string[]]>([
    ['is no error as long as it could not be', [bare(creating, 4)], ['warning workload-not-ready']],
    ['is one later', [bare(creating, 40)], ['error workload-not-ready']],
    ['of which no time is known is one', [barePod('web', {}, creating)], ['error workload-not-ready']],
    ['of a clock that is ahead is one', [bare(creating, -60)], ['error workload-not-ready']],
    ['and waits for its image', [bare(creating, 4), pulling], ['warning workload-not-ready']],
    ['and waits for its image too long', [bare(creating, 60), pulling], ['error workload-not-ready']],
    ['whose program began just now, after a long pull', [bare(runs(5), 300)], ['warning workload-not-ready']],
    ['whose program has run for long', [bare(runs(31), 31)], ['error workload-not-ready']],
    ['and has had no time for its probe', [bare(runs(5), 6), unhealthy], ['warning readiness-probe-failing']],
    [
      'whose probe has had as many tries as it has',
      [bare(runs(5), 6, probe({ periodSeconds: 1 })), unhealthy],
      ['error readiness-probe-failing'],
    ],
    [
      'whose probe begins late',
      [bare(runs(60), 60, probe({ initialDelaySeconds: 45 })), unhealthy],
      ['warning readiness-probe-failing'],
    ],
    ['whose program ended before', [bare(runs(2, { restartCount: 1 }), 8)], ['error workload-not-ready']],
    ['whose init container has just begun', [bare(initRuns(3), 4, init)], ['warning workload-not-ready']],
    ['whose init container runs on', [bare(initRuns(40), 45, init)], ['error workload-not-ready']],
    ['and waits for what is not there', [bare(initRuns(3), 4, initForDb)], ['error dependency-unavailable']],
    [
      'and waits for what is ready',
      [deployment('db'), service('db'), bare(initRuns(1), 1, initForDb)],
      ['warning dependency-unavailable'],
    ],
    [
      'and has waited long for what is ready',
      [deployment('db'), service('db'), bare(initRuns(40), 45, initForDb)],
      ['error dependency-unavailable'],
    ],
    [
      'and lacks a key',
      [bare(creating, 4, { containers: [container('web', { env: [keyEnv('app', 'k')] })] }), secret('app', [])],
      ['error secret-key-missing'],
    ],
    [
      'is one where another of its Deployment has been so for long',
      [
        (() => {
          const { pods = [], ...rest } = deployment('web', { replicas: 2, pods: creating });
          const [young, old] = [4, 300].map((seconds, index) => begun({ pods: pods.slice(index, index + 1) }, seconds));
          return { ...rest, pods: [...(young?.pods ?? []), ...(old?.pods ?? [])] };
        })(),
      ],
      ['error workload-not-ready'],
    ],
    [
      'is one where it has blocked another for long',
      [
        begun(deployment('db', { pods: pending([], [waiting('db', 'ContainerCreating')]) }), 4),
        service('db'),
        begun(deployment('web', { spec: initForDb, pods: initRuns(300) }), 300),
      ],
      ['error workload-not-ready'],
    ],
    [
      'is none where all that it blocks is as young',
      [
        begun(deployment('db', { pods: pending([], [waiting('db', 'ContainerCreating')]) }), 4),
        service('db'),
        begun(deployment('web', { spec: initForDb, pods: initRuns(3) }), 4),
      ],
      ['warning workload-not-ready'],
    ],
  ])('%s', (_, parts, expected) => {
    const found = diagnose(snapshotOf(...parts));
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });

  /** A StatefulSet of one pod, which was ended; the event is of so many seconds ago, and so is the end of the pod's time. */
  const replaced = (event: number, reason: string, endsIn?: number): Parts[] => {
    const { pods = [], ...rest } = statefulSet('db', { pods: pending([], [waiting('db', 'ContainerCreating')]) });
    const ending = pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: ago(-(endsIn ?? 0)) },
    }));
    const involvedObject = {
      kind: reason === 'Killing' ? 'Pod' : 'StatefulSet',
      namespace,
      name: reason === 'Killing' ? 'db-0' : 'db',
    };
    const type = reason === 'FailedCreate' ? 'Warning' : 'Normal';
    return [
      { ...rest, pods: endsIn === undefined ? [] : ending },
      {
        events: [
          {
            metadata: { name: 'db.1', namespace },
            type,
            reason,
            message: 'told',
            lastTimestamp: ago(event),
            involvedObject,
          },
        ],
      },
    ];
  };

  test.each<[string, Parts[], string]>([
    ['that was ended just now', replaced(3, 'Killing'), 'warning'],
    ['that was ended long ago', replaced(40, 'Killing'), 'error'],
    ['whose next one is refused', replaced(3, 'FailedCreate'), 'error'],
    ['that has time to end', replaced(300, 'Killing', 20), 'warning'],
    ['that does not end in its time', replaced(300, 'Killing', -40), 'error'],
    ['of which nothing is told', replaced(3, 'Scheduled'), 'error'],
  ])('and is the only one of a StatefulSet, %s', (_, parts, severity) => {
    expect(diagnose(snapshotOf(...parts)).map((found) => [found.severity, found.code])).toEqual([
      [severity, 'workload-not-ready'],
    ]);
  });

  test('says since when, where there was no time', () => {
    const [found] = diagnose(snapshotOf(bare(creating, 4)));
    expect(found?.message).toBe(
      'pod/web is not ready: it is ContainerCreating; it was begun at 2026-01-02 03:04:01 UTC, too recently to tell',
    );
  });
});
