import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { SecretValue } from '../../../src/core/secrets/secret-value.ts';

const canary = ['canary', 'p'.repeat(20)].join('-');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const binary = Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('base64');

describe('is printed by nothing', () => {
  const value = SecretValue.fromText(canary);

  test.each<[string, () => string]>([
    ['String()', () => String(value)],
    ['a template', () => `value: ${value as unknown as string}`],
    ['concatenation', () => 'x' + (value as unknown as string)],
    ['JSON', () => JSON.stringify({ value, list: [value] })],
    ['inspect', () => inspect(value)],
    ['inspect of what holds it', () => inspect(new Map([['k', { value }]]), { depth: 9, showHidden: true })],
    ['its own properties', () => JSON.stringify(Object.entries(value))],
    [
      'its property names',
      () => JSON.stringify(Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown)),
    ],
    ['a copy', () => JSON.stringify(Object.assign({}, value))],
    ['an error', () => inspect(new Error('x', { cause: value }))],
  ])('%s', (_, print) => {
    expect(print()).not.toContain(canary);
    expect(print()).not.toContain(base64(canary));
  });

  test('and says so in its place', () => {
    expect([String(value), JSON.stringify(value), inspect(value)]).toEqual([
      '[redacted]',
      '"[redacted]"',
      '[redacted]',
    ]);
  });
});

describe('keeps what it was given', () => {
  test.each(['plain', 'ünïcode ✓', '', 'line\nbreak\n', '\uFEFFwith a byte order mark', 'x'.repeat(1_000_000)])(
    'text of its own encoding (%#)',
    (text) => {
      const value = SecretValue.fromText(text);

      expect(value.reveal() === text).toBe(true);
      expect(value.revealBase64() === base64(text)).toBe(true);
      expect(SecretValue.fromBase64(base64(text)).reveal() === text).toBe(true);
      expect(value.equals(SecretValue.fromBase64(base64(text)))).toBe(true);
    },
  );

  test('bytes that are no text, unchanged', () => {
    const value = SecretValue.fromBase64(binary);

    expect(value.isText).toBe(false);
    expect(value.revealBase64()).toBe(binary);
    expect(value.equals(SecretValue.fromText(''))).toBe(false);
  });
});

test('knows when it is empty', () => {
  expect(SecretValue.fromText('').isEmpty).toBe(true);
  expect(SecretValue.fromBase64(binary).isEmpty).toBe(false);
});

test('is a placeholder by the patterns, and never where it is no text', () => {
  expect(SecretValue.fromText('CHANGE_ME_now').isPlaceholder(['CHANGE_ME*'])).toBe(true);
  expect(SecretValue.fromText('real').isPlaceholder(['CHANGE_ME*'])).toBe(false);
  expect(SecretValue.fromBase64(binary).isPlaceholder(['*'])).toBe(false);
});

test('says what breaks a format without quoting the value', () => {
  const violation = SecretValue.fromText(canary).violation({ minLength: 100 });

  expect(violation).toBe('is shorter than 100 characters');
  expect(SecretValue.fromText(canary).violation({ minLength: 3 })).toBeUndefined();
  expect(SecretValue.fromBase64(binary).violation({})).toBe('is not text (its bytes are not UTF-8)');
});
