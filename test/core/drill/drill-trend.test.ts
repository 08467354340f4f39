import { describe, expect, test } from '@jest/globals';

import {
  canRunAgain,
  flagsAgain,
  historyCommand,
  runAgain,
  type AskedDrill,
  type AskedFlags,
} from '../../../src/core/drill/drill-command.ts';
import { outcomesText, recoveryTimes } from '../../../src/core/drill/drill-trend.ts';
import type { Verdict } from '../../../src/core/reports/report.ts';
import { earlierResult } from '../../render/drill-reports.ts';

const recovered = (tookMs: number) => earlierResult('02-01', tookMs);
const late = (tookMs: number) => earlierResult('02-01', tookMs, { outcome: 'too-late' });
const failed = (tookMs: number) => earlierResult('02-01', tookMs, { outcome: 'not-recovered', verdict: 'problems' });
const stopped = (verdict: Verdict) => earlierResult('02-01', 1, { outcome: 'not-recovered', verdict });

describe('recovery times', () => {
  test.each([
    ['of an odd number of drills', [recovered(7000), recovered(1000), recovered(3000)], 1000, 7000, 3000],
    ['of an even number: the mean of both in the middle', [recovered(5000), recovered(9000)], 5000, 9000, 7000],
    ['with one that was late: it recovered', [recovered(5000), late(9000)], 5000, 9000, 7000],
    ['without those that did not recover', [failed(100), recovered(5000), failed(90_000)], 5000, 5000, 5000],
  ])('%s', (_, results, least, most, median) => {
    expect(recoveryTimes(results)).toEqual({ least, most, median });
  });

  test('there are none where none recovered', () => {
    expect(recoveryTimes([failed(100)])).toBeUndefined();
  });
});

test('drills are counted by what became of them', () => {
  expect(outcomesText([recovered(1), failed(1), late(1), failed(1)])).toBe(
    '4 drills, 1 recovered in time, 1 too late, 2 not recovered',
  );
  // Unless what it broke was not put back: that is worse than any interruption.
  expect(outcomesText([stopped('interrupted'), stopped('partial'), recovered(1)])).toBe(
    '3 drills, 1 recovered in time, 1 not recovered, 1 interrupted',
  );
});

test.each<[AskedDrill, string]>([
  [{ scenario: 'missing-keys' }, 'c2l dr-drill run missing-keys'],
  [{ scenario: 'nothing', file: './none.yaml' }, 'c2l dr-drill run ./none.yaml'],
  [
    { scenario: 'missing-keys', sources: ['env:a b.env', 'age:x'], journalNamespace: 'kept', manual: true },
    "c2l dr-drill run missing-keys --from 'env:a b.env' --from age:x --journal-namespace kept --manual",
  ],
  [{ scenario: 'missing-keys', journalNamespace: 'c2l-drill' }, 'c2l dr-drill run missing-keys'],
])('what runs %j again', (asked, command) => {
  expect(runAgain(asked)).toBe(command);
});

test.each<[AskedFlags, readonly string[]]>([
  [{}, []],
  [{ limitMs: 90_000 }, ['--limit 90s']],
  [{ limitMs: 600_000, identity: 'my key.txt' }, ['--limit 10m', "--identity 'my key.txt'"]],
  [
    {
      journalFile: 'j.age',
      onlookers: [
        { kind: 'watch', url: 'http://watch:1' },
        { kind: 'alertmanager', url: 'http://alerts:2' },
      ],
      reports: ['a.html', 'a.prom'],
      pushTo: 'http://push:3',
      notify: true,
    },
    [
      '--journal-file j.age',
      '--watch http://watch:1',
      '--alertmanager http://alerts:2',
      '--push-metrics http://push:3',
      '--report a.html',
      '--report a.prom',
      '--notify',
    ],
  ],
  // What is kept of a drill holds no password.
  [{ pushTo: 'http://ann:geheim@push:3', onlookers: [{ kind: 'watch', url: 'http://ann:geheim@watch:1' }] }, []],
])('what a drill was asked for with is typed again: %j', (asked, flags) => {
  expect(flagsAgain(asked)).toEqual(flags);
});

test('only a drill whose file is known can be run again, where it did not ship with c2l', () => {
  expect([{ scenario: 'keys-mine' }, { scenario: 'keys-mine', file: 'x.yaml' }, { scenario: 'missing-keys' }].map(canRunAgain)).toEqual([false, true, true]); // prettier-ignore
  expect(historyCommand({ journalNamespace: 'kept' })).toBe('c2l dr-drill history --journal-namespace kept');
});
