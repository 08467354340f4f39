import { describe, expect, test } from '@jest/globals';
import { changeLines } from '../../../src/core/watch/change-lines.ts';
import { emptyWatchState, type TargetState, type WatchState } from '../../../src/core/watch/watch-state.ts';

const takenAt = '2026-11-25T12:00:00.000Z';

describe('what a round changed', () => {
  const thresholds = { failureThreshold: 3, successThreshold: 2 };
  const state = (more: Partial<TargetState> = {}, rest: Partial<WatchState> = {}): WatchState => ({
    ...emptyWatchState,
    targets: { shop: { status: 'up', outcome: 'pass', detail: 'answered 200', contrary: 0, failingMs: 0, ...more } },
    ...rest,
  });

  test.each<[string, WatchState, WatchState, readonly string[]]>([
    ['is nothing where all is as before', state(), state(), []],
    ['is nothing where the first look passes', emptyWatchState, state(), []],
    [
      'is the first failure',
      state(),
      state({ outcome: 'fail', detail: 'gone', contrary: 1 }),
      ['shop: fail (1 of 3 in a row before it counts): gone'],
    ],
    [
      'is the one that counts',
      state({ outcome: 'fail', contrary: 2 }),
      state({ status: 'down', outcome: 'fail', detail: 'gone', failingMs: 120_000 }),
      ['shop: fail (down, for 2 min): gone'],
    ],
    [
      'is the first pass after it',
      state({ status: 'down', outcome: 'fail' }),
      state({ status: 'down', contrary: 1, failingMs: 120_000 }),
      ['shop: pass (1 of 2 in a row before it counts, failing for 2 min): answered 200'],
    ],
    ['is the recovery', state({ status: 'down' }), state(), ['shop: pass (up): answered 200']],
    [
      'is another kind of failure',
      state({ outcome: 'fail' }),
      state({ outcome: 'unreadable', detail: 'hidden', contrary: 2 }),
      ['shop: unreadable (2 of 3 in a row before it counts): hidden'],
    ],
    [
      'is that this machine is offline',
      state(),
      state({}, { offlineSince: takenAt }),
      ['offline: this machine has no connection; nobody is told of anything'],
    ],
    [
      'is that it is online again',
      state({}, { offlineSince: takenAt }),
      state(),
      ['online again, after being offline since 2026-11-25 12:00:00 UTC'],
    ],
    [
      'is nothing while it stays offline',
      state({}, { offlineSince: takenAt }),
      state({}, { offlineSince: takenAt }),
      [],
    ],
  ])('%s', (_, before, after, lines) => {
    expect(changeLines(before, after, thresholds)).toEqual(lines);
  });
});
