import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { SecretText } from '../../core/watch/watch-schema.ts';
import { OperatorError } from '../../errors.ts';

export interface SecretTextPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Reads a text that nobody may see from where the stack file says it lies. `use` says what it is for. */
export async function readSecretText(spec: SecretText, use: string, places: SecretTextPlaces): Promise<SecretValue> {
  const text = 'env' in spec ? places.env[spec.env] : await readText(spec.file, use, places.cwd);
  const place = 'env' in spec ? `variable ${spec.env}` : `file ${spec.file}`;
  // Files end in a line break, and variables that were read from files do.
  const value = text?.trim() ?? '';
  if (value !== '') return SecretValue.fromText(value);
  const state = text === undefined ? 'is not set' : 'is empty';
  throw new OperatorError('source-unreadable', `${place} ${state}: ${use} lies in it`, {
    hint: 'env' in spec ? `export ${spec.env}=…` : `write it to ${spec.file}`,
  });
}

async function readText(file: string, use: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new OperatorError('source-unreadable', `file ${file} cannot be read (${code}): ${use} lies in it`, {
      hint: `ls -l ${file}`,
      cause,
    });
  }
}
