import { expect, test } from '@jest/globals';

import { dashboardUid } from '../../../src/core/generate/dashboard-uid.ts';

test('Grafana takes the uid of every stack, and no two stacks share one', () => {
  const long = 'payments-platform-of-the-western-region';
  const names = ['shop', 'shop.v2', 'shop-v2', `${long}-staging`, `${long}-production`, 'n'.repeat(253)];
  const uids = names.map(dashboardUid);
  expect(uids.filter((uid) => !/^[a-zA-Z0-9_-]{1,40}$/.test(uid))).toEqual([]);
  expect(new Set(uids).size).toBe(names.length);
  expect(uids.slice(0, 1)).toEqual(['c2l-shop']);
});
