import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';

import { journalDigest } from '../../../src/adapters/drill/drill-journal-text.ts';
import { coursesUntil } from '../../../src/core/drill/component-course.ts';
import type { DrillJournal } from '../../../src/core/drill/drill-journal.ts';
import { drillPhases, noticedBy } from '../../../src/shell/drill/drill-times.ts';
import { drilled } from '../../render/drill-reports.ts';

describe('the phases', () => {
  test.each([
    ['of a recovery', [{ name: 'decide', durationMs: 100 }, { name: 'all-verified', durationMs: 6000 }], 5000], // prettier-ignore
    ['of a recovery without a pod', [{ name: 'all-verified', durationMs: 6000 }], undefined],
    ['of people', [], undefined],
  ] as const)('%s are all of the time that it took', (_, phases, firstPodMs) => {
    const made = drillPhases({ detectMs: 1000, tookMs: 7354, phases, firstPodMs });
    expect(made.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(7354);
  });

  test('place the first pod where it was seen', () => {
    const phases = [{ name: 'all-verified', durationMs: 6000 }] as const;
    expect(drillPhases({ detectMs: 1000, tookMs: 7100, phases, firstPodMs: 3100 })).toEqual([
      { name: 'detect', durationMs: 1000 },
      { name: 'decide', durationMs: 100 },
      { name: 'first-pod', durationMs: 2000 },
      { name: 'all-verified', durationMs: 4000 },
    ]);
  });
});

test.each([
  ['none deploys here', 'elsewhere', undefined, []],
  ['one deploys here', 'shop', undefined, [{ by: 'Argo CD' }]],
  ['it noticed', 'shop', 70, [{ by: 'Argo CD', afterMs: 70 }]],
])('Argo CD where %s', (_, namespace, argocdMs, expected) => {
  const applications = { items: [{ spec: { destination: { namespace } } }] };
  const prepared = { namespace: 'shop', onlookers: [], snapshot: { argocd: { applications } } };
  const noticed = { others: new Map(), components: [], ...(argocdMs === undefined ? {} : { argocdMs }) };
  const told = noticedBy(noticed, prepared as unknown as Parameters<typeof noticedBy>[1]);
  expect(told.filter(({ by }) => by === 'Argo CD')).toEqual(expected);
});

test('what the look after the proof saw ends with the proof', () => {
  const spans = [
    { state: 'waiting', detail: '', fromMs: 0, toMs: 4200 },
    { state: 'ready', detail: '', fromMs: 4200, toMs: 4300 },
  ] as const;
  const [course] = coursesUntil({ components: [{ component: 'web', spans }], recovery: { tookMs: 4000 } });
  expect(course?.spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 4000],
    [4000, 4000],
  ]);
});

test('the digest of a journal can be made again of the report', () => {
  const { drill, timeline } = drilled;
  const told = JSON.stringify([drill.id, drill.operator, drill.version, timeline]);
  const again = `sha256:${createHash('sha256').update(told).digest('hex')}`;
  expect(journalDigest({ ...drill, lines: timeline } as unknown as DrillJournal)).toBe(again);
});
