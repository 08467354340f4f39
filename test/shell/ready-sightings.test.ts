import { expect, test } from '@jest/globals';

import type { Pod } from '../../src/core/kubernetes-pod.ts';
import { containerRuns } from '../../src/core/steadiness.ts';
import { ReadySightings } from '../../src/shell/ready-sightings.ts';

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

const readyMs = (sightings: ReadySightings, seen: Pod, at: number): number =>
  sightings.seenMs(containerRuns([seen])[0]!.id, at);

test('counts from the first look at which a container was ready, without a break', () => {
  const sightings = new ReadySightings();
  sightings.look([pod('a', { isReady: false }), pod('b')], 100);
  expect(readyMs(sightings, pod('a'), 150)).toBe(0);
  expect(readyMs(sightings, pod('b'), 150)).toBe(50);

  sightings.look([pod('a')], 200);
  expect(readyMs(sightings, pod('a'), 1200)).toBe(1000);
  // Whoever looks at one pod says nothing of the others.
  expect(readyMs(sightings, pod('b'), 1200)).toBe(1100);

  sightings.look([pod('a', { isReady: false }), pod('b', { restarts: 1 })], 1300);
  sightings.look([pod('a'), pod('b', { restarts: 1 })], 1400);
  expect(readyMs(sightings, pod('a'), 1500)).toBe(100);
  expect(readyMs(sightings, pod('b', { restarts: 1 }), 1500)).toBe(200);
});
