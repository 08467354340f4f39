import { describe, expect, test } from '@jest/globals';
import { jsonAt } from '../../../src/core/json-path.ts';
import { judgeHttpAnswer } from '../../../src/core/verify/http-answer.ts';

const connected = { status: 200, json: { 'database.status': 'connected' } };
const answer = (status: number, body: unknown) => ({ status, body: JSON.stringify(body) });

describe('an answer', () => {
  test.each([
    [
      'as expected',
      connected,
      answer(200, { database: { status: 'connected' } }),
      true,
      'answered 200, database.status is "connected"',
    ],
    [
      'a wrong state',
      connected,
      answer(200, { database: { status: 'Degraded' } }),
      false,
      'answered 200, database.status is "Degraded" instead of "connected"',
    ],
    [
      'a wrong status',
      connected,
      answer(503, { database: { status: 'Degraded' } }),
      false,
      'answered 503 instead of 200, database.status is "Degraded" instead of "connected"',
    ],
    [
      'no such field',
      connected,
      answer(200, { ok: true }),
      false,
      'answered 200, database.status is absent instead of "connected"',
    ],
    ['HTML', connected, { status: 200, body: '<html>' }, false, 'answered 200, and not with JSON'],
    ['a status alone', { status: 204, json: {} }, { status: 204, body: '' }, true, 'answered 204'],
  ])('%s', (_, check, given, isExpected, detail) => {
    expect(judgeHttpAnswer(check, given)).toEqual({ isExpected, detail });
  });

  test('is repeated where it is what was expected, and where it is a state that everybody knows', () => {
    const check = { status: 200, json: { mode: 'house-word', ready: true } };
    const said = (mode: unknown, ready: unknown) => judgeHttpAnswer(check, answer(200, { mode, ready })).detail;
    expect(said('house-word', true)).toBe('answered 200, mode is "house-word", ready is true');
    expect(said('correct horse', 'false')).toBe(
      'answered 200, mode is another value instead of "house-word", ready is "false" instead of true',
    );
    expect(said(['up'], 0)).toMatch(/mode is another value .*, ready is 0 instead of true/);
  });

  test('is never quoted where it may hold more than a state', () => {
    const leak = ['postgres://app', 'canary'.repeat(3)].join(':');
    const { detail } = judgeHttpAnswer(connected, answer(500, { database: { status: leak }, leak }));
    expect(detail).toBe('answered 500 instead of 200, database.status is another value instead of "connected"');
  });
});

test.each([
  ['a.b', { a: { b: 1 } }, 1],
  ['a.0.b', { a: [{ b: false }] }, false],
  ['a.b', { a: null }, undefined],
  ['constructor.name', {}, undefined],
])('path %s of %j is %j', (path, document, expected) => {
  expect(jsonAt(document, path)).toBe(expected);
});
