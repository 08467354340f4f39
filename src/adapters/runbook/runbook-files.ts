import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { nearestNames } from '../../core/nearest.ts';
import { parseRunbook, type Runbook } from '../../core/runbook/runbook.ts';
import { OperatorError } from '../../errors.ts';
import { listShipped, readShipped } from '../../shipped-files.ts';
import { fileRefused } from '../files/file-refused.ts';
import { systemCode } from '../node-errors.ts';

export interface RunbookFilesOptions {
  readonly cwd: string;
}

export async function listRunbooks(options: RunbookFilesOptions): Promise<readonly Runbook[]> {
  return Promise.all(names().map((name) => readRunbook(name, options)));
}

/** A word names one that ships with c2l; what has a slash or a dot is a path. */
export async function readRunbook(name: string, options: RunbookFilesOptions): Promise<Runbook> {
  const text = /[/.]/.test(name) ? await readPath(name, options) : readNamed(name);
  const parsed = parseRunbook(basename(name, '.md'), text);
  if (parsed.ok) return parsed.runbook;
  throw fileRefused('runbook-invalid', name, parsed.problems);
}

function readNamed(name: string): string {
  if (names().includes(name)) return readShipped(`runbooks/${name}.md`);
  const near = nearestNames(name, names());
  const meant = near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `;
  throw refused(`no runbook is called ${name}`, `${meant}c2l runbook list`);
}

async function readPath(name: string, { cwd }: RunbookFilesOptions): Promise<string> {
  try {
    return await readFile(resolve(cwd, name), 'utf8');
  } catch (error) {
    throw refused(`runbook ${name} cannot be read: ${systemCode(error)}`, 'c2l runbook list');
  }
}

function names(): readonly string[] {
  return listShipped('runbooks')
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => basename(file, '.md'));
}

function refused(message: string, hint: string): OperatorError {
  return new OperatorError('runbook-invalid', message, { hint });
}
