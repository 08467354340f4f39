import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { c2l, launcher } from '../support/built-program.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

test('--version is the version of the package', async () => {
  expect(await c2l('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help names every command and exits 0', async () => {
  const { exitCode, stdout } = await c2l('--help');
  for (const name of ['audit', 'fix-secrets', 'restart', 'verify', 'stabilize', 'sandbox']) {
    expect(stdout).toContain(`\n  ${name}`);
  }
  expect(exitCode).toBe(0);
});

test.each(['audit', 'fix-secrets', 'restart', 'verify', 'stabilize', 'sandbox'])(
  '%s --help has an example',
  async (name) => {
    const { exitCode, stdout } = await c2l(name, '--help');
    expect(stdout).toMatch(new RegExp(`Example:\\n  c2l ${name}`));
    expect(exitCode).toBe(0);
  },
);

test('without arguments a newcomer reads three things to try', async () => {
  const { exitCode, stdout } = await c2l();
  expect(stdout.match(/^ {2}c2l /gm)).toHaveLength(3);
  expect(exitCode).toBe(0);
});

test.each([
  [['audti'], 'audit'],
  [['audit', '--namespce', 'shop'], '--namespace'],
])('%j suggests %s and exits 2', async (argv, suggestion) => {
  const { exitCode, stdout, stderr } = await c2l(...argv);
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toContain(suggestion);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('what is only begun is told how it may go on; of a command that begins no other, help is given', async () => {
  const begun = await Promise.all([c2l('help', 'dr'), c2l('dr'), c2l('help', 'dr-drill', 're'), c2l('help', 'nope')]);
  expect(begun.map(({ stderr }) => stderr)).toEqual([
    "error: unknown command 'dr' (Did you mean dr-drill?); c2l --help\n",
    "error: unknown command 'dr' (Did you mean dr-drill?); c2l --help\n",
    "error: unknown command 're' (Did you mean resume?); c2l dr-drill --help\n",
    "error: unknown command 'nope'; c2l --help\n",
  ]);
  expect((await c2l('help', 'audit', 'all')).stdout).toMatch(/^Usage: c2l audit /);
});

test('a clone that is not built says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'c2l-unbuilt-'));
  const copy = join(folder, 'bin', 'c2l.js');
  mkdirSync(join(folder, 'bin'));
  copyFileSync(launcher, copy);
  const { status, stderr } = spawnSync(process.execPath, [copy, 'audit'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect([status, stderr]).toEqual([2, 'error: c2l is not built here; npm ci && npm run build\n']);
});

test.each([
  [['audti'], 'c2l --help'],
  [['-n', 'shop', 'audit', '--no-such'], 'c2l audit --help'],
  [['verify', '--timeout', 'soon'], 'c2l verify --help'],
  [['generate', 'rbac', '--no-such'], 'c2l generate rbac --help'],
  [['audit', '--interval', '5s'], 'c2l audit --help'],
])('%j ends in the help that tells how: %s', async (argv, help) => {
  const { exitCode, stderr } = await c2l(...argv);
  expect(stderr).toMatch(new RegExp(`; ${help}\n$`));
  expect(exitCode).toBe(2);
});

test('a usage error with -o json is one document on standard output', async () => {
  const { exitCode, stdout } = await c2l('audti', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'error', findings: [], error: { code: 'usage' } });
  expect(exitCode).toBe(2);
});

test('a reader that goes away early is not a defect', () => {
  const script = '"$0" "$1" audit --sandbox -o json | true; echo "exit ${PIPESTATUS[0]}"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, launcher], { encoding: 'utf8' });
  expect(stderr).not.toMatch(/EPIPE|defect/);
  expect(stdout).toBe('exit 1\n');
});
