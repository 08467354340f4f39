import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ManifestProblem, ManifestSet } from '../../core/manifests/manifests.ts';
import { OperatorError } from '../../errors.ts';
import type { ManifestFiles } from '../../ports.ts';
import { isGitTrackable } from '../files/git-trackable.ts';
import { systemCode } from '../node-errors.ts';
import { readManifestText, type ReadText } from './manifest-text.ts';

export interface ManifestFilesOptions {
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
}

/** More than any manifest: an object in the cluster is at most 1.5 MiB, and a rendered chart a few. */
const largest = 64 * 1024 * 1024;

export function createManifestFiles({ cwd, stdin }: ManifestFilesOptions): ManifestFiles {
  return {
    async read(paths) {
      const walk: Walk = { cwd, files: [], seen: new Set(), problems: [] };
      const texts: ReadText[] = [];
      for (const path of paths) {
        if (path === '-')
          texts.push(readManifestText(await textOf(stdin), { file: '-', isNamed: true, isInGit: false }));
        else await collect(path, walk, { isNamed: true });
      }
      for (const file of walk.files) texts.push(await readFound(file, walk));
      const stackFile = walk.files.find(({ path }) => isStackFile(path))?.path ?? (await stackFileBeside(walk));
      return joined(texts, walk, paths.includes('-') ? 1 : 0, stackFile);
    },
  };
}

interface FoundFile {
  readonly path: string;
  readonly isNamed: boolean;
}

interface Walk {
  readonly cwd: string;
  readonly files: FoundFile[];
  /** Real paths, so that a link to a folder above does not walk for ever. */
  readonly seen: Set<string>;
  readonly problems: ManifestProblem[];
}

async function collect(path: string, walk: Walk, { isNamed }: { readonly isNamed: boolean }): Promise<void> {
  const full = resolve(walk.cwd, path);
  try {
    const [found, real] = await Promise.all([stat(full), realpath(full)]);
    if (walk.seen.has(real)) return;
    walk.seen.add(real);
    if (!found.isDirectory()) {
      walk.files.push({ path, isNamed });
      return;
    }
    for (const { name, ...entry } of await entriesOf(full)) {
      if (entry.isFolder ? !isHiddenFolder(name) : isManifestFile(name)) {
        await collect(join(path, name), walk, { isNamed: false });
      }
    }
  } catch (error) {
    const code = systemCode(error);
    if (isNamed && (code === 'ENOENT' || code === 'ENOTDIR')) throw notFound(path);
    walk.problems.push({
      file: path,
      line: 1,
      message: `cannot be read: ${words[code] ?? code}`,
      fix: `ls -ld ${path}`,
    });
  }
}

async function entriesOf(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const known = entries.map(async (entry) => ({
    name: entry.name,
    isFolder: entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name)))),
  }));
  return (await Promise.all(known)).sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** `.git`, `.github`: what lies in them is for other programs. */
function isHiddenFolder(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

function isManifestFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

function isStackFile(path: string): boolean {
  return /(^|[\\/])c2l\.yaml$/.test(path);
}

/** A file alone is named: the stack file that lies beside it speaks of it too. */
async function stackFileBeside({ cwd, files }: Walk): Promise<string | undefined> {
  for (const { path, isNamed } of files) {
    const candidate = join(dirname(path), 'c2l.yaml');
    if (isNamed && (await isFile(resolve(cwd, candidate)))) return candidate;
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'a link that leads nowhere',
  ELOOP: 'links that lead in a circle',
};

async function readFound({ path, isNamed }: FoundFile, { cwd }: Walk): Promise<ReadText> {
  const full = resolve(cwd, path);
  const bytes = await bytesOf(full);
  if (typeof bytes === 'string') return refused(path, bytes);
  const text = decoded(bytes);
  if (text === undefined) return refused(path, 'is not UTF-8 text');
  if (isStackFile(path)) return { manifests: [], problems: [], skipped: [] };
  return readManifestText(text, { file: path, isNamed, isInGit: await isGitTrackable(full) });
}

function refused(file: string, message: string): ReadText {
  return { manifests: [], problems: [{ file, line: 1, message, fix: `ls -ld ${file}` }], skipped: [] };
}

/** What the file holds, or why it cannot be had. */
async function bytesOf(path: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(path);
    return size > largest ? `is larger than ${largest / 1024 / 1024} MiB` : await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    return `cannot be read: ${words[code] ?? code}`;
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function textOf(stdin: ManifestFilesOptions['stdin']): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    size += bytes.length;
    if (size > largest) {
      throw new OperatorError('manifests-unreadable', `standard input is larger than ${largest / 1024 / 1024} MiB`, {
        hint: 'split it, or give the files',
      });
    }
    chunks.push(bytes);
  }
  const text = decoded(Buffer.concat(chunks));
  if (text !== undefined) return text;
  throw new OperatorError('manifests-unreadable', 'standard input is not UTF-8 text', {
    hint: 'kustomize build DIRECTORY | c2l validate -',
  });
}

function joined(texts: readonly ReadText[], walk: Walk, inputs: number, stackFile: string | undefined): ManifestSet {
  return {
    files: walk.files.filter(({ path }) => !isStackFile(path)).length + inputs,
    manifests: texts.flatMap(({ manifests }) => manifests),
    problems: [...walk.problems, ...texts.flatMap(({ problems }) => problems)],
    skipped: texts.flatMap(({ skipped }) => skipped),
    ...(stackFile === undefined ? {} : { stackFile }),
  };
}

function notFound(path: string): OperatorError {
  return new OperatorError('manifests-not-found', `there is no file or folder ${path}`, {
    hint: 'c2l validate takes files, folders, or - for standard input',
  });
}
