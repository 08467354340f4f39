import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { OperatorError, type OperatorErrorCode } from '../../errors.ts';
import { systemCode } from '../node-errors.ts';
import { fileTrouble } from './file-trouble.ts';

/** What one kind of such files is told by where one cannot be used. */
export interface StateFileKind {
  readonly what: string;
  readonly code: OperatorErrorCode;
  /** Names another one. */
  readonly flag: string;
}

export function unusable(file: string, { what, code, flag }: StateFileKind, reason: string): OperatorError {
  return new OperatorError(code, `${what} ${file} cannot be used: ${reason}`, {
    hint: `name another one: ${flag} FILE`,
  });
}

/** Undefined where there is none yet. */
export async function readStateFile(file: string, kind: StateFileKind): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unusable(file, kind, fileTrouble(error));
  }
}

/** Where this machine keeps what c2l remembers from one run to the next. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: xdg, HOME: home = '/' } = env;
  return join(xdg ?? join(home, '.local/state'), 'c2l');
}

/** Written beside the file and moved over it, with the disk asked to have it first. */
export async function replaceStateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  {
    await using handle = await open(draft, 'w', 0o600);
    await handle.writeFile(text);
    await handle.sync();
  }
  await rename(draft, file);
}
