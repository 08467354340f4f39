import { parseAllDocuments } from 'yaml';
import { listShipped, readShipped } from '../shipped-files.ts';
import type { NewObject } from './object-store.ts';

/** The stack's manifests as they are deployed on a real cluster, in the order of their files. */
export function stackManifests(stack: string): NewObject[] {
  const folder = `manifests/${stack}`;
  return listShipped(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readShipped(`${folder}/${file}`)))
    .map((document) => document.toJS() as NewObject | null)
    .filter((object) => object !== null);
}
