import { stringify } from 'yaml';
import { printableJson } from './printable.ts';

/** Its own module, so that the library is loaded only by those who ask for YAML. */
export function toYaml(document: unknown): string {
  return printableJson(stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
}
