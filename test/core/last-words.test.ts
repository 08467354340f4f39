import { expect, test } from '@jest/globals';
import { lastWords } from '../../src/core/last-words.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';

const canary = 'canary-of-the-log-xyz';
const values = [SecretValue.fromText(canary)];
const words = (...lines: readonly string[]): string | undefined => lastWords(lines.join('\n'), values);

const logs: readonly (readonly [string, readonly string[], string | undefined])[] = [
  ['an empty log', [''], undefined],
  ['blank lines alone', ['', '   ', '\t'], undefined],
  ['nothing telling: the last line', ['starting', 'stopping', ''], 'stopping'],
  ['the last telling line, whatever follows', ['error: no a', 'error: no b', 'bye'], 'error: no b'],
  [
    'Node',
    [
      '/app/index.js:3',
      "    throw new Error('no JWT_ISSUER')",
      '    ^',
      '',
      'Error: no JWT_ISSUER',
      '    at errorHandler (/app/error.js:3:9)',
      '    at failed (/app/index.js:3:9)',
      '',
      'Node.js v20.20.2',
    ],
    'Error: no JWT_ISSUER',
  ],
  [
    'Python',
    [
      'WARNING retrying: connection refused',
      'Traceback (most recent call last):',
      '  File "/app/error.py", line 3, in <module>',
      "KeyError: 'JWT_ISSUER'",
    ],
    "KeyError: 'JWT_ISSUER'",
  ],
  [
    'Java',
    [
      'Exception in thread "main" java.lang.IllegalStateException: cannot start',
      '\tat com.shop.Main.main(Main.java:8)',
      'Caused by: java.net.UnknownHostException: db',
      '\tat com.shop.error.Handler.failed(Handler.java:9)',
      '\t... 12 more',
    ],
    'Caused by: java.net.UnknownHostException: db',
  ],
  [
    'Go',
    ['panic: no JWT_ISSUER', '', 'goroutine 1 [running]:', 'main.main()', '\t/app/main.go:8 +0x1d', 'exit status 2'],
    'panic: no JWT_ISSUER',
  ],
  [
    'JSON',
    [
      '{"level":"info","ts":1.5,"msg":"starting"}',
      '{"level":"error","ts":2.5,"caller":"db/pool.go:14","msg":"cannot connect","error":"dial tcp: refused"}',
    ],
    'cannot connect: dial tcp: refused',
  ],
  [
    'JSON that quotes',
    ['{"level":"fatal","message":"login with \\"x\\" refused\\nfor ever"}'],
    'login with "x" refused for ever',
  ],
  ['JSON without a message', ['{"error":{"code":7}}'], '{"error":{"code":7}}'],
  ['what only begins as JSON', ['{"level":"error","msg":"cut o'], '{"level":"error","msg":"cut o'],
  ['colours', ['\u001b[31mERROR\u001b[0m no such table\u0007'], 'ERROR no such table'],
  ['what would name a terminal window', ['\u001b]0;owned\u0007error: no a'], 'error: no a'],
  ['escapes that JSON hides', ['{"msg":"\\u001b[2Jfailed\\u0007 at a"}'], 'failed at a'],
  ['the control characters of eight bits', ['\u009b31merror: no a'], '31merror: no a'],
  ['line ends of Windows', ['error: no a\r', 'bye\r'], 'error: no a'],
  ['a value', [`error: login with ${canary} refused`], 'error: login with [redacted] refused'],
  ['a value in JSON', [`{"msg":"login with ${canary} refused"}`], 'login with [redacted] refused'],
  ['a value that colours hide', [`error: ${canary.slice(0, 6)}\u001b[1m${canary.slice(6)}`], 'error: [redacted]'],
  ['a value that JSON hides', [`{"msg":"failed: \\u0063${canary.slice(1)}"}`], 'failed: [redacted]'],
];

test.each(logs)('of %s', (_, lines, expected) => {
  expect(words(...lines)).toBe(expected);
});

test('a value of several lines is found before the log is cut into lines', () => {
  const value = SecretValue.fromText('ab\nerror cd\nef');

  expect(lastWords('starting\nab\nerror cd\nef\n', [value])).toBe('[redacted]');
});

test('a long line is cut after its values are gone, also where one stands at the cut', () => {
  const line = `error: ${'x '.repeat(70)}${canary} ${'y '.repeat(50)}`;
  const said = words(line) ?? '';

  expect(said).toHaveLength(160);
  expect(said).toMatch(/\[redact.*…$/);
  expect(said).not.toContain(canary.slice(0, 4));
});
