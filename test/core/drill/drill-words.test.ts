import { expect, test } from '@jest/globals';

import { coursesUntil } from '../../../src/core/drill/component-course.ts';
import { abortCommand, goingOnText } from '../../../src/core/drill/drill-command.ts';
import { copyName, drillId, journalName, parseJournal, secretRef } from '../../../src/core/drill/drill-journal.ts';
import { scenarioOf } from '../../../src/core/drill/drill-menu.ts';
import { drillNotice } from '../../../src/core/drill/drill-notice.ts';
import { notBroughtBack, notRecoveredText } from '../../../src/core/drill/drill-report.ts';
import { drillJsonSchema, parseDrill, scenarioDocument } from '../../../src/core/drill/drill-schema.ts';
import { byScenario, outcomesText, recoveryMs } from '../../../src/core/drill/drill-trend.ts';
import { isFaultless } from '../../../src/core/drill/plan-drill.ts';
import { postgresRowScript, readRowAnswer, rowTable } from '../../../src/core/drill/postgres-row.ts';
import { countEnds, distribution } from '../../../src/core/drill/rehearsal-report.ts';
import { drilled, earlierResult } from '../../render/drill-reports.ts';

test('what a drill keeps is called after it', () => {
  const id = drillId(new Date('2026-11-23T18:15:30.123Z'));
  expect([id, journalName('1'), copyName('1', 2), rowTable('1'), secretRef('shop', 'app')]).toEqual([
    '20261123t181530123z',
    'c2l-drill-1',
    'c2l-drill-1-2',
    'c2l_drill_1',
    { kind: 'Secret', namespace: 'shop', name: 'app' },
  ]);
});

test('a journal is read where it is whole', () => {
  const journal = { schemaVersion: 1, touched: [], lines: [] };
  const texts = [journal, { ...journal, schemaVersion: 2 }, { ...journal, touched: 1 }, { ...journal, lines: 1 }, null];
  expect([...texts.map((each) => JSON.stringify(each)), '{'].map(parseJournal)).toEqual([
    journal,
    ...Array.from({ length: 5 }, () => undefined),
  ]);
});

test('a drill that is not finished is named, with what ends it', () => {
  const drill = { id: '1', namespace: 'shop', scenario: 'missing-keys' };
  expect([abortCommand(drill), goingOnText(drill), goingOnText({ ...drill, scenario: '' })]).toEqual([
    'c2l dr-drill abort -n shop',
    'drill missing-keys in namespace shop is not finished',
    'drill of an unknown scenario in namespace shop is not finished',
  ]);
});

const at = '2026-03-01T04:05:06.000Z';
const news = { source: 'stack', namespace: 'shop', scenario: 'all', at, summary: 'how it went', wrong: ['a', 'b'] };
const notice = {
  id: 'drill-shop-all/20260301040506000',
  incident: 'drill-shop-all',
  at,
  source: 'stack',
  startedAt: at,
  durationMs: 0,
  roots: [{ id: 'all', detail: 'how it went' }],
  beneath: [
    { id: 'all', detail: 'a' },
    { id: 'all', detail: 'b' },
  ],
};
test.each([
  ['passed', { ...notice, kind: 'drill-passed', severity: 'warning' }],
  ['failed', { ...notice, kind: 'drill-failed', severity: 'error' }],
  [
    'interrupted',
    {
      ...notice,
      id: 'drill-shop-all-interrupted/20260301040506000',
      incident: 'drill-shop-all-interrupted',
      kind: 'drill-interrupted',
      severity: 'warning',
    },
  ],
] as const)('the receivers are told that it has %s', (end, told) => {
  expect(drillNotice({ ...news, end })).toEqual(told);
});

test.each([
  ['row=there\n', 'there'],
  ['noise\nrow=gone\r\nnoise', 'gone'],
  ['row=not-allowed', 'not-allowed'],
  ['row=failed', 'failed'],
  ['row=there too', 'failed'],
  ['narrow=there', 'failed'],
  ['', 'failed'],
] as const)('the answer %j of the script is %s', (stdout, answer) => {
  expect(readRowAnswer(stdout)).toBe(answer);
});

test('the script says each answer that is read', () => {
  const said = [...postgresRowScript.matchAll(/echo (row=[a-z-]+)/g)].map(([, word = '']) => readRowAnswer(word));
  expect(new Set(said)).toEqual(new Set(['failed', 'gone', 'not-allowed', 'there']));
});

