import { expect, test } from '@jest/globals';
import { coversHost } from '../../../src/core/diagnose/covers-host.ts';

test.each<[name: string, host: string, covers: boolean]>([
  ['shop.example', 'shop.example', true],
  ['Shop.Example', 'shop.exAMPLE', true],
  ['shop.example', 'other.example', false],
  ['*.example', 'shop.example', true],
  ['*.EXAMPLE', 'shop.example', true],
  ['*.example', 'a.shop.example', false],
  ['*.example', 'example', false],
  ['*.example', '.example', false],
  ['*.example', '*.example', true],
  ['*.example', '*x.example', false],
  ['*', 'example', false],
  ['*e', 'example', false],
  ['s*.example', 'shop.example', false],
])('a certificate for %s is for %s: %s', (name, host, covers) => {
  expect(coversHost(name, host)).toBe(covers);
});
