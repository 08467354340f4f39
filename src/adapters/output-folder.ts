import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OperatorError } from '../errors.ts';
import type { OutputFolder } from '../ports.ts';
import { systemCode } from './kubernetes-errors.ts';

/** Files that c2l made, below a folder relative to the working directory. What is the same already is left alone. */
export function createOutputFolder({ cwd }: { readonly cwd: string }): OutputFolder {
  return {
    async write(folder, name, text) {
      const path = join(folder, name);
      const target = resolve(cwd, path);
      try {
        const before = await readFile(target, 'utf8').catch(absentOnly);
        if (before === text) return { path, state: 'unchanged' };
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, text);
        return { path, state: before === undefined ? 'written' : 'replaced' };
      } catch (error) {
        throw new OperatorError('output-unwritable', `cannot write ${path}: ${systemCode(error)}`, {
          hint: 'give --out a folder that may be written, or - for standard output',
        });
      }
    },
  };
}

function absentOnly(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}
