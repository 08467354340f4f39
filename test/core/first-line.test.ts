import { expect, test } from '@jest/globals';

import { firstLine } from '../../src/core/first-line.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';

const planted = 'kept-value';

test.each<[string, string, string | undefined]>([
  ['text', '\n  upstream is gone  \nmore', 'upstream is gone'],
  ['a page', '<html><style>p{}</style>\n<h1>502 Bad Gateway</h1></html>', '502 Bad Gateway'],
  ['a known value', `cannot log in with ${planted}`, 'cannot log in with [redacted]'],
  ['a connection string', 'dial postgres://app:hunter2@db/x', 'dial postgres://[redacted]@db/x'],
  ['what a terminal would act on', '\u001b[31mred\u001b[0m\u0007', 'red'],
  ['nothing', ' \n', undefined],
])('%s', (_, body, line) => {
  expect(firstLine(body, [SecretValue.fromText(planted)])).toBe(line);
});

test('is cut where it is long', () => {
  expect(firstLine('word '.repeat(100), [])).toHaveLength(120);
});
