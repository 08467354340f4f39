import { describe, expect, test } from '@jest/globals';

import type { DrillReport, DrillResult } from '../../../src/core/drill/drill-report.ts';
import { drillResult, readResults, resultsName } from '../../../src/core/drill/drill-result.ts';
import { drilled, earlierResult } from '../../render/drill-reports.ts';

describe('what is kept of a drill', () => {
  test('is what it was asked for, how it ended and what it took, and nothing of what it touched', () => {
    expect(drillResult(drilled)).toEqual({
      id: '20260301t040506000z',
      scenario: 'total-secret-loss',
      sources: ['env:backup.env'],
      namespace: drilled.namespaces[0],
      outcome: 'recovered',
      verdict: 'ok',
      takenAt: drilled.takenAt,
      operator: 'ann@laptop',
      version: '0.1.0',
      manual: false,
      recovery: drilled.recovery,
      backup: { required: 12, equal: 12 },
      journalDigest: drilled.drill.journalDigest,
      wrong: [],
    });
  });

  test('says the file and the flags where there were any, to begin the same drill again', () => {
    const drill = { ...drilled.drill, file: 'own.yaml', flags: ['--manual'] };
    expect(drillResult({ ...drilled, drill })).toMatchObject({ file: 'own.yaml', flags: ['--manual'] });
  });

  test('leaves out what a drill that failed has not', () => {
    const failed = { ...drilled, drill: { ...drilled.drill } } as unknown as Record<string, unknown>;
    delete failed['recovery'];
    delete failed['backup'];
    delete (failed['drill'] as Record<string, unknown>)['journalDigest'];
    const kept = drillResult({ ...(failed as unknown as DrillReport), namespaces: [] });
    expect(Object.keys(kept ?? {}).filter((field) => /recovery|backup|journal/.test(field))).toEqual([]);
    expect(kept?.namespace).toBe('');
  });

  test('holds no field that the drill has not', () => {
    const kept = drillResult(drilled) ?? {};
    expect(['file' in kept, 'flags' in kept]).toEqual([false, false]);
    expect(resultsName('shop')).toBe('c2l-drill-results.shop');
  });

  test('is short however much went wrong: all of a namespace lies in one object of the cluster', () => {
    const wrong = Array.from({ length: 30 }, (_, index) => `${index} `.padEnd(1000, '.'));
    const kept = drillResult({ ...drilled, wrong })?.wrong ?? [];
    expect([kept.length, kept[0]?.length, kept[19]?.slice(0, 3)]).toEqual([20, 300, '19 ']);
  });

  test.each(['planned', 'not-started'] as const)('is nothing of a drill that was %s', (outcome) => {
    expect(drillResult({ ...drilled, outcome })).toBeUndefined();
  });
});

describe('what is read of it again', () => {
  const texts = (...results: readonly unknown[]): string[] => results.map((result) => JSON.stringify(result));
  const days = (results: readonly DrillResult[]): string[] => results.map(({ takenAt }) => takenAt.slice(5, 10));

  test('comes newest first, in whatever order it lies there', () => {
    const [first, second, third] = [earlierResult('02-01', 1), earlierResult('02-02', 1), earlierResult('02-03', 1)];
    expect(days(readResults(texts(second, third, first)))).toEqual(['02-03', '02-02', '02-01']);
  });

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['another document', '{"kind":"List"}'],
    ...(['id', 'scenario', 'outcome', 'takenAt', 'operator', 'version', 'wrong'] as const).map(
      (field): [string, string] => [`without ${field}`, JSON.stringify({ ...earlierResult('02-01', 1), [field]: 7 })],
    ),
  ])('is not a text that is %s, as anybody may have edited it', (_, text) => {
    expect(days(readResults([text, ...texts(earlierResult('02-02', 1))]))).toEqual(['02-02']);
  });
});
