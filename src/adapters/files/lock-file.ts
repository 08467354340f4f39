import { readFile, rm, stat, writeFile } from 'node:fs/promises';

import { systemCode } from '../node-errors.ts';

export interface LockOptions {
  readonly processId: number;
  /** Whether a process of this id runs on this machine. */
  readonly isRunning: (processId: number) => boolean;
}

export interface LockHolder {
  /** `process 42`, where it is known. */
  readonly who: string;
  /** When it took the lock. */
  readonly since: Date | undefined;
}

const tries = 3;

/**
 * Undefined where the lock is this run's now, else who holds it. It holds the id of who made it, so that one that was
 * left by a kill is told from one that is held.
 */
export async function takeLock(
  lockFile: string,
  { processId, isRunning }: LockOptions,
): Promise<LockHolder | undefined> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    try {
      await writeFile(lockFile, `${processId}\n`, { flag: 'wx', mode: 0o600 });
      return undefined;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (holder > 0 && holder !== processId && isRunning(holder)) {
      const since = await stat(lockFile).then(
        ({ mtime }) => mtime,
        () => undefined,
      );
      return { who: `process ${holder}`, since };
    }
    await releaseLock(lockFile);
  }
  return { who: 'another run', since: undefined };
}

export function releaseLock(lockFile: string): Promise<void> {
  return rm(lockFile, { force: true });
}
