import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { watchStateSchema, type WatchState } from '../../core/watch/watch-state.ts';
import { OperatorError } from '../../errors.ts';
import type { WatchStateFile } from '../../watch-ports.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { readStateFile, replaceStateFile, stateFolder, unusable, type StateFileKind } from '../files/state-file.ts';
import { systemCode } from '../node-errors.ts';

export interface StateFileOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processId: number;
  /** Whether a process of this id runs on this machine. */
  readonly isRunning: (processId: number) => boolean;
}

const stateFile: StateFileKind = { what: 'state file', code: 'usage', flag: '--state' };

/** Opens the file for one run, and makes its folder. Without a path it lies where this machine keeps such files. */
export async function openWatchStateFile(
  path: string | undefined,
  name: string,
  options: StateFileOptions,
): Promise<WatchStateFile> {
  const file = path === undefined ? defaultPath(name, options.env) : resolve(options.cwd, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await lock(`${file}.lock`, file, options);
  } catch (error) {
    throw error instanceof OperatorError ? error : unusable(file, stateFile, fileTrouble(error));
  }
  const release = (): Promise<void> => rm(`${file}.lock`, { force: true });
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

/** The lock holds the id of who made it, so that one that was left by a kill is told from one that is held. */
async function lock(lockFile: string, file: string, { processId, isRunning }: StateFileOptions): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await writeFile(lockFile, `${processId}\n`, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (holder > 0 && holder !== processId && isRunning(holder)) throw held(file, holder);
    await rm(lockFile, { force: true });
  }
  throw held(file, undefined);
}

function held(file: string, holder: number | undefined): OperatorError {
  const who = holder === undefined ? 'another run' : `process ${holder}`;
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
