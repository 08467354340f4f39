import type { SealedManifest } from '../core/fix/secret-reports.ts';

/** As YAML; of text alone, which JSON strings are in YAML too. */
export function manifestLines(manifest: SealedManifest): string[] {
  return fieldLines(manifest, '');
}

function fieldLines(fields: object, indent: string): string[] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [`${indent}${nameText(name)}:`, ...fieldLines(value, `${indent}  `)]
      : [`${indent}${nameText(name)}: ${JSON.stringify(value)}`],
  );
}

function nameText(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) ? name : JSON.stringify(name);
}
