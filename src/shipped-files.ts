import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const root = packageRoot(import.meta.dirname);

/** What ships with c2l beside its code: `stacks/`, `drills/`, `runbooks/`, `manifests/` and `package.json`. */
export function readShipped(path: string): string {
  return readFileSync(placeOf(path), 'utf8');
}

/** The names of the files in a folder of it, in their order. */
export function listShipped(folder: string): readonly string[] {
  return readdirSync(placeOf(folder)).sort();
}

/** Stacks and drills lie beside the code, in the sources and in the build; the rest lies beside package.json. */
function placeOf(path: string): string {
  const isBesideCode = /^(stacks|drills)(\/|$)/.test(path);
  const [code = ''] = relative(root, import.meta.dirname).split(sep);
  return isBesideCode ? join(root, code, path) : join(root, path);
}

function packageRoot(folder: string): string {
  const file = join(folder, 'package.json');
  const isRoot = existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'c2l';
  if (isRoot) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the package.json of c2l is not above its own files');
  return packageRoot(parent);
}
