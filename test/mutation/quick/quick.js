import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { bundle } from './bundle.js';

const leastScore = 85;
const hangsMs = 30_000;
const workers = 2;
const core = resolve(import.meta.dirname, '../../../src/core');

/**
 * `quick.js [PART…]`: tries every change of src/core, or of these folders and files of it, with all tests in one process:
 * a whole run in the time in which Stryker tries some hundred. Of parts that are named it lists what no test notices.
 */
const parts = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'c2l-mutation-quick-'));
const file = join(folder, 'tests.cjs');
const coverageFile = join(folder, 'coverage');
const mutants = await bundle(parts, file);
const statuses = new Map();
const triedAnew = new Set();

/**
 * One that hangs is ended with its process, and the next one goes on behind it. One after which tests fail without it is
 * tried once more in a new process, where nothing was before it.
 */
async function tryAll(ids) {
  while (ids.length > 0) {
    let begun;
    let isReady = false;
    let timer;
    const worker = start('worker.js', ['ignore', 'ignore', 'ignore', 'ipc']);
    worker.send(ids);
    worker.on('message', ({ begun: next, id, status, spoilt }) => {
      isReady = true;
      clearTimeout(timer);
      if (id !== undefined) keep(id, status);
      if (spoilt !== undefined) {
        begun = undefined;
        if (triedAnew.has(spoilt)) statuses.set(spoilt, 'noticed');
        triedAnew.add(spoilt);
      }
      if (next === undefined) return;
      begun = next;
      timer = setTimeout(() => worker.kill('SIGKILL'), hangsMs);
    });
    await once(worker, 'exit');
    clearTimeout(timer);
    if (!isReady) throw new Error('the tests could not be loaded');
    if (begun !== undefined && !statuses.has(begun)) statuses.set(begun, 'endless');
    ids = ids.filter((id) => !statuses.has(id));
  }
}

function keep(id, status) {
  statuses.set(id, status);
  if (statuses.size % 2000 === 0) process.stderr.write(`${statuses.size} of ${mutants.length} changes tried\n`);
}

const start = (program, stdio) => fork(join(import.meta.dirname, program), [file, coverageFile], { stdio });

const ids = mutants.map(({ id }) => id);
try {
  const coverage = start('coverage.js', ['ignore', 'ignore', 'inherit', 'ipc']);
  coverage.on('message', ({ broken, error }) => {
    if (broken !== undefined) process.stderr.write(`left out: ${broken}: ${error.split('\n')[0]}\n`);
  });
  const [code] = await once(coverage, 'exit');
  if (code !== 0) throw new Error('the tests could not be run without a change');
  await Promise.all(
    Array.from({ length: workers }, (_, worker) => tryAll(ids.filter((_id, index) => index % workers === worker))),
  );
} finally {
  rmSync(folder, { recursive: true });
}

function tally(found) {
  const of = (...wanted) => found.filter(({ id }) => wanted.includes(statuses.get(id))).length;
  const [noticed, tried] = [of('noticed', 'endless'), of('noticed', 'endless', 'left', 'unreached')];
  return { noticed, tried, unreached: of('unreached'), score: (100 * noticed) / tried };
}

function line(name, { noticed, tried, unreached, score }) {
  return `${name.padEnd(40)} ${String(tried).padStart(6)} ${String(noticed).padStart(6)} ${score.toFixed(1).padStart(5)} % ${String(unreached).padStart(5)} reached by no test\n`;
}

const nameOf = ({ fileName }) => relative(core, fileName);
const groupOf = (mutant) => (parts.length === 0 ? nameOf(mutant).split('/')[0] : nameOf(mutant));
const names = [...new Set(mutants.map(groupOf))];
for (const name of names) {
  const found = mutants.filter((mutant) => groupOf(mutant) === name);
  process.stdout.write(line(name, tally(found)));
  const left = found.filter(({ id }) => ['left', 'unreached'].includes(statuses.get(id)));
  if (parts.length > 0) {
    for (const { location, replacement, id } of left) {
      process.stdout.write(
        `  ${location.start.line + 1}:${location.start.column + 1} ${statuses.get(id)}: ${replacement.replace(/\s+/g, ' ').slice(0, 100)}\n`,
      );
    }
  }
}
const all = tally(mutants);
process.stdout.write(line('all of these', all));
if (all.score < leastScore) process.exitCode = 1;
