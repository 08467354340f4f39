import { describe, expect, test } from '@jest/globals';

import type { DrillResult } from '../../src/core/drill/drill-report.ts';
import type { DrillHistoryReport } from '../../src/core/drill/drill-result.ts';
import { renderReport } from '../../src/render/report.ts';
import { createStyle } from '../../src/render/style.ts';
import { elementsOf, parseXml } from '../support/well-formed.ts';
import { drilled, earlierResult } from './drill-reports.ts';
import { head } from './reports.ts';

function told(
  results: readonly DrillResult[],
  more: Partial<DrillHistoryReport> = {},
  format: 'text' | 'html' = 'text',
) {
  const report: DrillHistoryReport = {
    ...head,
    command: 'dr-drill history',
    verdict: 'ok',
    findings: [],
    journalNamespace: 'c2l-drill',
    isJournalNamespaceThere: true,
    kept: [...new Set(results.map(({ scenario }) => scenario))],
    unfinished: [],
    results,
    ...more,
  };
  return renderReport(report, format, createStyle(false, { width: 80 }));
}

const failed = (day: string) => earlierResult(day, 90_000, { outcome: 'not-recovered' });

describe('the history of drills', () => {
  test('counts and draws only what recovered as a time', async () => {
    const text = await told([failed('02-03'), earlierResult('02-02', 9000), earlierResult('02-01', 6000)]);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'verdict: not proven, 3 drills, 2 recovered in time, 1 not recovered; recovery 6.0 s to 9.0 s, median 7.5 s',
    );
    expect(text).toMatch(/2026-02-03 00:00 +not-recovered +no recovery\n/);
    expect(text).toMatch(/9\.0 s +#{20}\n/);
  });

  test('sets the times of different scenarios apart, and no long name breaks it', async () => {
    const name = 'a-scenario-whose-name-is-as-long-as-kubernetes-lets-it-be-and-longer';
    const text = await told([earlierResult('02-02', 9000, { scenario: name }), earlierResult('02-01', 6000)]);
    expect(text).toContain('2 drills, 2 recovered in time, of 2 scenarios\n');
    expect(text).toMatch(/total-secret-loss: 1 drill, 1 recovered in time; recovery 6\.0 s\n/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  const interrupted = (day: string) => earlierResult(day, 900, { outcome: 'not-recovered', verdict: 'interrupted' });
  const late = (day: string) => earlierResult(day, 900, { outcome: 'too-late', verdict: 'problems' });
  test.each<[string, readonly DrillResult[], string]>([
    [
      'none recovered',
      [failed('02-02'), failed('02-01')],
      'not proven, 2 drills, 0 recovered in time, 2 not recovered',
    ],
    [
      'the newest was too late',
      [late('02-02'), earlierResult('02-01', 9)],
      'not proven, 2 drills, 1 recovered in time',
    ],
    ['all were interrupted', [interrupted('02-01')], 'not proven, 1 drill, 0 recovered in time, 1 interrupted'],
    [
      'one was interrupted after a proof',
      [interrupted('02-02'), earlierResult('02-01', 9)],
      'ok, 2 drills, 1 recovered',
    ],
    ['it failed before', [earlierResult('02-02', 9), failed('02-01')], 'ok, 2 drills, 1 recovered in time'],
    [
      'one scenario of two failed',
      [earlierResult('02-02', 9), earlierResult('02-01', 9, { scenario: 'wrong-value', outcome: 'not-recovered' })],
      'not proven for wrong-value, 2 drills, 1 recovered in time, 1 not recovered, of 2 scenarios',
    ],
  ])('where %s, says how far the recovery is proven', async (_, results, expected) => {
    expect((await told(results)).replace(/\s+/g, ' ')).toContain(`verdict: ${expected}`);
  });

  test('says of a page, too, that nothing is proven', async () => {
    expect(await told([failed('02-01')], {}, 'html')).toContain('<p class="summary">not proven, 1 drill, 0 recovered');
  });

  test.each<[string, Partial<DrillHistoryReport>, string]>([
    ['nothing', {}, 'no drill is kept here'],
    ['no namespace', { isJournalNamespaceThere: false }, 'no drill is kept here: namespace c2l-drill is not there'],
    [
      'other ones',
      { scenario: 'wrong-value', kept: ['a', 'b'] },
      'no drill of wrong-value is kept here, but of a and b',
    ],
    [
      'one that goes on',
      { unfinished: [{ namespace: 'shop', scenario: 'x' }] },
      'verdict: not finished, drill x in shop is not finished',
    ],
  ])('where there is %s says so', async (_, more, expected) => {
    expect((await told([], more)).replace(/\s+/g, ' ')).toContain(expected);
  });

  test.each<[string, readonly DrillResult[], Partial<DrillHistoryReport>, string]>([
    [
      'a scenario from a file',
      [earlierResult('02-01', 1, { scenario: 'mine', file: './m.yaml' })],
      {},
      'run ./m.yaml --dry-run',
    ],
    ['a file that nobody knows', [earlierResult('02-01', 1, { scenario: 'mine' })], {}, 'list'],
    [
      'sources',
      [earlierResult('02-01', 1, { sources: ['env:b.env'] })],
      {},
      'run total-secret-loss --from env:b.env --dry-run',
    ],
    [
      'nothing broken that current-state would recover from',
      [earlierResult('02-02', 1, { scenario: 'current-state' }), earlierResult('02-01', 1)],
      {},
      'run total-secret-loss --dry-run',
    ],
    ['an unfinished drill', [], { unfinished: [{ namespace: 'shop', scenario: 'x' }] }, 'abort -n shop'],
  ])('with %s has a next command that runs', async (_, results, more, expected) => {
    expect(await told(results, more)).toContain(`next: c2l dr-drill ${expected}\n`);
  });

  test('as a page draws no bar for what did not recover', async () => {
    const page = await told([failed('02-03'), earlierResult('02-02', 9000), earlierResult('02-01', 6000)], {}, 'html');
    const root = parseXml(page.replace(/<style>[^<]*<\/style>/, ''), ['meta']);
    const heights = elementsOf(root, 'rect').map(({ attributes }) => Number(attributes['height']));
    expect(heights).toEqual([96, 144, 2]);
    expect(page).toContain('2026-02-03T00:00:00.000Z total-secret-loss: not-recovered');
  });
});

describe('after a drill', () => {
  const again = 'run total-secret-loss --from env:backup.env';
  test.each<[string, object, string]>([
    ['that was planned', { outcome: 'planned' }, again],
    ['with flags', { outcome: 'planned', drill: { ...drilled.drill, flags: ['--limit 2m'] } }, `${again} --limit 2m`],
    ['of a file', { outcome: 'planned', drill: { ...drilled.drill, file: './none.yaml' } }, 'run ./none.yaml --from'],
    ['that recovered', {}, 'history'],
    ['kept elsewhere', { drill: { ...drilled.drill, journalNamespace: 'kept' } }, 'history --journal-namespace kept'],
  ])('%s the next command runs', async (_, changes, expected) => {
    const text = await renderReport({ ...drilled, ...changes }, 'text', createStyle(false, { width: 80 }));
    expect(text).toContain(`next: c2l dr-drill ${expected}`);
  });
});
