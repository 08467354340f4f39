import { expect, jest, test } from '@jest/globals';

jest.setTimeout(45_000);

test('a time limit that a file sets is known to what runs its tests', () => {
  expect(Reflect.get(globalThis, Symbol.for('TEST_TIMEOUT_SYMBOL'))).toBe(45_000);
});
