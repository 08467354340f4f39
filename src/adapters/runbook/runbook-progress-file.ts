import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { nameTime } from '../../core/name-time.ts';
import { runbookProgressSchema, type RunbookProgress } from '../../core/runbook/runbook-progress.ts';
import { OperatorError } from '../../errors.ts';
import type { ProgressFile } from '../../runbook-ports.ts';
import { replaceStateFile, stateFolder } from '../files/state-file.ts';
import { systemCode } from '../node-errors.ts';

export interface ProgressFileOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

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
        throw unusable(file, systemCode(error));
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
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unusable(file, systemCode(error));
  }
  try {
    return runbookProgressSchema.parse(JSON.parse(text));
  } catch {
    throw unusable(file, 'it is no progress of a runbook');
  }
}

function unusable(file: string, reason: string | undefined): OperatorError {
  return new OperatorError('runbook-invalid', `progress file ${file} cannot be used: ${String(reason)}`, {
    hint: 'name another one: --progress FILE',
  });
}
