import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { NewObject } from './object-store.ts';

/** The stack's manifests as they are deployed on a real cluster, in the order of their files. */
export function stackManifests(stack: string): NewObject[] {
  const folder = stackFolder(stack);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as NewObject | null)
    .filter((object) => object !== null);
}

/** Where the manifests of a stack lie. */
export function stackFolder(stack: string): string {
  return join(packageRoot(import.meta.dirname), 'manifests', stack);
}

/** The manifests lie beside package.json, whether this runs from the sources or from the build. */
function packageRoot(folder: string): string {
  const file = join(folder, 'package.json');
  const isRoot = existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'c2l';
  if (isRoot) {
    return folder;
  }
  const parent = dirname(folder);
  if (parent === folder) {
    throw new Error('the package.json of c2l is not above its own files');
  }
  return packageRoot(parent);
}
