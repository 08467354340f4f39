import { once } from 'node:events';
import { createRequire } from 'node:module';

const [, , file] = process.argv;
// Too many for the command line.
const [ids] = await once(process, 'message');

let change = 0;
globalThis.MapOfOneChange = class extends WeakMap {
  #known = change;
  #map = new WeakMap();
  get(key) {
    return this.#known === change ? this.#map.get(key) : undefined;
  }
  has(key) {
    return this.#known === change && this.#map.has(key);
  }
  set(key, value) {
    if (this.#known !== change) this.#map = new WeakMap();
    this.#known = change;
    this.#map.set(key, value);
    return this;
  }
};

const stryker = { mutantCoverage: { static: {}, perTest: {} } };
globalThis.__stryker__ = stryker;
process.on('unhandledRejection', () => undefined);
const tests = createRequire(import.meta.url)(file);

/** Which tests reach which change, how often, and how long they take. What fails without a change is left out. */
const took = new Map();
for (const [index, { run }] of tests.entries()) {
  stryker.currentTestId = `${index}`;
  const begun = performance.now();
  try {
    await run();
    took.set(index, performance.now() - begun);
  } catch (error) {
    process.send({ broken: tests[index].name, error: error.message });
  }
}
delete stryker.currentTestId;
const { static: atLoad, perTest } = stryker.mutantCoverage;
const reached = new Map();
for (const [test, hits] of Object.entries(perTest)) {
  if (!took.has(Number(test))) continue;
  for (const [id, count] of Object.entries(hits)) {
    const known = reached.get(id) ?? { tests: [], count: 0 };
    reached.set(id, { tests: [...known.tests, Number(test)], count: known.count + count });
  }
}

const killers = new Map();
const rank = (test) => took.get(test) - 1000 * (killers.get(test) ?? 0);

async function passes(test) {
  try {
    await tests[test].run();
    return true;
  } catch {
    return false;
  }
}

async function killerAmong(wanted) {
  for (const test of wanted.toSorted((left, right) => rank(left) - rank(right))) {
    if (await passes(test)) continue;
    killers.set(test, (killers.get(test) ?? 0) + 1);
    return test;
  }
  return undefined;
}

process.send({ ready: tests.length });
for (const id of ids) {
  const found = reached.get(id);
  if (found === undefined) {
    process.send({ id, status: id in atLoad ? 'ignored' : 'unreached' });
    continue;
  }
  process.send({ begun: id });
  change += 1;
  Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit: 100 * found.count + 1000 });
  const killer = await killerAmong(found.tests);
  delete stryker.activeMutant;
  change += 1;
  if (killer === undefined) process.send({ id, status: 'left' });
  else if (await passes(killer)) process.send({ id, status: 'noticed' });
  else {
    // Without the change it fails as well by now: what this change or one before it left behind decides, not the change.
    await new Promise((sent) => process.send({ spoilt: id }, sent));
    break;
  }
}
process.exit(0);
