import { expect, test } from '@jest/globals';

import type { ContainerStatus, Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { containerRuns, restartedSince, steadiness } from '../../../src/core/workloads/steadiness.ts';

const now = Date.parse('2026-01-02T03:00:00Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

function podOf(status: Partial<ContainerStatus>, extra: Partial<NonNullable<Pod['status']>> = {}): Pod {
  return {
    metadata: { name: 'api-1', namespace: 'shop', uid: 'u1' },
    spec: { containers: [{ name: 'api' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'api', ready: true, ...status }], ...extra },
  };
}

const run = (startedSecondsAgo: number) => ({ running: { startedAt: ago(startedSecondsAgo) } });
const endedAfter = (seconds: number, before = 20) => ({
  terminated: { exitCode: 1, startedAt: ago(before + seconds), finishedAt: ago(before) },
});

test.each<[string, Partial<ContainerStatus>, number, number]>([
  ['runs for a day', { state: run(86_400) }, 0, 0],
  ['started just now', { state: run(0) }, 0, 2000],
  ['started just now and was watched since', { state: run(2) }, 2000, 0],
  ['started by a clock that is ahead', { state: run(-30) }, 500, 1500],
  ['is younger than clocks may differ by', { state: run(6) }, 0, 1000],
  ['was restarted and outlived its last run', { restartCount: 1, state: run(60), lastState: endedAfter(30, 61) }, 0, 0],
  ['was restarted and did not', { restartCount: 1, state: run(10), lastState: endedAfter(30) }, 0, 27_000],
  ['was restarted once after two minutes', { restartCount: 1, state: run(1), lastState: endedAfter(120) }, 2000, 0],
  ['was restarted again and again so', { restartCount: 2, state: run(1), lastState: endedAfter(120) }, 2000, 120_000],
  ['was restarted once after hours', { restartCount: 1, state: run(1), lastState: endedAfter(7200) }, 2000, 0],
  ['was restarted, and nobody knows after how long', { restartCount: 1, state: run(60) }, 0, 0],
  ['does not tell since when it runs', { state: { running: {} } }, 0, 2000],
])('a container that %s', (_, status, seen, missingMs) => {
  const judged = steadiness(containerRuns([podOf(status)]), { steadyMs: 2000, now, seenMs: () => seen });
  expect(judged.missingMs).toBe(missingMs);
  expect(judged.detail === '').toBe(missingMs === 0);
});

const looping = (restartCount: number, terminated: object): Pod =>
  podOf({ restartCount, state: run(1), lastState: { terminated } });
const short = { startedAt: ago(30), finishedAt: ago(10) };

test.each<[string, Pod, string]>([
  ['started just now', podOf({ state: run(0) }), 'container api of pod api-1 has not run for 2 s yet'],
  [
    'ended once',
    looping(1, { ...short, exitCode: 3 }),
    'was restarted once, ended with exit code 3 after 20 s the last time',
  ],
  ['ended often', looping(4, { ...short, exitCode: 3 }), 'was restarted 4 times, ended with exit code 3 after 20 s'],
  ['ended of memory', looping(1, { ...short, exitCode: 137, reason: 'OOMKilled' }), 'ended with OOMKilled after 20 s'],
  [
    'ended for a reason that says less than its code',
    looping(1, { ...short, exitCode: 2, reason: 'Error' }),
    'ended with exit code 2 after 20 s',
  ],
  [
    'ended without a code',
    looping(1, { ...short, reason: 'ContainerStatusUnknown' }),
    'ended with ContainerStatusUnknown after 20 s',
  ],
  ['ended without a word', looping(1, short), 'ended with an unknown end after 20 s'],
  [
    'ended at once',
    looping(1, { startedAt: ago(10), finishedAt: ago(10), exitCode: 1 }),
    'ended with exit code 1 after 0 s',
  ],
  [
    'ended before it began',
    looping(1, { startedAt: ago(5), finishedAt: ago(10), exitCode: 1 }),
    'has not run for 2 s yet',
  ],
  [
    'ended after exactly a minute',
    looping(1, { startedAt: ago(70), finishedAt: ago(10), exitCode: 1 }),
    'has not run for 2 s yet',
  ],
])('why a container that %s is not believed', (_, pod, words) => {
  const judged = steadiness(containerRuns([pod]), { steadyMs: 2000, now, seenMs: () => 0 });
  expect(judged.detail).toContain(words);
});

test('sidecars stay up beside the containers, and init containers do not', () => {
  const pod = podOf(
    { state: run(0) },
    { initContainerStatuses: [{ name: 'wait' }, { name: 'proxy', restartCount: 2 }] },
  );
  const spec = { ...pod.spec, initContainers: [{ name: 'wait' }, { name: 'proxy', restartPolicy: 'Always' }] };
  const bare = { ...pod, metadata: { name: 'api-2' } };

  expect(containerRuns([{ ...pod, spec }, bare]).map(({ id }) => id)).toEqual([
    'u1/proxy/2',
    'u1/api/0',
    'api-2/api/0',
  ]);
  expect(
    containerRuns([
      { ...pod, status: { phase: 'Running' } },
      { metadata: pod.metadata, spec },
    ]),
  ).toEqual([]);
});

test('a restart of which nothing else is known is named alone', () => {
  const [first, later] = [1, 2].map((restartCount) => containerRuns([podOf({ restartCount, state: run(1) })]));
  expect(restartedSince(first ?? [], later ?? [])).toBe(
    'container api of pod api-1 was restarted while it was verified',
  );
});

test('a steady time of nothing believes at once', () => {
  const looper = podOf({ restartCount: 9, state: run(1), lastState: endedAfter(30) });
  expect(steadiness(containerRuns([looper]), { steadyMs: 0, now, seenMs: () => 0 }).missingMs).toBe(0);
});

test('pods that are finished or on their way out need not stay up', () => {
  const leaving = podOf({ state: run(0) });
  const pods = [
    podOf({ state: run(0) }, { phase: 'Succeeded' }),
    { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: ago(1) } },
  ];
  expect(containerRuns(pods)).toEqual([]);
});

test('a restart since the first look is named with how it ended, and a new pod is none', () => {
  const first = containerRuns([podOf({ restartCount: 1, state: run(9) })]);
  const later = containerRuns([podOf({ restartCount: 2, state: run(1), lastState: endedAfter(3) })]);
  expect(restartedSince(first, later)).toBe(
    'container api of pod api-1 was restarted while it was verified: it ended with exit code 1',
  );
  const replaced = later.map((each) => ({ ...each, id: `u2/api/2` }));
  expect(restartedSince(first, replaced)).toBeUndefined();
  expect(restartedSince(first, first)).toBeUndefined();
});
