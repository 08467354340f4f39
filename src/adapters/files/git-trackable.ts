import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/**
 * Whether Git might take the file into a commit: it lies in a work tree and no .gitignore on the way up names it or a
 * folder around it. Reads the plain patterns only, so it may warn once too often.
 */
export async function isGitTrackable(path: string): Promise<boolean> {
  let ignored = false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    ignored ||= await isIgnoredBy(join(folder, '.gitignore'), relative(folder, path));
    if (await exists(join(folder, '.git'))) return !ignored;
    if (dirname(folder) === folder) return false;
  }
}

async function isIgnoredBy(gitignore: string, path: string): Promise<boolean> {
  const text = await readFile(gitignore, 'utf8').catch(() => '');
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  // A negation may take the file out again: only the whole of Git's rules would tell.
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), path))) return false;
  return patterns.some((pattern) => matches(pattern, path));
}

function matches(pattern: string, path: string): boolean {
  const steps = path.split(sep);
  const folders = steps.slice(0, -1);
  const bare = pattern.replace(/^\*\*\//, '').replace(/\/$/, '');
  if (bare.includes('/')) return wildcard(bare.replace(/^\//, '')).test(steps.join('/'));
  return (pattern.endsWith('/') ? folders : [...folders, basename(path)]).some((step) => wildcard(bare).test(step));
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('[^/]*')}$`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
