import { expect, test } from '@jest/globals';

import { isAsciiAlone, shownIn } from '../../src/render/ascii-text.ts';

test.each([
  ['name…', 'name...'],
  ['2 × lost → found', '2 x lost -> found'],
  ['“Zürich”', '"Z\\u00fcrich"'],
  ['version 1a2b3c4d5e6…', 'version 1a2b3c4d5e6~'],
  ['\u001b[1mversion 1a2b3c4d…\u001b[22m', '\u001b[1mversion 1a2b3c4d...\u001b[22m'],
  ['\u{1f511}', '\\ud83d\\udd11'],
])('%j is shown as %j', (text, shown) => {
  expect(shownIn({ LANG: 'C' })(text, 20)).toBe(shown);
  expect(shownIn({ LANG: 'C.UTF-8' })(text, 20)).toBe(text);
});

test.each([
  [{}, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'de_DE.ISO-8859-1' }, true],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'C.utf8' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8', LC_ALL: '' }, false],
])('%j', (env, isAlone) => {
  expect(isAsciiAlone(env)).toBe(isAlone);
});
