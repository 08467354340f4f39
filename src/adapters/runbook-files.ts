import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { nearestNames } from '../core/nearest.ts';
import { parseRunbook, type Runbook } from '../core/runbook/runbook.ts';
import { OperatorError } from '../errors.ts';
import { fileRefused } from './file-refused.ts';
import { systemCode } from './kubernetes-errors.ts';

export interface RunbookFilesOptions {
  readonly cwd: string;
  /** Where those lie that ship with c2l. */
  readonly runbookFolder: string;
}

export async function listRunbooks(options: RunbookFilesOptions): Promise<readonly Runbook[]> {
  return Promise.all((await names(options)).map((name) => readRunbook(name, options)));
}

/** A word names one that ships with c2l; what has a slash or a dot is a path. */
export async function readRunbook(name: string, options: RunbookFilesOptions): Promise<Runbook> {
  const isPath = /[/.]/.test(name);
  const path = isPath ? resolve(options.cwd, name) : join(options.runbookFolder, `${name}.md`);
  const text = await readFile(path, 'utf8').catch(async (error: unknown) => {
    if (isPath) throw refused(`runbook ${name} cannot be read: ${systemCode(error)}`, 'c2l runbook list');
    const [near] = nearestNames(name, await names(options));
    throw refused(`no runbook is called ${name}`, near === undefined ? 'c2l runbook list' : `c2l runbook show ${near}`);
  });
  const parsed = parseRunbook(basename(path, '.md'), text);
  if (parsed.ok) return parsed.runbook;
  throw fileRefused('runbook-invalid', name, parsed.problems);
}

async function names({ runbookFolder }: RunbookFilesOptions): Promise<readonly string[]> {
  const files = await readdir(runbookFolder);
  return files
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => basename(file, '.md'))
    .sort();
}

function refused(message: string, hint: string): OperatorError {
  return new OperatorError('runbook-invalid', message, { hint });
}
