import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const paths = (names) => names.map((name) => `test/e2e/${name}.e2e.test.ts`);

/** Hold all that the cluster has against what it was, but for some namespaces. */
const drills = paths(['dr-drill', 'dr-drill-killed']);

/** Touch a namespace of their own and nothing else. */
const apart = paths([
  'decouple-monitoring',
  'external-secrets',
  'external-secrets-vault',
  'generated-manifests',
  'init',
  'resilience',
  'sealed-secrets',
]);

/** Touch besides their own namespace what belongs to none, or Argo CD's: not beside the drills. */
const wider = paths(['admission-policy', 'bootstrap-owners', 'sync-policy']);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Resolves with the exit code of a run of one story after the other. */
function tell(argv) {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', 'jest.e2e.config.js'];
  const child = spawn(process.execPath, [...jest, '--runInBand', ...argv], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** All stories: what no list above names shares the stack's namespace, volumes and definitions, and comes after the drills. */
async function tellAll() {
  const named = [...drills, ...apart, ...wider];
  const missing = named.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);
  const drilled = tell(['--runTestsByPath', ...drills]);
  return Promise.all([
    drilled,
    drilled.then(() => tell([`--testPathIgnorePatterns=${named.join('|')}`])),
    tell(['--runTestsByPath', ...apart]).then(async (code) => {
      await drilled;
      return Math.max(code, await tell(['--runTestsByPath', ...wider]));
    }),
  ]);
}

const asked = process.argv.slice(2);
const codes = asked.length > 0 ? [await tell(asked)] : await tellAll();
process.exitCode = Math.max(...codes);
