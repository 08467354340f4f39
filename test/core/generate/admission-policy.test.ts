import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { generateAdmissionPolicy } from '../../../src/core/generate/admission-policy.ts';
import { base64Pattern } from '../../../src/core/generate/base64-pattern.ts';
import type { Commented } from '../../../src/core/generate/generated-file.ts';
import { isPlaceholder } from '../../../src/core/secrets/value-format.ts';
import { stackOf } from '../../support/builders.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a placeholder is told by its base64 as it is by its text', () => {
  const letters = fc.string({ unit: fc.constantFrom('C', 'h', '_', '~', '?', 'ü', '>'), minLength: 1, maxLength: 9 });

  test.each([
    ['of which anything may follow', '*'],
    ['that stand alone', ''],
  ])('words %s', (_case, star) => {
    fc.assert(
      fc.property(letters, letters, fc.boolean(), (word, rest, isMatch) => {
        const pattern = `${word}${star}`;
        const value = isMatch ? `${word}${rest}` : rest;
        const found = new RegExp(base64Pattern(pattern)!).test(base64(value));
        expect(found).toBe(isPlaceholder(value, [pattern]));
      }),
      { numRuns: 500 },
    );
  });

  test.each(['*', '*changeme', 'a*b', ''])('%j cannot be told in base64', (pattern) => {
    expect(base64Pattern(pattern)).toBeUndefined();
  });
});

interface Policy {
  readonly kind: string;
  readonly spec: { readonly validationActions?: string[]; readonly validations?: readonly Commented[] };
}

function documents(mode: 'deny' | 'warn' | 'audit', stack = stackOf({ secrets: [{ name: 's', keys: { k: {} } }] })) {
  const subject = { stack, namespaces: ['shop'], all: false, argocdNamespace: 'argocd' };
  const [file] = generateAdmissionPolicy(subject, mode);
  return file !== undefined && 'documents' in file ? (file.documents as Policy[]) : [];
}

test.each([
  ['deny', ['Deny', 'Audit']],
  ['warn', ['Warn', 'Audit']],
  ['audit', ['Audit']],
] as const)('%s is %j', (mode, actions) => {
  expect(documents(mode).find(({ spec }) => spec.validationActions)?.spec.validationActions).toEqual(actions);
});

test('what cannot be seen in base64 is said, and not passed over', () => {
  const stack = { ...stackOf({ secrets: [{ name: 's', keys: { k: {} } }] }), placeholders: ['TODO*', '*changeme*'] };
  const comments = documents('deny', stack).flatMap(({ spec }) => spec.validations ?? []);
  expect(comments.map(({ comment }) => comment)).toContainEqual(
    expect.stringMatching(/one: TODO\*\. .*not refused: \*changeme\*\./),
  );
});