const spans = [
  { state: 'stuck', detail: 'x', fromMs: 0, toMs: 10 },
  { state: 'ready', detail: 'y', fromMs: 10, toMs: 12 },
] as const;
test('a course ends with the proof, where there is one', () => {
  const components = [{ component: 'db', spans }];
  expect(coursesUntil({ components, recovery: { tookMs: 9 } })).toEqual([
    {
      component: 'db',
      spans: [
        { ...spans[0], toMs: 9 },
        { ...spans[1], fromMs: 9, toMs: 9 },
      ],
    },
  ]);
  expect([coursesUntil({ components }), coursesUntil({})]).toEqual([components, []]);
});

const line = { at, detail: '' };
test.each([
  [drilled.faults, [{ ...line, step: 'begin' }], false, 'stopped before anything was broken'],
  [
    drilled.faults,
    [
      { ...line, step: 'begin' },
      { ...line, step: 'fault' },
    ],
    true,
    'interrupted before it recovered; the way back brought everything back',
  ],
  [drilled.faults, [{ ...line, step: 'fault' }], false, notBroughtBack],
  [drilled.faults, [], false, notBroughtBack],
  [[], [{ ...line, step: 'begin' }], false, notBroughtBack],
] as const)('why it did not recover, of %j and %j', (faults, timeline, isInterrupted, text) => {
  expect(notRecoveredText({ faults, timeline: timeline as never }, isInterrupted)).toBe(text);
});

test('a plan that breaks nothing is known', () => {
  const fault = { secret: {} as never, does: 'lost', keys: [], isForPulls: false } as const;
  const lost = {} as never;
  expect([
    isFaultless({ faults: [], workloads: [] }),
    isFaultless({ faults: [fault], workloads: [] }),
    isFaultless({ faults: [], workloads: [lost] }),
  ]).toEqual([true, false, false]);
});

test('a scenario is written as its file holds it, and read back the same', () => {
  const scenario = scenarioOf([{ kind: 'lose-secrets', secrets: 'all', revisions: false }]);
  const aged = { ...scenario, objective: { recovery: 90_000, backupAge: 86_400_000 } };
  for (const each of [scenario, aged]) expect(parseDrill(scenarioDocument(each))).toEqual({ ok: true, scenario: each });
  expect(scenarioDocument({ ...aged, limits: { total: 600_000 } })).toMatchObject({
    limits: { total: '10m' },
    objective: { recovery: '90s', backupAge: '1d' },
  });
  expect(scenarioDocument(scenario)).not.toHaveProperty('objective.backupAge');
});

test('the schema of a scenario is that of its file, where defaults may be left out', () => {
  expect(drillJsonSchema()).toHaveProperty('required', expect.not.arrayContaining(['limits', 'objective']));
});

test('ends of a rehearsal are counted, and its times told as they are spread', () => {
  const drill = { seed: 1, what: '', wrong: [] };
  expect(
    countEnds((['run', 'abort', 'run', 'ctrl-c', 'resume', 'run'] as const).map((end) => ({ ...drill, end }))),
  ).toEqual({
    run: 3,
    'ctrl-c': 1,
    resume: 1,
    abort: 1,
  });
  expect(distribution([])).toBeUndefined();
  expect(distribution([250, 50, 1000, 100])).toEqual({
    count: 4,
    min: 50,
    median: 100,
    p90: 1000,
    p99: 1000,
    max: 1000,
    buckets: Array.from({ length: 11 }, (_, index) => ({
      fromMs: index * 100,
      toMs: index * 100 + 100,
      count: { 0: 1, 1: 1, 2: 1, 10: 1 }[index] ?? 0,
    })),
  });
  expect(distribution([1200])?.buckets.length).toBe(7);
  expect(distribution([1199])?.buckets.length).toBe(12);
});

test('drills are told by scenario, and an interruption apart', () => {
  const [one, two, three] = ['a', 'b', 'a'].map((scenario) => earlierResult('02-01', 1, { scenario }));
  expect(byScenario([one!, two!, three!])).toEqual([
    { scenario: 'a', results: [one, three] },
    { scenario: 'b', results: [two] },
  ]);
  const ended = (['recovered', 'recovered-with-trouble', 'put-back'] as const).map((outcome) =>
    earlierResult('02-01', 7, { outcome, verdict: 'interrupted' }),
  );
  expect(ended.map(recoveryMs)).toEqual([7, 7, undefined]);
  expect(outcomesText(ended)).toBe('3 drills, 1 recovered in time, 1 with trouble, 1 put back');
  expect(recoveryMs({ outcome: 'recovered' })).toBeUndefined();
});
