import { describe, expect, test } from '@jest/globals';

import type { DrillMenu } from '../../../src/core/drill/drill-menu.ts';
import { randomDrill } from '../../../src/core/drill/random-drill.ts';
import { distribution } from '../../../src/core/drill/rehearsal-report.ts';
import { seededRandom } from '../../../src/core/drill/seeded-random.ts';

const menu: DrillMenu = {
  secrets: ['shop', 'regcred'],
  hasPullSecrets: true,
  keys: ['password', 'token', 'user'],
  changeable: ['password'],
  workloads: ['Deployment/api'],
};

const many = Array.from({ length: 500 }, (_, seed) => randomDrill(seed, menu));

describe('a random drill', () => {
  test('is the same for the same seed, and hardly ever for another', () => {
    expect(many.map(({ seed }) => randomDrill(seed, menu))).toEqual(many);
    const faults = many.map(({ scenario, attempts }) => JSON.stringify([scenario.faults, attempts]));
    expect(new Set(faults).size).toBeGreaterThan(400);
  });

  test('draws every kind of fault, and nothing that is not on the menu', () => {
    const faults = many.flatMap(({ scenario }) => scenario.faults);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set(['lose-secrets', 'lose-keys', 'change-values', 'lose-workloads', 'undo-recovery', 'refuse-source']),
    );
    const keys = faults.flatMap((fault) => (fault.kind === 'lose-keys' ? fault.keys : []));
    expect(new Set(keys)).toEqual(new Set(menu.keys));
    const changed = faults.flatMap((fault) => (fault.kind === 'change-values' ? fault.keys : []));
    expect(new Set(changed)).toEqual(new Set(menu.changeable));
    expect(faults.every((fault) => !('keys' in fault) || new Set(fault.keys).size === fault.keys.length)).toBe(true);
  });

  test('is stopped at any line in every way, and its last attempt is not', () => {
    const stops = many.flatMap(({ attempts }) => attempts.flatMap(({ interruption }) => interruption ?? []));
    expect(new Set(stops.map(({ how }) => how))).toEqual(new Set(['killed-before', 'killed-after', 'ctrl-c']));
    expect(new Set(stops.map(({ line }) => line))).toEqual(new Set(Array.from({ length: 16 }, (_, line) => line + 1)));
    for (const { attempts } of many) {
      expect(attempts[0]?.command).toBe('run');
      expect(attempts.slice(1).every(({ command }) => command !== 'run')).toBe(true);
      expect(attempts.at(-1)?.interruption).toBeUndefined();
      expect(attempts.slice(0, -1).every(({ interruption }) => interruption !== undefined)).toBe(true);
    }
  });

  test('breaks what there is where the menu is short', () => {
    const alone = { ...menu, secrets: [], hasPullSecrets: false, keys: [], changeable: [] };
    const kinds = many.map(({ seed }) => randomDrill(seed, alone).scenario.faults[0]?.kind);
    expect(new Set(kinds)).toEqual(new Set(['lose-workloads']));
  });
});

test('random numbers are spread evenly', () => {
  const random = seededRandom(7);
  const counts = [0, 0, 0, 0, 0];
  for (let index = 0; index < 5000; index += 1) {
    const drawn = random.below(5);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(900);
  expect(Math.max(...counts)).toBeLessThan(1100);
});

test('the distribution of times tells ranks, and counts each time in one bucket', () => {
  const times = Array.from({ length: 100 }, (_, index) => (index + 1) * 100);
  expect(distribution(times)).toMatchObject({ count: 100, min: 100, median: 5000, p90: 9000, p99: 9900, max: 10_000 });
  const buckets = distribution(times)?.buckets ?? [];
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  expect(buckets.at(-1)).toEqual({ fromMs: 10_000, toMs: 11_000, count: 1 });
  expect(distribution([])).toBeUndefined();
  expect(distribution([0])?.buckets).toEqual([{ fromMs: 0, toMs: 100, count: 1 }]);
});
