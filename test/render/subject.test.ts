import { expect, test } from '@jest/globals';
import type { SecretKeyUse, SecretSubject } from '../../src/core/audit/audit-subject.ts';
import { subjectPage } from '../../src/render/audit/subject-page.ts';
import { stateTone, stateWord } from '../../src/render/audit/subject-text.ts';
import { createStyle } from '../../src/render/style.ts';
import { ref } from './reports.ts';

function use(key: string, state: SecretKeyUse['state'], required = true): SecretKeyUse {
  return { key, state, required, references: [], blocks: [] };
}

function pageOf(state: SecretSubject['state'], ...keys: readonly SecretKeyUse[]) {
  const subject = { kind: 'secret', object: ref('Secret', 's'), state, keys, references: [] } as const;
  return subjectPage({ ...subject, unnamedKeys: [], blocks: [] }, createStyle(false));
}

test.each([
  ['good', 'present', pageOf('present', use('a', 'ok'))],
  ['good', 'present', pageOf('present', use('a', 'missing', false))],
  ['bad', 'present, lacks 1 required key', pageOf('present', use('a', 'missing'), use('b', 'ok'))],
  [
    'bad',
    'present, lacks 1 required key, holds 2 values that cannot be right',
    pageOf('present', use('a', 'missing'), use('b', 'invalid'), use('c', 'placeholder')),
  ],
  ['bad', 'missing', pageOf('missing', use('a', 'secret-missing'))],
  ['caution', 'not readable', pageOf('unreadable', use('a', 'unreadable'))],
])('a Secret is %s: it is %s', (tone, words, page) => {
  expect(page).toMatchObject({ tone, title: `secret/s in namespace cloudtolocalllm is ${words}` });
});

test('a column that nothing stands in is left out', () => {
  expect(pageOf('present', use('a', 'ok')).tables[0]?.header).not.toContain('detail');
  expect(pageOf('present', { ...use('a', 'invalid'), detail: 'is empty' }).tables[0]?.header).toContain('detail');
});

test('a Secret that only an Ingress serves is not told to go without harm', () => {
  const served = { ...ref('Ingress', 'front'), via: 'tls', optional: false } as const;
  const page = pageOf('present', { ...use('tls.crt', 'ok'), references: [served] }, use('spare', 'ok'));

  expect(page.facts).toContainEqual(['if it goes', 'leaves without a certificate: ingress/front']);
  expect(page.tables[0]?.rows.map((row) => row.at(-1))).toEqual([
    'leaves without a certificate: ingress/front',
    'nothing is blocked',
  ]);
});

test.each([
  ['ok', false, 'ok', 'good'],
  ['missing', false, 'KEY MISSING', 'bad'],
  ['missing', true, 'absent', 'dim'],
  ['unreadable', false, 'NOT READ', 'caution'],
  ['kept', false, 'OLDER ONE KEPT', 'caution'],
] as const)('a reference that is %s (optional: %s) is told as %s', (state, optional, word, tone) => {
  expect([stateWord({ state, optional }), stateTone(stateWord({ state, optional }))]).toEqual([word, tone]);
});
