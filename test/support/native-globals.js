const current = () => globalThis[Symbol.for('c2l.jest')];

/** Jest has them anew for every test file; a module that stays loaded asks each time for those of its file. */
const forward = (name) =>
  new Proxy(() => undefined, {
    apply: (_target, self, args) => Reflect.apply(current()[name], self, args),
    get: (_target, property) => Reflect.get(current()[name], property),
  });

export const [afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test] = [
  'afterAll',
  'afterEach',
  'beforeAll',
  'beforeEach',
  'describe',
  'expect',
  'it',
  'jest',
  'test',
].map(forward);
