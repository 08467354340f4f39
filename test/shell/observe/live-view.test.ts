import { expect, test } from '@jest/globals';

import type { ClusterReader } from '../../../src/cluster-ports.ts';
import { present } from '../../../src/core/cluster/observed.ts';
import type { Clock } from '../../../src/ports.ts';
import { createLiveView } from '../../../src/shell/observe/live-view.ts';
import { namespace, snapshotOf } from '../../support/builders.ts';

/** A cluster that answers when it is told to, and a clock that is moved by hand. */
function slowWorld() {
  let now = 0;
  const clock: Clock = { now: () => new Date(now), monotonic: () => now, sleep: () => Promise.resolve() };
  const waiting: (() => void)[] = [];
  let looks = 0;
  const list = async (resource: string) => {
    if (resource === 'pods') {
      looks += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    return present([]);
  };
  const cluster = { list } as unknown as ClusterReader;
  const scope = { namespaces: [namespace], all: false, expectedNamespaces: [], argocdNamespace: 'argocd' };
  return {
    view: createLiveView({ cluster, scope, clock }, snapshotOf()),
    looks: () => looks,
    pass: (ms: number) => {
      now += ms;
    },
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

test('a server that is slow to answer is not asked again meanwhile, nor while its answer is young', async () => {
  const { view, looks, pass, answer } = slowWorld();
  await view();
  expect(looks()).toBe(0);

  pass(200);
  const first = view();
  pass(5000);
  const second = view();
  expect(looks()).toBe(1);
  answer();
  expect(await second).toBe(await first);
  pass(199);
  await view();
  expect(looks()).toBe(1);
  pass(1);
  await view({ maxAgeMs: 1000 });
  expect(looks()).toBe(1);
  void view();
  expect(looks()).toBe(2);
});

test('what was asked before a change does not tell of it', async () => {
  const { view, looks, pass, answer } = slowWorld();
  pass(1000);
  const before = view();
  pass(1);
  const after = view({ since: 1001 });
  expect(looks()).toBe(2);
  answer();
  expect(await after).not.toBe(await before);
  await view({ since: 1001 });
  expect(looks()).toBe(2);
});
