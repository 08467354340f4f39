import { mkdir, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { nameTime } from '../../core/name-time.ts';
import { runbookProgressSchema, type RunbookProgress } from '../../core/runbook/runbook-progress.ts';
import { utcText } from '../../core/utc-text.ts';
import { OperatorError } from '../../errors.ts';
import type { HeldProgressFile } from '../../runbook-ports.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { releaseLock, takeLock, type LockOptions } from '../files/lock-file.ts';
import { readStateFile, replaceStateFile, stateFolder, unusable, type StateFileKind } from '../files/state-file.ts';
import { systemCode } from '../node-errors.ts';

export interface ProgressFileOptions extends LockOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What can be done where another run walks by the same file. */
  readonly whereHeld: string;
}

const progressFile: StateFileKind = { what: 'progress file', code: 'runbook-invalid', flag: '--progress' };

/** The log lies beside the progress, under the same name; that of an earlier run is kept with the time it began. */
export async function openProgressFile(
  name: string,
  path: string | undefined,
  options: ProgressFileOptions,
): Promise<HeldProgressFile> {
  const { cwd, env } = options;
  const file = path === undefined ? join(stateFolder(env), `runbook-${name}.json`) : resolve(cwd, path);
  const base = file.replace(/\.json$/, '');
  const logPath = `${base}.md`;
  await hold(file, options);
  const release = (): Promise<void> => releaseLock(lockOf(file));
  const found = await read(file).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  let last = found?.startedAt;
  return {
    path: fromHome(file, env),
    logPath: fromHome(logPath, env),
    found,
    release,
    save: async (progress, log) => {
      try {
        if (last !== undefined && last !== progress.startedAt)
          await setAside(logPath, `${base}-${nameTime(new Date(last))}.md`);
        last = progress.startedAt;
        await replaceStateFile(file, `${JSON.stringify(progress)}\n`);
        await replaceStateFile(logPath, log);
      } catch (error) {
        throw unusable(file, progressFile, fileTrouble(error));
      }
    },
  };
}

/** Two runs by one file would each write over what the other has done. */
async function hold(file: string, options: ProgressFileOptions): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const holder = await takeLock(lockOf(file), options);
    if (holder === undefined) return;
    const since = holder.since === undefined ? '' : ` since ${utcText(holder.since.toISOString())}`;
    const place = fromHome(file, options.env);
    throw new OperatorError('conflict', `${holder.who} is walking${since} and keeps its progress in ${place}`, {
      hint: options.whereHeld,
    });
  } catch (error) {
    throw error instanceof OperatorError ? error : unusable(file, progressFile, fileTrouble(error));
  }
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

async function setAside(logPath: string, keptPath: string): Promise<void> {
  try {
    await rename(logPath, keptPath);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** As a person would type it. */
function fromHome(file: string, { HOME: home = '' }: ProgressFileOptions['env']): string {
  return home !== '' && file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}

async function read(file: string): Promise<RunbookProgress | undefined> {
  const text = await readStateFile(file, progressFile);
  if (text === undefined) return undefined;
  try {
    return runbookProgressSchema.parse(JSON.parse(text));
  } catch {
    throw unusable(file, progressFile, 'it is no progress of a runbook');
  }
}
