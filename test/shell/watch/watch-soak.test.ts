import { expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { openWatchWorld } from '../../../src/adapters/watch/open-watch-world.ts';
import { watchSchema } from '../../../src/core/watch/watch-schema.ts';
import { emptyWatchState } from '../../../src/core/watch/watch-state.ts';
import type { Clock } from '../../../src/ports.ts';
import { WatchKeeper } from '../../../src/shell/watch/watch-keeper.ts';
import { lookAround } from '../../../src/shell/watch/watch-look.ts';
import { Watcher, type WatchParts } from '../../../src/shell/watch/watch-loop.ts';
import type { Told, WatchWorld } from '../../../src/watch-ports.ts';
import { isExhaustive } from '../../support/exhaustive.ts';
import { startShop } from '../../support/watch-world.ts';

const minute = 60_000;
const roundsOfADay = 1440;
const days = isExhaustive ? 28 : 2;
const roundsOverTheNetwork = isExhaustive ? 3000 : 150;

/** A clock that is only moved by hand. */
function handClock(): Clock & { advance(ms: number): void } {
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: () => Promise.resolve(),
    advance: (ms) => {
      now += ms;
    },
  };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** A receiver that takes nothing half of the time, for hours on end, and keeps count of what it took. */
function moodyReceiver(clock: Clock) {
  const keys: string[] = [];
  let taken = 0;
  const tell = ({ id }: { id: string }): Promise<Told> => {
    if (Math.floor(clock.monotonic() / (600 * minute)) % 2 === 1) {
      return Promise.resolve({ state: 'failed', reason: 'answered 503' });
    }
    taken += 1;
    keys.push(id);
    return Promise.resolve({ state: 'told' });
  };
  return { notifier: { name: 'hook', tell }, keys, taken: () => taken };
}

const settings = {
  failureThreshold: 2,
  successThreshold: 2,
  reminder: '1h',
  notify: [{ kind: 'webhook', name: 'hook', url: { env: 'HOOK' } }],
};

function watcherOf(section: WatchParts['section'], world: Pick<WatchWorld, 'getAll'>, clock: Clock) {
  const receiver = moodyReceiver(clock);
  const keeper = new WatchKeeper(emptyWatchState, { save: () => Promise.resolve() }, () => undefined);
  const watcher = new Watcher({
    section,
    source: 'soak',
    look: () => lookAround({ section, world, clock, cluster: undefined }),
    keeper,
    notifiers: new Map([['hook', receiver.notifier]]),
    heartbeat: undefined,
    clock,
    log: () => undefined,
    terminal: { err: () => undefined },
    signal: new AbortController().signal,
  });
  return { watcher, keeper, receiver };
}

test(`${String(days)} days of rounds: memory and state stay flat, and no notice is lost or doubled`, async () => {
  const endpoints = Array.from({ length: 20 }, (_, index) => ({
    name: `e${String(index)}`,
    url: `http://127.0.0.1:9/${String(index)}`,
    ...(index % 4 === 0 ? {} : { dependsOn: [`e${String(index - 1)}`] }),
  }));
  const section = watchSchema.parse({ ...settings, endpoints });
  const clock = handClock();
  let rounds = 0;
  // Each chain of four fails in its own rhythm, from a quarter of an hour to half a day.
  const isDown = (index: number): boolean =>
    Math.floor(rounds / (15 * 2 ** (Math.floor(index / 4) + 1))) % 2 === 1 && index % 4 >= 1;
  const world: Pick<WatchWorld, 'getAll'> = {
    getAll: (requests) =>
      Promise.resolve(
        requests.map((_, index) => ({ state: 'answered', status: isDown(index) ? 503 : 200, body: '', durationMs: 1 })),
      ),
  };
  const { watcher, keeper, receiver } = watcherOf(section, world, clock);
  const told: string[] = [];
  const sizes: number[] = [];
  const heaps: number[] = [];
  for (; rounds < days * roundsOfADay; rounds += 1) {
    const round = await watcher.round();
    told.push(...round.notices.filter(({ kind }) => kind !== 'reminder').map(({ id }) => id));
    await watcher.tell(round);
    clock.advance(minute);
    if ((rounds + 1) % (roundsOfADay / 2) === 0) {
      collectGarbage();
      heaps.push(process.memoryUsage().heapUsed);
      sizes.push(JSON.stringify(keeper.state).length);
    }
  }
  while (keeper.state.queue.length > 0) {
    clock.advance(10 * minute);
    await watcher.deliver();
  }
  expect(told.length).toBeGreaterThan(35 * days);
  expect(receiver.keys.filter((id) => !id.includes('/reminder-')).sort()).toEqual([...told].sort());
  expect(new Set(receiver.keys).size).toBe(receiver.keys.length);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
  expect(heaps.at(-1)! - heaps[0]!).toBeLessThan(4_000_000);
}, 600_000);

test('many rounds over the network: no connection and no timer is left behind', async () => {
  const shop = await startShop();
  const world = openWatchWorld({
    cwd: '/',
    env: {},
    version: '0.0.0-test',
    processId: 1,
    isRunning: () => false,
  });
  const urls = [`${shop.url}/a`, `${shop.url}/b`, 'http://127.0.0.1:9/refused', `${shop.url}/d`];
  const endpoints = urls.map((url, index) => ({ name: `e${String(index)}`, url, json: { status: 'ok' } }));
  const section = watchSchema.parse({ ...settings, endpoints });
  const clock = handClock();
  const { watcher, keeper } = watcherOf(section, world, clock);
  const handles = (): number => process.getActiveResourcesInfo().length;
  const counts: number[] = [];
  for (let rounds = 0; rounds < roundsOverTheNetwork; rounds += 1) {
    await watcher.round();
    clock.advance(minute);
    if ((rounds + 1) % (roundsOverTheNetwork / 3) === 0) {
      // What the last round closed is closed by the event loop, not by the call.
      await new Promise((resolve) => setImmediate(resolve));
      counts.push(handles());
    }
  }
  expect(keeper.state.rounds).toBe(roundsOverTheNetwork);
  expect(shop.requests.length).toBe(3 * roundsOverTheNetwork);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
}, 600_000);
