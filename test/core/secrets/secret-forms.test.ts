import { describe, expect, test } from '@jest/globals';

import { SecretValue } from '../../../src/core/secrets/secret-value.ts';

const of = (text: string): SecretValue => SecretValue.fromText(text);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const binary = SecretValue.fromBase64(Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('base64'));

test('a login of a registry is what kubelet reads', () => {
  const login = { registry: of('https://r.test'), user: of('ann'), password: of('pass:word') };
  expect(JSON.parse(SecretValue.dockerConfig(login).reveal())).toEqual({
    auths: { 'https://r.test': { username: 'ann', password: 'pass:word', auth: base64('ann:pass:word') } },
  });
});

test.each(['', 'a', 'ab', 'abc', 'abcd', 'ü', 'a=', 'x'.repeat(10_000)])('bytes are counted (%#)', (text) => {
  expect(of(text).byteLength).toBe(Buffer.byteLength(text));
});

test.each<[string, boolean]>([
  [base64('a password'), true],
  [` ${base64('a password')}\n`, true],
  [base64('a password\r\n'), true],
  [base64('12345678'), true],
  [base64('123456789'), true],
  [base64('123456'), false],
  [base64('a long password').slice(0, -1), false],
  [`${base64('a password')}!`, false],
  [base64('first\nsecond line'), false],
  [base64('\u0007 rings a bell'), false],
  ['', false],
])('%j is the base64 of text: %s', (text, isEncoded) => {
  expect(of(text).isEncodedText).toBe(isEncoded);
  expect(of(text).decodedOnce()?.reveal()).toBe(isEncoded ? Buffer.from(text.trim(), 'base64').toString() : undefined);
});

test.each<[string, boolean]>([
  ['NAME=value', true],
  ['NAME: value', true],
  ['  export NAME = value', true],
  ['export  NAME=value', true],
  ['"NAME": "value"', true],
  ["'na.m-e_1'=x", true],
  ['OTHER=value', false],
  ['see NAME=value', false],
  ['NAME value', false],
  ['exported NAME=value', false],
  ['-NAME=', false],
  ['', false],
])('%j is a line that gives a name its value: %s', (text, isLine) => {
  expect(of(text).isLineOf(['NAME', 'na.m-e_1'])).toBe(isLine);
});

test.each<[string, boolean, boolean]>([
  ['-----BEGIN RSA PRIVATE KEY-----\n', true, false],
  ['-----BEGIN CERTIFICATE-----\nMII', false, false],
  ['x-----BEGIN CERTIFICATE-----', false, false],
  ['"quoted"', false, true],
  ["'several\nlines'", false, true],
  ['`ticks`', false, true],
  ['"mixed\'', false, false],
  ['a "quoted" word', false, false],
])('%j is the first line of a PEM: %s, and stands in quotes: %s', (text, isPem, isQuoted) => {
  expect([of(text).isPemStart, of(text).isQuoted]).toEqual([isPem, isQuoted]);
});

test('bytes that are no text are none of these', () => {
  const { isStandIn, isEncodedText, isPemStart, isQuoted, byteLength } = binary;
  expect([isStandIn, isEncodedText, isPemStart, isQuoted, byteLength]).toEqual([false, false, false, false, 4]);
  expect([binary.isLineOf(['']), binary.decodedOnce(), binary.reveal()]).toEqual([false, undefined, '']);
});

test('the mistakes of a drill', () => {
  expect([of('word').encodedAgain().reveal(), of('wörd').withLineBreak().reveal()]).toEqual([base64('word'), 'wörd\n']);
});

describe('is removed from a text', () => {
  const odd = "p?ss~ wörd!'(x)*";
  const strict = encodeURIComponent(odd).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

  test.each<[string, string]>([
    ['as it is', odd],
    ['in base64', base64(odd)],
    ['in base64 without its end', base64(odd).replace(/=+$/, '')],
    ['in base64 of URLs', Buffer.from(odd).toString('base64url')],
    ['as browsers encode it', encodeURIComponent(odd)],
    ['as Python encodes it', strict],
    ['as a form encodes it', strict.replaceAll('%20', '+')],
    ['in small digits', strict.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())],
  ])('%s', (_, form) => {
    expect(of(odd).removeFrom(`before ${form} after ${form}`, 'X')).toBe('before X after X');
  });

  test.each<[string, string, string, string]>([
    ['in JSON', 'a"b\\c', '{"v":"a\\"b\\\\c"}', '{"v":"X"}'],
    ['without the space around it', ' value\n', 'is value.', 'is X.'],
    ['in base64 that has every letter', '>>>?>?', `url ${Buffer.from('>>>?>?').toString('base64url')}`, 'url X'],
    ['each longer line of it', 'first line\r\n  abcd \nabc\n', 'abcd, first line, abc', 'X, X, abc'],
    ['a short one as a word alone', 'abc', 'abc abcd xabc (abc) abc', 'X abcd xabc (X) X'],
    ['a short one of signs', '.*', 'a .* b', 'a X b'],
    ['one of four letters anywhere', 'abcd', 'xabcdx', 'xXx'],
    ['nothing of an empty one', '', 'text', 'text'],
    ['with a replacement that has signs of its own', 'value', 'a value', 'a $&'],
  ])('%s', (_, value, text, expected) => {
    expect(of(value).removeFrom(text, expected.endsWith('$&') ? '$&' : 'X')).toBe(expected);
  });

  test.each<[string, string, number, string]>([
    ['its first half, where a long text was cut', 'a secret value', 256, 'a secret v'],
    ['but for one letter', 'a secret value', 256, 'a secret valu'],
    ['its first four letters', 'a secret value', 256, 'a se'],
  ])('%s', (_, value, length, rest) => {
    const before = `${'-'.repeat(length - rest.length - 1)} `;
    expect(of(value).removeFrom(before + rest, 'X')).toBe(`${before}X`);
  });

  test.each<[string, number, string]>([
    ['three letters', 256, 'a s'],
    ['anything of a shorter text, which no limit has cut', 255, 'a secret v'],
    ['what only ends alike', 256, 'no secret v'],
  ])('but not %s', (_, length, rest) => {
    const text = `${'-'.repeat(length - rest.length - 1)} ${rest}`;
    expect(of('a secret value').removeFrom(text, 'X')).toBe(text);
  });
});
