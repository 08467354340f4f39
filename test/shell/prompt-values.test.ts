import { expect, test } from '@jest/globals';

import type { WantedKey } from '../../src/core/plan-secrets.ts';
import { SecretValue } from '../../src/core/secret-value.ts';
import { nothingCollected } from '../../src/shell/ask-sources.ts';
import { promptValues } from '../../src/shell/prompt-values.ts';
import type { Session } from '../../src/shell/session.ts';
import { createTestTerminal } from '../support/terminal.ts';

function wanted(key: string): WantedKey {
  return { namespace: 'shop', secret: 'site', key, reason: 'missing', references: [] };
}

const [certificate, key] = [wanted('tls.crt'), wanted('tls.key')];

/** What is said of each text that is typed, until one is taken. */
async function typed(
  texts: readonly string[],
  keys: readonly WantedKey[],
  known: Readonly<Record<string, string>> = {},
) {
  const said: (string | undefined)[] = [];
  const left = [...texts];
  const secret: Session['deps']['prompter']['secret'] = (_question, check) => {
    for (;;) {
      const value = SecretValue.fromText(left.shift() ?? '');
      const wrong = check(value);
      if (wrong === undefined) return Promise.resolve(value);
      said.push(wrong);
    }
  };
  const deps = {
    terminal: createTestTerminal({ canPrompt: true }),
    prompter: { secret },
    signal: new AbortController().signal,
    tlsPairProblem: (one: SecretValue, other: SecretValue) => (one.equals(other) ? undefined : 'are no pair'),
  };
  const pairs = [{ certificate: { wanted: certificate }, key: { wanted: key } }];
  const collected = nothingCollected(keys, pairs);
  for (const [id, text] of Object.entries(known))
    collected.found.set(id, { value: SecretValue.fromText(text), source: 'env:a' });
  await promptValues({ deps, stack: undefined } as unknown as Session, keys, collected, []);
  return said;
}

test('a line of what takes several is told from a value that is wrong', async () => {
  const texts = ['-----BEGIN PRIVATE KEY-----', '"quoted"', 'good', 'good'];
  expect(await typed(texts, [wanted('password')])).toEqual([
    'is the first of several lines, and a prompt takes one: give it with --from env:FILE',
    'stands in quotes: give what is between them',
  ]);
});

test('half of a pair is taken where it belongs to the other', async () => {
  expect(await typed(['two', 'one', 'one'], [key], { 'shop/site/tls.crt': 'one' })).toEqual(['are no pair']);
});
