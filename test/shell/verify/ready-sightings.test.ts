import { expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { containerRuns } from '../../../src/core/workloads/steadiness.ts';
import { ReadySightings } from '../../../src/shell/verify/ready-sightings.ts';

function pod(name: string, { isReady = true, restarts = 0 } = {}): Pod {
  const status = { name: 'main', ready: isReady, restartCount: restarts, state: { running: {} } };
  return {
    metadata: { name, uid: name },
    spec: { containers: [{ name: 'main' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [status],
    },
  };
}

const clockAt = (at: number, jumped = 0) => ({ monotonic: () => at, now: () => new Date(1_000_000 + at + jumped) });

test('counts from the first look at which a container was ready, without a break', () => {
  const sightings = new ReadySightings();
  const readyMs = (at: number, ...pods: Pod[]): number[] => {
    const { seenMs } = sightings.look(pods, clockAt(at));
    return pods.flatMap((each) => containerRuns([each]).map(({ id }) => seenMs(id)));
  };
  expect(readyMs(100, pod('a', { isReady: false }), pod('b'))).toEqual([0, 0]);
  // Whoever looks at one pod says nothing of the others.
  expect(readyMs(200, pod('a'))).toEqual([0]);
  expect(readyMs(1200, pod('a'), pod('b'))).toEqual([1000, 1100]);

  expect(readyMs(1300, pod('a', { isReady: false }), pod('b', { restarts: 1 }))).toEqual([0, 0]);
  expect(readyMs(1400, pod('a'), pod('b', { restarts: 1 }))).toEqual([0, 100]);
});

test('the time of day goes on from the first look, whatever the clock is set to later', () => {
  const sightings = new ReadySightings();
  expect(sightings.look([], clockAt(100)).now).toBe(1_000_100);
  expect(sightings.look([], clockAt(300, 86_400_000)).now).toBe(1_000_300);
});
