import { expect } from 'expect';

/** What the tests import of Jest, kept as a list: the same test runs once for each change. */
export const tests = [];
let scopes = [];

/** What is prepared outside of any `describe` is so for the tests of its file alone. */
export function beginFile() {
  scopes = [{ before: [], after: [] }];
}

export { expect };

export function describe(name, body) {
  scopes = [...scopes, { before: [], after: [] }];
  body();
  scopes = scopes.slice(0, -1);
}

export function test(name, body) {
  const own = scopes;
  tests.push({
    name,
    run: async () => {
      for (const { before } of own) for (const prepare of before) await prepare();
      try {
        await body();
      } finally {
        for (const { after } of own) for (const tidy of after) await tidy();
      }
    },
  });
}

export const beforeEach = (prepare) => scopes.at(-1).before.push(prepare);
export const afterEach = (tidy) => scopes.at(-1).after.push(tidy);
// Each test is run by itself, again and again.
export const beforeAll = beforeEach;
export const afterAll = afterEach;

for (const what of [describe, test]) {
  what.skip = () => undefined;
  what.each = (rows) => (name, body) => {
    for (const row of rows) what(name, () => body(...(Array.isArray(row) ? row : [row])));
  };
}
