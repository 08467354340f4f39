import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

const start = new Date('2026-11-23T12:00:00Z');

function secondsOf(clock: VirtualClock): number {
  return (clock.now().getTime() - start.getTime()) / 1000;
}

test('stands still until it is started, and advances with everything that happens on the way', () => {
  const clock = new VirtualClock(start, 1);
  const seen: [string, number][] = [];
  clock.after(2000, () => {
    seen.push(['second', secondsOf(clock)]);
    clock.after(500, () => seen.push(['third', secondsOf(clock)]));
  });
  clock.after(1000, () => seen.push(['first', secondsOf(clock)]));
  expect(seen).toEqual([]);
  clock.advance(2400);
  expect(secondsOf(clock)).toBe(2.4);
  clock.advance(1000);
  expect(seen).toEqual([
    ['first', 1],
    ['second', 2],
    ['third', 2.5],
  ]);
});

test('timers of the same time fire in the order they were set', () => {
  const clock = new VirtualClock(start, 1);
  const seen: number[] = [];
  for (const number of [1, 2, 3]) {
    clock.after(10, () => seen.push(number));
  }
  clock.advance(10);
  expect(seen).toEqual([1, 2, 3]);
});

test('a timer that was called off does not fire', () => {
  const clock = new VirtualClock(start, 1);
  const seen: string[] = [];
  const cancel = clock.after(10, () => seen.push('called off'));
  cancel();
  clock.advance(100);
  expect(seen).toEqual([]);
});

test('runs by itself once it is started: a chain of short waits takes its cluster time, whatever Node’s timers do', async () => {
  const clock = new VirtualClock(start, 10_000);
  clock.start();
  const steps: number[] = [];
  await new Promise<void>((resolve) => {
    const step = (): void => {
      steps.push(clock.now().getTime());
      if (steps.length === 50) {
        resolve();
      } else {
        clock.after(10, step);
      }
    };
    clock.after(10, step);
  });
  clock.stop();
  expect(steps.at(-1)! - steps[0]!).toBeCloseTo(490, 6);
});

test('nothing fires after it was stopped', () => {
  const clock = new VirtualClock(start, 1);
  const seen: string[] = [];
  clock.after(10, () => seen.push('before'));
  clock.stop();
  clock.after(10, () => seen.push('after'));
  clock.advance(1000);
  expect(seen).toEqual([]);
});
