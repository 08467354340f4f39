import { expect, test } from '@jest/globals';

import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RunbookProgress } from '../../../src/core/runbook/runbook-progress.ts';
import { openProgressFile } from '../../../src/adapters/runbook/runbook-progress-file.ts';

function begun(startedAt: string): RunbookProgress {
  return { version: 1, runbook: 'tour', startedBy: 'ann', context: 'blue', values: {}, steps: [], startedAt };
}

const alone = { env: {}, processId: 1, isRunning: () => false, whereHeld: 'go on there' };

test.each([
  ['what lies at home is told as it is typed', undefined, '~/.local/state/c2l/runbook-tour-blue.md'],
  ['anything else whole', 'else/where.json', 'FOLDER/else/where.md'],
  ['also beside it', 'home-too/x.json', 'FOLDER/home-too/x.md'],
])('%s', async (_, path, logPath) => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  const options = { ...alone, cwd: folder, env: { HOME: join(folder, 'home') } };
  expect((await openProgressFile('tour-blue', path, options)).logPath.replace(folder, 'FOLDER')).toBe(logPath);
  await rm(folder, { recursive: true });
});

test('a file by which another run walks is refused with who it is, and free again after its end or a kill', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  const running = new Set([41, 42]);
  const open = (processId: number) =>
    openProgressFile('tour', undefined, {
      ...alone,
      cwd: folder,
      env: { HOME: folder },
      processId,
      isRunning: (id) => running.has(id),
    });
  const first = await open(41);
  await first.save(begun('2026-01-02T03:04:05.000Z'), 'one step');
  const lock = join(folder, '.local/state/c2l/runbook-tour.json.lock');
  await utimes(lock, new Date('2026-01-02T03:04:05Z'), new Date('2026-01-02T03:04:05Z'));

  await expect(open(42)).rejects.toMatchObject({
    code: 'conflict',
    message:
      'process 41 is walking since 2026-01-02 03:04:05 UTC and keeps its progress in ~/.local/state/c2l/runbook-tour.json',
    hint: 'go on there',
  });
  await first.release();
  const second = await open(42);
  expect(second.found?.startedAt).toBe('2026-01-02T03:04:05.000Z');
  running.delete(42);
  await (await open(41)).release();
  await rm(folder, { recursive: true });
});

test('a file that cannot be read is left as free as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  await writeFile(join(folder, 'a.json'), '{}');
  await expect(openProgressFile('tour', 'a.json', { ...alone, cwd: folder })).rejects.toThrow('no progress');
  expect(await readdir(folder)).toEqual(['a.json']);
  await rm(folder, { recursive: true });
});

test.each([
  ['holds something else', 'a.json', 'it is no progress of a runbook'],
  ['is a folder', '', 'it is a folder'],
])('a file that %s is refused, and another one asked for', async (_, name, reason) => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  await writeFile(join(folder, 'a.json'), '{}');
  const path = join(folder, name);
  await expect(openProgressFile('tour', path, { ...alone, cwd: folder })).rejects.toMatchObject({
    code: 'runbook-invalid',
    message: `progress file ${path.replace(/\/$/, '')} cannot be used: ${reason}`,
    hint: 'name another one: --progress FILE',
  });
  await rm(folder, { recursive: true });
});

test('the log of an earlier run is kept when another begins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  const options = { ...alone, cwd: folder };
  const first = await openProgressFile('tour', 'tour.json', options);
  await first.save(begun('2026-01-02T03:04:05.000Z'), 'one step');
  await first.save(begun('2026-01-02T03:04:05.000Z'), 'two steps');
  const second = await openProgressFile('tour', 'tour.json', options);
  await second.save(begun('2026-01-03T03:04:05.000Z'), 'anew');

  const logs = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  expect(await Promise.all(logs.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))).toEqual([
    ['tour-20260102t030405000z.md', 'two steps'],
    ['tour.md', 'anew'],
  ]);
  await rm(folder, { recursive: true });
});
