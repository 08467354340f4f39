import { writeFileSync } from 'node:fs';
import { serialize } from 'node:v8';
import { loadTests, stryker } from './load-tests.js';

/** Which tests reach which change, how often, and how long they take. What fails without a change is left out. */
const [, , file, coverageFile] = process.argv;
const tests = loadTests(file);
const took = new Map();
for (const [index, { name, run }] of tests.entries()) {
  stryker.currentTestId = `${index}`;
  const begun = performance.now();
  try {
    await run();
    took.set(index, performance.now() - begun);
  } catch (error) {
    process.send({ broken: name, error: error.message });
  }
}
const { static: atLoad, perTest } = stryker.mutantCoverage;
const reached = new Map();
for (const [test, hits] of Object.entries(perTest)) {
  if (!took.has(Number(test))) continue;
  for (const [id, count] of Object.entries(hits)) {
    const known = reached.get(id) ?? { tests: [], count: 0 };
    known.tests.push(Number(test));
    known.count += count;
    reached.set(id, known);
  }
}
writeFileSync(coverageFile, serialize({ took, reached, atLoad: new Set(Object.keys(atLoad)) }));
// What was sent before has arrived when this has.
process.send({}, () => process.exit(0));
