import { readFile } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { nameTime } from '../../core/name-time.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { BackupTarget } from '../../value-ports.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { writeWhole } from '../files/write-whole.ts';
import { systemCode } from '../node-errors.ts';
import { encryptAge, isAgeFile, type AgeLock } from './age-file.ts';
import { canStandInEnvFile, envFileText } from './env-file-text.ts';

export interface AgeTargetOptions {
  readonly cwd: string;
  readonly recipients: readonly string[];
  /** Asks a person for a new passphrase, twice. */
  readonly newPassphrase?: ((file: string) => Promise<SecretValue>) | undefined;
  readonly now: () => Date;
}

/**
 * An encrypted `.env` file as the place of a backup: written anew as a whole, or not at all. What an earlier one holds
 * cannot be looked at with recipients alone, and may be the last copy of a value: it is kept beside the new one.
 */
export async function ageTarget(file: string, options: AgeTargetOptions): Promise<BackupTarget> {
  const { cwd, recipients, newPassphrase, now } = options;
  if (recipients.length === 0 && newPassphrase === undefined) {
    throw new OperatorError('usage', `age:${file} needs --recipient, since nobody can be asked for a passphrase here`, {
      hint: 'age-keygen -o FILE makes an identity and prints its recipient; then add --recipient age1…',
    });
  }
  // A wrong recipient shows before anything is asked.
  if (recipients.length > 0) await encryptAge('', { recipients });
  const path = resolve(cwd, file);
  const keptAs = (await earlierBackup(path, file)) === undefined ? undefined : nameWithTime(file, now());
  const lock = async (): Promise<AgeLock> =>
    recipients.length > 0 || newPassphrase === undefined ? { recipients } : { passphrase: await newPassphrase(file) };
  return {
    label: `age:${file}`,
    nameOf: ({ envName }) => envName,
    keptAs,
    isVerbatim: true,
    whyNot: ({ wanted, value }) =>
      canStandInEnvFile(wanted.envName, value.reveal()) ? undefined : 'no quotes of .env keep it: use a vault',
    // What is in it now is not asked: it is replaced as a whole.
    compare: (values) => Promise.resolve(values.map(() => ({ state: 'absent' }) as const)),
    store: async (values) => {
      const text = envFileText(new Map(values.map(({ wanted, value }) => [wanted.envName, value.reveal()])));
      const bytes = await encryptAge(text, await lock());
      const hint = 'give --to age:FILE in a folder that may be written';
      const earlier = await earlierBackup(path, file);
      if (earlier !== undefined) {
        if (keptAs === undefined) throw refused(file, 'was written while this ran', 'run the same command again');
        await writeWhole(resolve(cwd, keptAs), earlier, { name: keptAs, hint });
      }
      await writeWhole(path, bytes, { name: file, hint });
      return values.map(() => ({ stored: true }) as const);
    },
  };
}

/** The bytes of the backup that is there already. A file that is none is somebody's, and not replaced. */
async function earlierBackup(path: string, file: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw refused(file, `is there and cannot be read: ${fileTrouble(cause)}`, `check it with: ls -l ${file}`);
  });
  if (bytes === undefined || isAgeFile(bytes)) return bytes;
  throw refused(file, 'is there and is no age file: it is not replaced', `name another: --to age:${nextTo(file)}`);
}

function refused(file: string, why: string, hint: string): OperatorError {
  return new OperatorError('output-foreign', `${file} ${why}`, { hint });
}

function nextTo(file: string): string {
  return file.endsWith('.age') ? `${file.slice(0, -'.age'.length)}.new.age` : `${file}.age`;
}

/** The time stands before the ending, so that what ignores or collects `*.age` still does: `b.20261129t235500123z.age`. */
function nameWithTime(file: string, now: Date): string {
  const { name, ext } = parse(file);
  return join(dirname(file), `${name}.${nameTime(now)}${ext}`);
}
