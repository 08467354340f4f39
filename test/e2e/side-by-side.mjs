import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Stories that touch a namespace of their own and nothing else. The others share the node's volumes, what belongs to no
 * namespace and Argo CD's, and one of them holds all of that against what it was: those are told one after the other.
 */
const apart = [
  'decouple-monitoring',
  'external-secrets',
  'external-secrets-vault',
  'generated-manifests',
  'init',
  'resilience',
  'sealed-secrets',
].map((name) => `test/e2e/${name}.e2e.test.ts`);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Resolves with the exit code of a run of one story after the other. */
function tell(argv) {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', 'jest.e2e.config.js'];
  const child = spawn(process.execPath, [...jest, '--runInBand', ...argv], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

const missing = apart.filter((path) => !existsSync(new URL(path, new URL('../../', import.meta.url))));
if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);

const asked = process.argv.slice(2);
const runs =
  asked.length > 0 ? [asked] : [['--runTestsByPath', ...apart], [`--testPathIgnorePatterns=${apart.join('|')}`]];
const codes = await Promise.all(runs.map(tell));
process.exitCode = Math.max(...codes);
