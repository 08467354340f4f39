import { expect, test } from '@jest/globals';

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RunbookProgress } from '../../../src/core/runbook/runbook-progress.ts';
import { openProgressFile } from '../../../src/adapters/runbook/runbook-progress-file.ts';

test.each([
  ['what lies at home is told as it is typed', undefined, '~/.local/state/c2l/runbook-tour-blue.md'],
  ['anything else whole', '/else/where.json', '/else/where.md'],
  ['also beside it', '/nonexistent-too/x.json', '/nonexistent-too/x.md'],
])('%s', async (_, path, logPath) => {
  const options = { cwd: '/', env: { HOME: '/nonexistent' } };
  expect((await openProgressFile('tour-blue', path, options)).logPath).toBe(logPath);
});

test.each([
  ['holds something else', 'a.json', 'it is no progress of a runbook'],
  ['is a folder', '', 'it is a folder'],
])('a file that %s is refused, and another one asked for', async (_, name, reason) => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  await writeFile(join(folder, 'a.json'), '{}');
  const path = join(folder, name);
  await expect(openProgressFile('tour', path, { cwd: folder, env: {} })).rejects.toMatchObject({
    code: 'runbook-invalid',
    message: `progress file ${path.replace(/\/$/, '')} cannot be used: ${reason}`,
    hint: 'name another one: --progress FILE',
  });
  await rm(folder, { recursive: true });
});

test('the log of an earlier run is kept when another begins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-progress-'));
  const options = { cwd: folder, env: {} };
  const begun = (startedAt: string): RunbookProgress => ({
    ...{ version: 1, runbook: 'tour', startedBy: 'ann', context: 'blue', values: {}, steps: [] },
    startedAt,
  });
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
