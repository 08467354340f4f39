import { expect, test } from '@jest/globals';

import type { WantedKey } from '../../../src/core/fix/wanted-key.ts';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';
import type { Session } from '../../../src/shell/session.ts';
import { nothingCollected } from '../../../src/shell/sources/ask-sources.ts';
import { isBeyondPrompt, promptValues } from '../../../src/shell/sources/prompt-values.ts';
import { createTestTerminal } from '../../support/terminal.ts';

function wanted(key: string): WantedKey {
  return { namespace: 'shop', secret: 'site', key, reason: 'missing', references: [] };
}

const [certificate, key] = [wanted('tls.crt'), wanted('tls.key')];

/** What is said of each text that is typed, until one is taken. */
async function typed(texts: readonly string[], keys: readonly WantedKey[]) {
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
  };
  const collected = nothingCollected(keys);
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

test('what is of several lines is not asked for', () => {
  const pairs = [{ certificate: { wanted: certificate }, key: { wanted: key } }];
  const pem = {
    ...wanted('ca'),
    declared: { required: true, generate: false, from: {}, format: { kind: 'pem' as const } },
  };
  const asked = [certificate, key, pem, wanted('password')].map((each) => isBeyondPrompt(each, { pairs }));
  expect(asked).toEqual([true, true, true, false]);
});
