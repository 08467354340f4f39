import { expect, test } from '@jest/globals';
import { mapLimited } from '../../src/core/map-limited.ts';

test('keeps the order, and never more than the limit under way', async () => {
  let underWay = 0;
  let most = 0;
  const turns = [5, 1, 4, 2, 3, 1, 1];

  const results = await mapLimited(turns, 3, async (count) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < count; turn++) await Promise.resolve();
    underWay--;
    return count * 10;
  });

  expect(results).toEqual([50, 10, 40, 20, 30, 10, 10]);
  expect(most).toBe(3);
});

test('nothing to do', async () => {
  expect(await mapLimited([], 8, () => Promise.reject(new Error('called')))).toEqual([]);
});
