import { parseAllDocuments } from 'yaml';
import { listShipped, readShipped } from '../../shipped-files.ts';
import { frozenJson } from '../store/frozen-json.ts';
import type { NewObject } from '../store/stored-object.ts';

const parsed = new Map<string, readonly NewObject[]>();

/** The stack's manifests as they are deployed on a real cluster, in the order of their files. */
export function stackManifests(stack: string): readonly NewObject[] {
  const known = parsed.get(stack) ?? frozenJson(readManifests(stack));
  parsed.set(stack, known);
  return known;
}

function readManifests(stack: string): NewObject[] {
  const folder = `manifests/${stack}`;
  return listShipped(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readShipped(`${folder}/${file}`)))
    .map((document) => document.toJS() as NewObject | null)
    .filter((object) => object !== null);
}
