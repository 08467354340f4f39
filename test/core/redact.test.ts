import { describe, expect, test } from '@jest/globals';
import { redact } from '../../src/core/redact.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';

const canary = "canary p@ss/wörd+it's";
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const multiline = 'first-line-of-it\n  second-line-of-it\nthird-line-of-it\n';
const padding = 'all is well so far. '.repeat(20);

const clean = (text: string, ...values: string[]): string =>
  redact(
    text,
    values.map((value) => SecretValue.fromText(value)),
  );

describe('a value leaves a text in every form in which programs print one', () => {
  test.each<[string, string]>([
    ['as it is', canary],
    ['in base64', base64(canary)],
    ['in base64 without padding', base64(canary).replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(canary).toString('base64url')],
    ['in a URL', encodeURIComponent(canary)],
    ['in a URL, with small digits', encodeURIComponent(canary).toLowerCase()],
    ['in a URL, as Python encodes it', encodeURIComponent(canary).replaceAll("'", '%27')],
    ['in a form', encodeURIComponent(canary).replaceAll("'", '%27').replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(canary).slice(1, -1)],
  ])('%s', (_, form) => {
    expect(clean(`it was (${form}), twice (${form})`, canary)).toBe('it was ([redacted]), twice ([redacted])');
  });

  test.each<[string, string]>([
    ['whole', multiline],
    ['line by line', multiline.split('\n').join('\nINFO ')],
    ['in JSON', JSON.stringify(multiline)],
    ['by its last line alone', 'third-line-of-it'],
    ['with the line ends of Windows', multiline.replaceAll('\n', '\r\n')],
  ])('of several lines, %s', (_, text) => {
    expect(clean(text, multiline)).not.toMatch(/line-of-it/);
  });

  test.each([[['inner-value', 'inner-value-of-outer']], [['inner-value-of-outer', 'inner-value']]])(
    'whole, where one holds another: %j',
    (both) => {
      expect(clean('a inner-value-of-outer b', ...both)).toBe('a [redacted] b');
    },
  );

  test.each([4, 8, 20])('of which a limit left the first %i characters', (length) => {
    const text = `${padding}login as ${canary.slice(0, length)}`;

    expect(clean(text, canary)).toBe(`${padding}login as [redacted]`);
    expect(clean(`${padding}${base64(canary).slice(0, length)}`, canary)).toBe(`${padding}[redacted]`);
  });

  test('but a text that no limit can have cut keeps an end that a value begins with', () => {
    expect(clean('cannot reach postgres', 'postgres-of-the-shop')).toBe('cannot reach postgres');
  });

  test('a short one only as a word of its own', () => {
    expect(clean('user ab of about 3 labs', 'ab')).toBe('user [redacted] of about 3 labs');
    expect(clean('is (a+b) here', 'a+b')).toBe('is ([redacted]) here');
  });

  test('an empty one changes nothing', () => {
    expect(clean('as it was', '', '\n')).toBe('as it was');
  });
});

describe('what looks like a value goes, known or not', () => {
  test.each<[string, string]>([
    ['postgres://shop:hunter@db:5432/shop', 'postgres://[redacted]@db:5432/shop'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted] [redacted]'],
    ['sent basic c2hvcDpodW50ZXI=', 'sent basic [redacted]'],
    ['password=hunter, user=shop', 'password=[redacted], user=shop'],
    ["DB_PASSWORD: 'hunter two'", 'DB_PASSWORD: [redacted]'],
    ['{"apiKey":"hunter","user":"shop"}', '{"apiKey":[redacted],"user":"shop"}'],
    ['token eyJhbGciOi.eyJzdWIi.c2ln', 'token [redacted]'],
    [`key ${'ab12'.repeat(6)} refused`, 'key [redacted] refused'],
    ['-----BEGIN PRIVATE KEY-----\nMC4/a\nb/c=\n-----END PRIVATE KEY-----\nnext', '[redacted]\nnext'],
    ['-----BEGIN PRIVATE KEY-----\nMC4/a', '[redacted]'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test.each([
    'dial tcp 10.0.0.1:5432: connect: connection refused',
    'GET /api/health answered 503 in 12 ms',
    'cannot find module /app/node_modules/pg/lib/index.js',
    'relation "users" does not exist at character 15',
  ])('ordinary words stay: %s', (text) => {
    expect(clean(text, canary)).toBe(text);
  });
});
