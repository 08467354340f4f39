import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { runbookProgressSchema, type RunbookProgress } from '../../core/runbook/runbook-progress.ts';
import { OperatorError } from '../../errors.ts';
import type { ProgressFile } from '../../runbook-ports.ts';
import { replaceStateFile, stateFolder } from '../files/state-file.ts';
import { systemCode } from '../node-errors.ts';

export interface ProgressFileOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The log lies beside the progress, under the same name. */
export async function openProgressFile(
  name: string,
  path: string | undefined,
  { cwd, env }: ProgressFileOptions,
): Promise<ProgressFile> {
  const file = path === undefined ? join(stateFolder(env), `runbook-${name}.json`) : resolve(cwd, path);
  const logPath = `${file.replace(/\.json$/, '')}.md`;
  return {
    path: fromHome(file, env),
    logPath: fromHome(logPath, env),
    found: await read(file),
    save: async (progress, log) => {
      try {
        await mkdir(dirname(file), { recursive: true });
        await replaceStateFile(file, `${JSON.stringify(progress)}\n`);
        await replaceStateFile(logPath, log);
      } catch (error) {
        throw unusable(file, systemCode(error));
      }
    },
  };
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
