import { expect, test } from '@jest/globals';

import { postponed, waitMs } from '../../../src/core/watch/notices.ts';
import type { Delivery } from '../../../src/core/watch/watch-state.ts';

const failedAt = Date.parse('2026-11-25T12:00:00Z');
const minute = 60_000;

const fresh: Delivery = {
  to: 'hook',
  attempts: 0,
  notice: {
    id: 'a/opened',
    kind: 'opened',
    incident: 'a',
    at: '2026-11-25T12:00:00Z',
    severity: 'error',
    source: 'shop',
    startedAt: '2026-11-25T12:00:00Z',
    durationMs: 0,
    roots: [],
    beneath: [],
  },
};

/** How long a delivery still waits, when the clock stands so much later than when it failed. */
function waitAfter(ms: number, { attempts = 0, askedMs = 0 } = {}): number {
  const [delivery] = postponed([{ ...fresh, attempts }], { ...fresh, attempts }, new Date(failedAt), askedMs);
  return waitMs(delivery!, new Date(failedAt + ms));
}

test.each([
  ['a first failure waits 5 s', waitAfter(0), 5000],
  ['and less as they pass', waitAfter(2000), 3000],
  ['a fourth one waits 40 s', waitAfter(0, { attempts: 3 }), 40_000],
  ['no failure waits more than 5 min', waitAfter(0, { attempts: 30 }), 5 * minute],
  ['nor what a receiver asks for', waitAfter(0, { askedMs: 60 * minute }), 5 * minute],
  ['a clock that is set forward makes it due', waitAfter(60 * minute), 0],
  ['one that is set back makes nobody wait longer: an hour', waitAfter(-60 * minute), 0],
  ['or a minute', waitAfter(-minute), 0],
])('%s', (_what, wait, expected) => {
  expect(wait).toBe(expected);
});
