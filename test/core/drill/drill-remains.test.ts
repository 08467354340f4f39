import { describe, expect, test } from '@jest/globals';

import { drillRemain, isFinished } from '../../../src/core/drill/drill-remains.ts';
import { parseJournal, type DrillJournal } from '../../../src/core/drill/drill-journal.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { secret } from '../../support/builders.ts';

function named(name: string, annotations?: Readonly<Record<string, string>>): Secret {
  const metadata = { name, namespace: 'c2l-drill', ...(annotations && { annotations }) };
  const [built] = secret(name, [], { metadata }).secrets ?? [];
  if (built === undefined) throw new Error('no Secret was built');
  return built;
}

describe('a Secret in the namespace of journals', () => {
  const of = { 'c2l.dev/drill-of': 'shop' };
  test.each<[string, Secret, object | undefined]>([
    ['keeps results', named('c2l-drill-results.shop', { 'c2l.dev/drills-of': 'shop' }), { what: 'results', id: '' }],
    ['is a journal', named('c2l-drill-20260301t040506000z', of), { what: 'journal', id: '20260301t040506000z' }],
    [
      'is a copy of what was broken',
      named('c2l-drill-20260301t040506000z-12', { ...of, 'c2l.dev/copy-of': 'app' }),
      { what: 'copy', id: '20260301t040506000z' },
    ],
    ['is the lock, which names no drill', named('c2l-drill', of), undefined],
    ['is named like one and notes nothing', named('c2l-drill-20260301t040506000z'), undefined],
    ['is noted like one under a longer name', named('my-c2l-drill-20260301t040506000z', of), undefined],
    ['has a name that goes on', named('c2l-drill-20260301t040506000z-12-old', of), undefined],
    ['is somebody else’s', named('app'), undefined],
  ])('that %s', (_, found, remain) => {
    expect(drillRemain(found)).toEqual(remain && { ...remain, of: 'shop', secret: found });
  });
});

describe('whether what a drill broke was put back', () => {
  const line = { at: '2026-03-01T04:05:07.000Z', step: 'clean-up', detail: 'done' } as DrillJournal['lines'][number];
  const journal = { lines: [] } as unknown as DrillJournal;
  test.each<[string, DrillJournal | undefined, boolean]>([
    ['nobody knows without a journal', undefined, false],
    ['is so where nothing was broken yet', journal, true],
    ['is not so from the fault on', { ...journal, faultAt: line.at }, false],
    ['is not so before the clean-up', { ...journal, faultAt: line.at, lines: [{ ...line, step: 'fault' }] }, false],
    ['is so once it cleaned up', { ...journal, faultAt: line.at, lines: [{ ...line, step: 'fault' }, line] }, true],
  ])('%s', (_, read, finished) => {
    expect(isFinished(read)).toBe(finished);
  });
});

describe('a text that should be a journal', () => {
  const whole = { schemaVersion: 1, touched: [], lines: [] };
  test.each<[string, string]>([
    ['no JSON', 'gone'],
    ['nothing', 'null'],
    ['of another version', JSON.stringify({ ...whole, schemaVersion: 2 })],
    ['without what it touched', JSON.stringify({ ...whole, touched: 1 })],
    ['without its lines', JSON.stringify({ ...whole, lines: 1 })],
  ])('and is %s is none, as anybody may have edited it', (_, text) => {
    expect(parseJournal(text)).toBeUndefined();
  });

  test('is read where it is whole', () => {
    expect(parseJournal(JSON.stringify(whole))).toEqual(whole);
  });
});
