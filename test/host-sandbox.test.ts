import { afterEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { hostSandbox } from '../src/host-sandbox.ts';

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** What a run leaves that had no chance to clear up. */
async function leftBehind(owner: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'c2l-sandbox-'));
  folders.push(folder);
  await writeFile(join(folder, 'backup.env'), 'K=v\n', { mode: 0o600 });
  if (owner !== undefined) await writeFile(join(folder, 'owner'), owner);
  return folder;
}

test('clears up after runs that were killed, and after no others', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '0']);
  const killed = await leftBehind(`${gone} ${hostname()}`);
  const kept = await Promise.all([
    leftBehind(`${process.pid} ${hostname()}`),
    leftBehind(`${gone} another-machine`),
    leftBehind('nonsense'),
    leftBehind(undefined),
  ]);

  const hosted = await hostSandbox({ scenario: 'incident', speed: 100 }, {});
  const own = dirname(hosted.envBackupPath);
  try {
    expect(existsSync(killed)).toBe(false);
    expect(kept.map((folder) => existsSync(folder))).toEqual([true, true, true, true]);
    expect(await readFile(join(own, 'owner'), 'utf8')).toBe(`${process.pid} ${hostname()}`);
    expect((await stat(own)).mode & 0o777).toBe(0o700);
  } finally {
    await hosted.close();
  }
  expect(existsSync(own)).toBe(false);
});
