import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const paths = (names) => names.map((name) => `test/e2e/${name}.e2e.test.ts`);

/** Hold seconds against a promise, which other work would break: nothing is told beside it. */
const measuring = paths(['resilience']);

/**
 * Hold all that belongs to no namespace against what it was, but for other namespaces' volumes, and Argo CD's too.
 * Stories that change any of that are told after them.
 */
const drills = paths(['dr-drill', 'dr-drill-killed']);

const afterTheDrills = paths(['admission-policy', 'bootstrap-owners', 'namespace-lost', 'sync-policy']);

/** Share the namespace of the stack with a later one, or touch only their own. */
const besideTheDrills = paths(['incident', 'total-loss', 'watch']);

/** Touch a namespace of their own and nothing else. */
const apart = paths(['decouple-monitoring', 'external-secrets', 'external-secrets-vault', 'init', 'sealed-secrets']);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Resolves with the exit code of a run of one story after the other. */
function tell(argv) {
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.e2e.config.js'];
  const child = spawn(process.execPath, [...jest, '--runInBand', ...argv], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** All stories, three at a time. What no list names shares definitions of kinds with each other, and goes last. */
async function tellAll() {
  const named = [...measuring, ...drills, ...afterTheDrills, ...besideTheDrills, ...apart];
  const missing = named.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);
  const these = (stories) => tell(['--runTestsByPath', ...stories]);
  const measured = await these(measuring);
  const drilled = these(drills);
  const beside = these(besideTheDrills);
  const last = () => tell([`--testPathIgnorePatterns=${named.join('|')}`]);
  return Promise.all([
    measured,
    these(apart),
    drilled,
    beside,
    drilled.then(() => these(afterTheDrills)),
    Promise.all([drilled, beside]).then(last),
  ]);
}

const asked = process.argv.slice(2);
const codes = asked.length > 0 ? [await tell(asked)] : await tellAll();
process.exitCode = Math.max(...codes);
