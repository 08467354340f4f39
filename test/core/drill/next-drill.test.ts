import { describe, expect, test } from '@jest/globals';

import type { DrillOutcome, DrillReport } from '../../../src/core/drill/drill-report.ts';
import { beforeNextDrill, isTooOld, outOfDoubt } from '../../../src/core/drill/next-drill.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { drilled, earlierResult } from '../../render/drill-reports.ts';
import { missingKey, ref } from '../../render/reports.ts';

const quiet: DrillReport = { ...drilled, noticed: [] };
const found = (code: Finding['code'], fix: string, severity: Finding['severity'] = 'error'): Finding => {
  return { ...missingKey('k', [], []), code, fix, severity };
};
const unusable = found('backup-value-unusable', 'c2l backup --to env:.env');
const kept = ['a', 'b'].map((name) => ({ pod: ref('Pod', name), reason: 'its Job counts' }));
const repair = 'repair what went wrong, then run the same scenario again';
const another = 'let somebody else run it once, with --manual';
const own = earlierResult('02-01', 1, { operator: drilled.drill.operator });
const phases = [
  { name: 'detect', durationMs: 10 },
  { name: 'decide', durationMs: 1 },
  { name: 'values', durationMs: 30 },
  { name: 'write', durationMs: 20 },
] as const;
const recovery = { tookMs: 61, objectiveMs: 60, phases };
const outdated = 'make the backup anew, c2l backup --to, and have that done by a schedule';
const backup = { required: 1, equal: 1 };

describe('before the next drill', () => {
  test.each<[string, Partial<DrillReport>, readonly string[]]>([
    ['nothing, where it went well', {}, []],
    [
      'what kept it from starting, once each',
      {
        outcome: 'not-started',
        findings: [
          unusable,
          found('secret-missing', 'c2l fix-secrets'),
          found('secret-key-missing', 'c2l fix-secrets'),
          found('secret-missing', 'c2l backup --to env:.env'),
          found('backup-value-unusable', 'c2l audit'),
        ],
      },
      [
        'correct the source, or store in one what runs: c2l backup --to env:.env',
        'repair what kept it from starting: c2l fix-secrets',
        'repair what kept it from starting: c2l backup --to env:.env',
        'repair what kept it from starting: c2l audit',
      ],
    ],
    [
      'the same again, where somebody interrupted it',
      { outcome: 'not-recovered', verdict: 'interrupted' },
      ['run the same scenario again: whether it recovers is not known'],
    ],
    ['no such thing of one that started', { findings: [unusable] }, []],
    [
      'what lost data and what could not be tried',
      {
        data: [
          { component: 'db', state: 'lost', detail: '' },
          { component: 'cache', state: 'kept', detail: '' },
          { component: 'queue', state: 'not-tried', detail: '' },
          { component: 'auth', state: 'lost', detail: '' },
        ],
      },
      [
        'find out why db and auth lost data before anything else is rehearsed',
        'prove by hand that queue keeps its data: no row could be written there',
      ],
    ],
    ['what went wrong, where it did not recover', { outcome: 'not-recovered' }, [repair]],
    ['what went wrong, where it recovered with trouble', { outcome: 'recovered-with-trouble' }, [repair]],
    [
      'where the time went, where it was too late',
      { outcome: 'too-late', recovery },
      ['most of the time went into values: ask a source that answers faster first'],
    ],
    ['nothing of it, where none is known', { outcome: 'too-late', recovery: { ...recovery, phases: [] } }, []],
    ['a backup that is older than it may be', { backup: { ...backup, objectiveMs: 1, ageMs: 2 } }, [outdated]],
    [
      'what noticed nothing',
      { noticed: [{ by: 'c2l watch' }, { by: 'Argo CD' }] },
      ['c2l watch and Argo CD noticed nothing: whoever waits for the former learns of it from users'],
    ],
    [
      'what noticed nothing, beside what did',
      { noticed: [{ by: 'watch', afterMs: 400 }, { by: 'Argo CD' }, { by: 'alerts', afterMs: 10_000 }] },
      [
        'Argo CD noticed nothing, watch did after 0.4 s and alerts did after 10 s: whoever waits for the former learns of it from users',
      ],
    ],
    ['nothing where all noticed', { noticed: [{ by: 'watch', afterMs: 400 }] }, []],
    ['pods that were kept', { kept }, ['prove by hand that what was left running would start again: a and b']],
    ['somebody else, where always the same one did it', { earlier: [own] }, [another]],
    ['the same of one with trouble', { earlier: [own], outcome: 'recovered-with-trouble' }, [repair, another]],
    ['nobody else where one did', { earlier: [own, earlierResult('02-01', 1)] }, []],
    ['nobody else where it was by hand', { earlier: [own], drill: { ...drilled.drill, manual: true } }, []],
    ['nobody else where nothing recovered', { earlier: [own], outcome: 'put-back' }, []],
  ])('is to be done: %s', (_, parts, told) => {
    expect(beforeNextDrill({ ...quiet, ...parts })).toEqual(told);
  });

  test.each<[DrillOutcome, number]>([
    ['recovered', 0],
    ['not-recovered', 1],
  ])('of one that ended as %s the slowest phase is not told', (outcome, told) => {
    expect(beforeNextDrill({ ...quiet, outcome, recovery })).toHaveLength(told);
  });
});

test.each([
  [undefined, false],
  [backup, false],
  [{ ...backup, ageMs: 5 }, false],
  [{ ...backup, objectiveMs: 5 }, true],
  [{ ...backup, objectiveMs: 5, ageMs: 5 }, false],
  [{ ...backup, objectiveMs: 5, ageMs: 6 }, true],
])('a backup of %j is too old: %s', (age, isOld) => {
  expect(isTooOld(age)).toBe(isOld);
});

test('a source that differs is stored again where nothing else is wrong', () => {
  const warning = found('secret-missing', 'c2l audit', 'warning');
  const fixes = (...findings: readonly Finding[]): readonly string[] =>
    outOfDoubt(findings, ['age:f.age']).map(({ fix }) => fix);
  const ask = { ...unusable, fix: 'ask' };
  expect(fixes(ask, warning)).toEqual(['c2l backup --to age:f.age', 'c2l audit']);
  expect(fixes(ask, { ...warning, severity: 'error' })).toEqual(['ask', 'c2l audit']);
});
