import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { watchStateSchema, type WatchState } from '../../core/watch/watch-state.ts';
import { OperatorError } from '../../errors.ts';
import type { WatchStateFile } from '../../watch-ports.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { releaseLock, takeLock, type LockHolder, type LockOptions } from '../files/lock-file.ts';
import { readStateFile, replaceStateFile, stateFolder, unusable, type StateFileKind } from '../files/state-file.ts';

export interface StateFileOptions extends LockOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const stateFile: StateFileKind = { what: 'state file', code: 'usage', flag: '--state' };

/** Opens the file for one run, and makes its folder. Without a path it lies where this machine keeps such files. */
export async function openWatchStateFile(
  path: string | undefined,
  name: string,
  options: StateFileOptions,
): Promise<WatchStateFile> {
  const file = path === undefined ? defaultPath(name, options.env) : resolve(options.cwd, path);
  const lockFile = `${file}.lock`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const holder = await takeLock(lockFile, options);
    if (holder !== undefined) throw held(file, holder);
  } catch (error) {
    throw error instanceof OperatorError ? error : unusable(file, stateFile, fileTrouble(error));
  }
  const release = (): Promise<void> => releaseLock(lockFile);
  try {
    return {
      path: file,
      found: await read(file),
      save: (state) => replaceStateFile(file, `${JSON.stringify(state)}\n`),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** systemd names the folder of a unit in `STATE_DIRECTORY`. */
function defaultPath(name: string, env: StateFileOptions['env']): string {
  return join(env['STATE_DIRECTORY'] ?? stateFolder(env), `watch-${name}.json`);
}

function held(file: string, { who }: LockHolder): OperatorError {
  return new OperatorError('conflict', `${who} is watching with state file ${file}`, {
    hint: 'wait for it or stop it, or give this one a file of its own: --state FILE',
  });
}

async function read(file: string): Promise<WatchState | undefined> {
  const text = await readStateFile(file, stateFile);
  if (text === undefined) return undefined;
  try {
    return watchStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new OperatorError('usage', `${file} is no state file of this c2l`, {
      hint: `name another one by --state FILE, or start afresh: mv ${file} ${file}.old`,
      cause,
    });
  }
}
