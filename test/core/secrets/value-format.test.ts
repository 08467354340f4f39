import { describe, expect, test } from '@jest/globals';
import {
  formatViolation,
  tellsWhitespace,
  isPlaceholder,
  isStandIn,
  type ValueFormat,
} from '../../../src/core/secrets/value-format.ts';

const pem = ['-----BEGIN CERTIFICATE-----', 'TUlJQg==', '-----END CERTIFICATE-----', ''].join('\n');

describe('a format', () => {
  test.each<[ValueFormat, string, string, string]>([
    [{ minLength: 3 }, 'äöü', 'äö', 'is shorter than 3 characters'],
    [{ pattern: 'a|b' }, 'b', 'ab', 'does not match a|b'],
    [{ oneOf: ['on', 'off'] }, 'on', 'of', 'is none of on, off'],
    [{ kind: 'json' }, '{"a":1}', '{a:1}', 'is not JSON'],
    [{ kind: 'pem' }, pem, pem.replace('END', 'FIN'), 'is not PEM'],
    [{ kind: 'pem' }, pem + pem, pem.replace('END CERTIFICATE', 'END PUBLIC KEY'), 'is not PEM'],
    [{ kind: 'url' }, 'postgres://db:5432/app', 'db:5432/app', 'is not a URL with a scheme and a host'],
    [{ minDecodedBytes: 32 }, 'A'.repeat(43), 'A'.repeat(42), 'decodes to fewer than 32 bytes'],
    [{ minDecodedBytes: 1 }, '-_8=', 'a b!', 'is not base64'],
    [{ minLength: 2, pattern: '[0-9]+' }, '12', '1x', 'does not match [0-9]+'],
  ])('%j accepts %j and says of %j: %s', (format, good, bad, violation) => {
    expect(formatViolation(good, format)).toBeUndefined();
    expect(formatViolation(bad, format)).toBe(violation);
  });
});

describe('whatever the format says', () => {
  test.each([
    ['value\n', 'ends in a line break'],
    ['value\r\n', 'ends in a line break'],
    ['value ', 'ends in whitespace'],
    [' value', 'begins with whitespace'],
    [' \n', 'is only whitespace'],
  ])('%j is refused', (text, violation) => {
    expect(formatViolation(text, {})).toBe(violation);
    expect(tellsWhitespace(`env:backup.env: ${violation}`)).toBe(true);
  });

  test('a document of several lines may end in a line break', () => {
    expect(formatViolation('one\ntwo\n', {})).toBeUndefined();
  });

  test('the value is never quoted', () => {
    const canary = 'canary'.repeat(4);

    for (const kind of ['json', 'pem', 'url'] as const) expect(formatViolation(canary, { kind })).not.toContain(canary);
  });
});

test.each([
  ...['********', '[redacted]', '${DB_PASSWORD}', '$(cat pw)', '{{ .Values.db.password }}', '<your password>'],
  ...['op://prod/db/password', 'ENC[AES256_GCM,data:x,iv:y]'],
])('%j stands for a value', (text) => {
  expect(isStandIn(text)).toBe(true);
});

test.each([
  ...['', 'p*ss', '${A}${B}x', 'https://{{ host }}', '{{ define "mail" }}\n{{ .Text }}\n{{ end }}', '<a href="x">'],
  ...['<3-hearts>', '{"a":{}}', 'x op://y'],
])('%j is a value', (text) => {
  expect(isStandIn(text)).toBe(false);
});

test.each([
  ['CHANGE_ME_32_chars', true],
  ['REPLACE_ME', true],
  ['do not CHANGE_ME', false],
  ['', false],
])('%j is a placeholder: %s', (text, placeholder) => {
  expect(isPlaceholder(text, ['CHANGE_ME*', 'REPLACE_ME*'])).toBe(placeholder);
});
