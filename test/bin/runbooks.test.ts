import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { start, type Finished } from '../support/built-program.ts';

const names = (await readdir(fileURLToPath(new URL('../../runbooks/', import.meta.url))))
  .filter((file) => file !== 'README.md')
  .map((file) => file.replace(/\.md$/, ''));

let folder: string;
let progress: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'c2l-runbook-'));
  progress = join(folder, 'progress.json');
});

afterEach(() => rm(folder, { recursive: true }));

async function run(name: string, ...more: string[]): Promise<Finished> {
  const where = ['--sandbox', '--speed', '50', '--progress', progress];
  return start(['runbook', 'run', name, '--yes', ...where, ...more], { timeoutMs: 120_000 }).finished;
}

/** What the steps read that a person would have prepared. */
async function prepared(name: string): Promise<{ value: string; flags: string[] }> {
  const value = `whsec_${randomBytes(18).toString('hex')}`;
  const file = join(folder, 'value.txt');
  await writeFile(file, value, { mode: 0o600 });
  const takesOne = ['rotating-a-credential', 'when-c2l-cannot-be-used'].includes(name);
  return { value, flags: takesOne ? ['--set', `VALUE_FILE=${file}`] : [] };
}

test.each(names)(
  'every step of %s does in the sandbox what it says, and the log holds no value',
  async (name) => {
    const { value, flags } = await prepared(name);
    const ran = await run(name, ...flags);
    expect([ran.exitCode, ran.exitCode === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).not.toMatch(/FAILED|not yet/);
    const log = await readFile(join(folder, 'progress.md'), 'utf8');
    expect(log).toMatch(/^# .*: log\n\nBegun /);
    expect(log.match(/^## .*: done, exit \d+$/gm)?.length).toBe(ran.stdout.match(/ done$/gm)?.length);
    expect(log + ran.stdout + ran.stderr + (await readFile(progress, 'utf8'))).not.toContain(value);
  },
  150_000,
);

const broken = `# Two steps

\`\`\`sh step="First"
echo first
\`\`\`

\`\`\`sh step="Second" check="test -f done"
echo password=hunter2hunter2hunter2
\`\`\`
`;

test('a second run beside one that goes on is refused, and touches nothing that the first one keeps', async () => {
  const path = join(folder, 'two-steps.md');
  await writeFile(path, broken);
  // This process runs, as the other run would.
  await writeFile(`${progress}.lock`, `${process.pid}\n`);
  const second = await run(path);
  expect([second.exitCode, second.stdout]).toEqual([2, '']);
  expect(second.stderr).toMatch(
    new RegExp(
      `error: process ${process.pid} is walking since .* UTC and keeps its progress in .*; go on there, or end it`,
    ),
  );
  expect((await readdir(folder)).sort()).toEqual(['progress.json.lock', 'two-steps.md']);
});

test('a step whose check fails stops a script with exit 4; the next run goes on there, and says who began', async () => {
  const path = join(folder, 'two-steps.md');
  await writeFile(path, broken);
  const stopped = await run(path);
  expect(stopped.exitCode).toBe(4);
  expect(stopped.stderr).toContain('FAILED: the check ended with exit 1');
  expect(await readFile(progress, 'utf8')).not.toContain('hunter2');

  await writeFile(path, broken.replace('test -f done', 'true'));
  const finished = await run(path);
  expect(finished.exitCode).toBe(0);
  expect(finished.stderr).toMatch(/going on with what .+ began at .+; --anew starts over/);
  expect(finished.stderr).toContain('again in the new sandbox: First');
  expect(finished.stderr).not.toContain('step 1 of 2');
});

test.each([
  [['no-such'], 'no runbook is called no-such'],
  [['restoring'], 'did you mean restoring-application-secrets? c2l runbook list'],
  [['tour', '--set', 'NOTHING=1'], 'NOTHING=1 sets nothing of runbook tour'],
])('%j is refused with what there is', async ([name = '', ...more], message) => {
  const refused = await run(name, ...more);
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('nobody to ask, and no --yes: nothing runs', async () => {
  const refused = await start(['runbook', 'run', 'tour', '--sandbox']).finished;
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('asks at each step and nobody can be asked here');
});

test('a runbook is shown whole within 80 columns, but for commands and tables', async () => {
  const shown = await start(['runbook', 'show', 'restoring-application-secrets']).finished;
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain('step 1 of 5: See everything that is missing\n    c2l audit\n');
  expect(shown.stdout.split('\n').filter((line) => line.length > 80 && !/^ {4}/.test(line))).toEqual([]);
});
