import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OperatorError } from '../../errors.ts';
import type { FolderChange, OutputFolder } from '../../ports.ts';
import { systemCode } from '../node-errors.ts';

/** No file that c2l made is longer; what is, is not read to find out. */
const longestText = 1024 * 1024;

/** Files that c2l made, below a folder relative to the working directory. */
export function createOutputFolder({ cwd }: { readonly cwd: string }): OutputFolder {
  return {
    read: async (folder, { paths, folders }) => {
      const root = resolve(cwd, folder);
      const beside = await Promise.all(folders.map((each) => filesIn(root, each)));
      const found = new Map(beside.flatMap((files) => [...files]));
      for (const path of paths) {
        const text = await readFile(join(root, path), 'utf8').catch(async (error: unknown) => {
          // A link that leads nowhere is there all the same, and somebody else's.
          if (systemCode(error) === 'ENOENT') return (await isAbsent(join(root, path))) ? undefined : '';
          throw unwritable(join(folder, path), error);
        });
        if (text !== undefined) found.set(path, text);
      }
      return found;
    },
    change: async (folder, change) => {
      const root = resolve(cwd, folder);
      // In the nearest folder that is there: a rename works within one file system only.
      const aside = await mkdtemp(join(await nearestFolder(root), '.c2l-generate-')).catch((error: unknown) => {
        throw unwritable(join(folder, change.write[0]?.path ?? ''), error);
      });
      try {
        await prepare(aside, folder, change);
        if (await isAbsent(root)) await appear(join(aside, 'new'), root, folder);
        else await exchange(root, { aside, folder, change });
      } finally {
        await rm(aside, { recursive: true, force: true });
      }
    },
  };
}

async function prepare(aside: string, folder: string, { write }: FolderChange): Promise<void> {
  await mkdir(join(aside, 'new'));
  for (const { path, text } of write) {
    try {
      await mkdir(dirname(join(aside, 'new', path)), { recursive: true });
      await writeFile(join(aside, 'new', path), text);
    } catch (error) {
      throw unwritable(join(folder, path), error);
    }
  }
}

/** A folder that was not there comes into being with all that belongs into it. */
async function appear(prepared: string, root: string, folder: string): Promise<void> {
  try {
    await mkdir(dirname(root), { recursive: true });
    await rename(prepared, root);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** File by file, since others may lie in the folder; each move is noted, and taken back where a later one fails. */
async function exchange(
  root: string,
  { aside, folder, change }: { readonly aside: string; readonly folder: string; readonly change: FolderChange },
): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    const made = await mkdir(dirname(to), { recursive: true });
    if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
    await rename(from, to);
    undo.push(() => rename(to, from));
  };
  const paths = [...change.write.map(({ path }) => path), ...change.remove];
  for (const path of paths) {
    try {
      if (!(await isAbsent(join(root, path)))) await move(join(root, path), join(aside, 'old', path));
      if (!change.remove.includes(path)) await move(join(aside, 'new', path), join(root, path));
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw unwritable(join(folder, path), error);
    }
  }
}

/** What cannot be looked at was not made by c2l. */
async function filesIn(root: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    const text = entry.isFile() ? await shortText(join(root, path)).catch(() => undefined) : undefined;
    if (text !== undefined) found.set(path, text);
  }
  return found;
}

async function shortText(path: string): Promise<string | undefined> {
  const { size } = await lstat(path);
  return size <= longestText ? readFile(path, 'utf8') : undefined;
}

async function nearestFolder(path: string): Promise<string> {
  return (await isAbsent(path)) ? nearestFolder(dirname(path)) : path;
}

async function isAbsent(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw error;
  }
}

function unwritable(path: string, error: unknown): OperatorError {
  return new OperatorError('output-unwritable', `cannot write ${path}: ${systemCode(error)}`, {
    hint: 'give --out a folder that may be written, or - for standard output',
  });
}
