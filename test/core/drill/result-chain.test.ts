import { describe, expect, test } from '@jest/globals';

import type { DrillResult } from '../../../src/core/drill/drill-report.ts';
import { alteredFindings, alteredResults, lastOf } from '../../../src/core/drill/result-chain.ts';
import { earlierResult } from '../../render/drill-reports.ts';

const digestOf = (result: DrillResult): string => `${result.id} took ${String(result.recovery?.tookMs)}`;

function sealed(day: string, previous?: DrillResult, took = 1): DrillResult {
  const result = earlierResult(day, took, previous?.digest === undefined ? {} : { previous: previous.digest });
  return { ...result, digest: digestOf(result) };
}

const first = sealed('02-01');
const second = sealed('02-02', first);
const third = sealed('02-03', second);
const whole = [third, second, first];

const unsealed = (day: string): DrillResult => earlierResult(day, 1);

const why = (results: readonly DrillResult[]): string[] =>
  alteredResults(results, digestOf).map(({ result, why: reason }) => `${result.takenAt.slice(5, 10)} ${reason}`);

describe('the results of a namespace, each of which names the digest of the one before', () => {
  test.each<[string, readonly DrillResult[], readonly string[]]>([
    ['are untouched', whole, []],
    ['began before digests were kept', [second, first, earlierResult('01-31', 1)], []],
    ['lost their oldest, which makes room', [third, second], []],
    ['are none', [], []],
    ['lost one in the middle', [third, first], ['02-03 follows an entry that is gone, or was changed']],
    [
      'have one with another time',
      [third, { ...second, recovery: { tookMs: 9, objectiveMs: 1, phases: [] } }, first],
      ['02-02 is not what was kept: its digest is another'],
    ],
    [
      'have one that names none before it',
      [third, sealed('02-02'), first],
      ['02-02 follows an entry that is gone, or was changed'],
    ],
    [
      'have one that lost its digest',
      [unsealed('02-03'), second, first],
      ['02-03 has no digest, and one before it has'],
    ],
  ])('that %s', (_, results, told) => {
    expect(why(results)).toEqual(told);
  });

  test('end with the one that no other follows, which the next one names', () => {
    expect(lastOf(whole)).toBe(third);
    expect(lastOf([first, second])).toBe(second);
    expect(lastOf([earlierResult('01-31', 1)])).toBeUndefined();
  });

  test('that were altered are told with the drill and the command that shows all of them', () => {
    const [finding] = alteredFindings([third, first], { journalNamespace: 'c2l-drill', digestOf });
    expect(finding).toMatchObject({
      code: 'drill-result-altered',
      object: { kind: 'Drill', namespace: 'cloudtolocalllm', name: third.id },
      message:
        'the result of drill total-secret-loss, begun 2026-02-03T00:00:00.000Z, follows an entry that is gone, or was changed',
    });
    expect(finding?.fix).toMatch(/^c2l dr-drill history.* -o json$/);
  });
});
