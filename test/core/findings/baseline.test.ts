import { describe, expect, test } from '@jest/globals';
import { compareWithBaseline, parseBaseline } from '../../../src/core/findings/baseline.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { newFinding } from '../../../src/core/findings/new-finding.ts';

function missing(name: string, namespace = 'shop'): Finding {
  const object = { kind: 'Secret', namespace, name };
  return newFinding('secret-missing', { object, secret: name, message: `${name} is missing`, fix: 'c2l fix-secrets' });
}

const gap = newFinding('unreadable', {
  object: { kind: 'Secret', namespace: 'shop', name: '' },
  message: 'secrets could not be read',
  fix: 'kubectl auth whoami',
});

const takenAt = '2026-01-01T00:00:00.000Z';
const nowhere = { takenAt, context: '', server: '', namespaces: [] };
const head = { schemaVersion: 1, command: 'audit', takenAt, server: 'https://one' };

function compare(now: readonly Finding[], before: readonly Finding[]) {
  const { findings, baseline } = compareWithBaseline(now, { ...nowhere, findings: before }, ['shop']);
  const names = (list: readonly Finding[]) => list.map(({ object, code }) => object.name || code);
  return {
    fresh: names(findings),
    known: names(baseline.known),
    gone: names(baseline.gone),
    unseen: names(baseline.unseen),
  };
}

describe('a report beside its baseline', () => {
  test('tells new, known and gone apart', () => {
    expect(compare([missing('a'), missing('b')], [missing('b'), missing('c')])).toEqual({
      fresh: ['a'],
      known: ['b'],
      gone: ['c'],
      unseen: [],
    });
  });

  test('never takes what could not be read for known, nor what it may hide for gone', () => {
    expect(compare([gap], [gap, missing('c')])).toEqual({ fresh: ['unreadable'], known: [], gone: [], unseen: ['c'] });
  });

  test('says nothing of namespaces that were not looked at', () => {
    expect(compare([], [missing('c', 'elsewhere')]).gone).toEqual([]);
  });
});

describe('a baseline file', () => {
  test('keeps what was known to the report itself', () => {
    const document = { ...head, findings: [missing('a')], baseline: { known: [missing('b')] } };
    expect(parseBaseline(document)).toMatchObject({
      takenAt,
      server: 'https://one',
      findings: [{ id: 'secret-missing/shop/a' }, { id: 'secret-missing/shop/b' }],
    });
  });

  test.each([
    [null, 'it holds no document'],
    ['text', 'it holds no document'],
    [{ ...head, command: 'verify', findings: [] }, 'it is no report of c2l audit'],
    [{ ...head, schemaVersion: 2, findings: [] }, 'it is no report of c2l audit'],
    [{ ...head, subject: {}, findings: [] }, 'it is about one object only'],
    [head, 'its findings are not whole'],
    [{ ...head, findings: [{ id: 'x' }] }, 'its findings are not whole'],
    [{ ...head, findings: [null] }, 'its findings are not whole'],
  ])('is refused: %j', (document, why) => {
    expect(parseBaseline(document)).toBe(why);
  });
});
