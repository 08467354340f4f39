import { mkdir, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { nameTime } from '../../core/name-time.ts';
import { runbookProgressSchema, type RunbookProgress } from '../../core/runbook/runbook-progress.ts';
import type { ProgressFile } from '../../runbook-ports.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { readStateFile, replaceStateFile, stateFolder, unusable, type StateFileKind } from '../files/state-file.ts';
import { systemCode } from '../node-errors.ts';

export interface ProgressFileOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const progressFile: StateFileKind = { what: 'progress file', code: 'runbook-invalid', flag: '--progress' };

/** The log lies beside the progress, under the same name; that of an earlier run is kept with the time it began. */
export async function openProgressFile(
  name: string,
  path: string | undefined,
  { cwd, env }: ProgressFileOptions,
): Promise<ProgressFile> {
  const file = path === undefined ? join(stateFolder(env), `runbook-${name}.json`) : resolve(cwd, path);
  const base = file.replace(/\.json$/, '');
  const logPath = `${base}.md`;
  const found = await read(file);
  let last = found?.startedAt;
  return {
    path: fromHome(file, env),
    logPath: fromHome(logPath, env),
    found,
    save: async (progress, log) => {
      try {
        await mkdir(dirname(file), { recursive: true });
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
