import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { runbookProgressSchema, type RunbookProgress } from '../core/runbook/runbook-progress.ts';
import { OperatorError } from '../errors.ts';
import type { ProgressFile } from '../runbook-ports.ts';
import { systemCode } from './kubernetes-errors.ts';

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
  const { XDG_STATE_HOME: xdg, HOME: home = '/' } = env;
  const file =
    path === undefined ? join(xdg ?? join(home, '.local/state'), 'c2l', `runbook-${name}.json`) : resolve(cwd, path);
  const logPath = `${file.replace(/\.json$/, '')}.md`;
  return {
    path: file,
    logPath,
    found: await read(file),
    save: async (progress, log) => {
      try {
        await mkdir(dirname(file), { recursive: true });
        await replace(file, `${JSON.stringify(progress)}\n`);
        await replace(logPath, log);
      } catch (error) {
        throw unusable(file, systemCode(error));
      }
    },
  };
}

/** Written beside it and moved over it: a run that is cut off keeps what was known before. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
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
