import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { SecretValue } from '../core/secret-value.ts';
import { OperatorError } from '../errors.ts';
import type { BackupTarget } from '../value-ports.ts';
import { encryptAge, type AgeLock } from './age-file.ts';
import { envFileText } from './env-file-text.ts';
import { systemCode } from './kubernetes-errors.ts';

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
      await writeWhole(path, file, await encryptAge(text, await lock()));
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

/** Beside the file first, and then in its place: whenever this ends, there is the old backup or the new one. */
async function writeWhole(path: string, file: string, bytes: Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}.c2l-backup`);
  try {
    {
      await using handle = await open(draft, 'wx', 0o600);
      await handle.writeFile(bytes);
      await handle.sync();
    }
    await rename(draft, path);
    await using folder = await open(dirname(path));
    await folder.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw new OperatorError('output-unwritable', `cannot write ${file}: ${systemCode(error)}`, {
      hint: 'give --to age:FILE in a folder that may be written',
    });
  }
}
