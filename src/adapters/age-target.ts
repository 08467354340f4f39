import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretValue } from '../core/secret-value.ts';
import { OperatorError } from '../errors.ts';
import type { BackupTarget } from '../value-ports.ts';
import { encryptAge, type AgeLock } from './age-file.ts';
import { envFileText } from './env-file-text.ts';
import { writeWhole } from './write-whole.ts';

export interface AgeTargetOptions {
  readonly cwd: string;
  readonly recipients: readonly string[];
  /** Asks a person for a new passphrase, twice. */
  readonly newPassphrase?: ((file: string) => Promise<SecretValue>) | undefined;
}

/** An encrypted `.env` file as the place of a backup: written anew as a whole, or not at all. */
export async function ageTarget(file: string, options: AgeTargetOptions): Promise<BackupTarget> {
  const { cwd, recipients, newPassphrase } = options;
  if (recipients.length === 0 && newPassphrase === undefined) {
    throw new OperatorError('usage', `age:${file} needs --recipient, since nobody can be asked for a passphrase here`, {
      hint: 'add --recipient age1…: age-keygen prints one',
    });
  }
  // A wrong recipient shows before anything is asked.
  if (recipients.length > 0) await encryptAge('', { recipients });
  const path = resolve(cwd, file);
  const lock = async (): Promise<AgeLock> =>
    recipients.length > 0 || newPassphrase === undefined ? { recipients } : { passphrase: await newPassphrase(file) };
  return {
    label: `age:${file}`,
    nameOf: ({ envName }) => envName,
    replaces: (await exists(path)) ? file : undefined,
    // What is in it now is not asked: it is replaced as a whole.
    compare: (values) => Promise.resolve(values.map(() => ({ state: 'absent' }) as const)),
    store: async (values) => {
      const text = envFileText(new Map(values.map(({ wanted, value }) => [wanted.envName, value.reveal()])));
      await writeWhole(path, await encryptAge(text, await lock()), {
        name: file,
        hint: 'give --to age:FILE in a folder that may be written',
      });
      return values.map(() => ({ stored: true }) as const);
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
