import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { loadTests, nextChange, stryker } from './load-tests.js';

const [, , file, coverageFile] = process.argv;
const { took, reached, atLoad } = deserialize(readFileSync(coverageFile));
// Too many for the command line.
const [ids] = await once(process, 'message');
const tests = loadTests(file);

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

for (const id of ids) {
  const found = reached.get(id);
  if (found === undefined) {
    process.send({ id, status: atLoad.has(id) ? 'ignored' : 'unreached' });
    continue;
  }
  process.send({ begun: id });
  nextChange();
  Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit: 100 * found.count + 1000 });
  const killer = await killerAmong(found.tests);
  delete stryker.activeMutant;
  nextChange();
  if (killer === undefined) process.send({ id, status: 'left' });
  else if (await passes(killer)) process.send({ id, status: 'noticed' });
  else {
    // Without the change it fails as well by now: what this change or one before it left behind decides, not the change.
    await new Promise((sent) => process.send({ spoilt: id }, sent));
    break;
  }
}
process.exit(0);
