import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { fileTrouble } from '../files/file-trouble.ts';

/** How an encrypted backup is opened. */
export interface AgeKeys {
  /** A file of identities, as age-keygen writes it. */
  readonly identityFile?: string | undefined;
  /** Asks a person, where there is one. */
  readonly askPassphrase?: ((question: string) => Promise<SecretValue>) | undefined;
  readonly cwd: string;
}

const header = 'age-encryption.org/v1\n';
const armorHeader = '-----BEGIN AGE ENCRYPTED FILE-----';
const attempts = 3;

export function isAgeFile(bytes: Uint8Array): boolean {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).trimStart();
  return start.startsWith(header) || start.startsWith(armorHeader);
}

/** What is encrypted in a file that `isAgeFile`; every failure names the file and the way out, and none the library's words. */
export async function decryptAge(bytes: Uint8Array, file: string, keys: AgeKeys): Promise<Uint8Array> {
  const binary = await withoutArmor(bytes, file);
  const asksForPassphrase = /^-> scrypt /m.test(new TextDecoder('latin1').decode(binary.subarray(0, 400)));
  if (asksForPassphrase) return decryptByPassphrase(binary, file, keys);
  const { identityFile } = keys;
  if (identityFile === undefined) {
    throw refused(file, 'it is encrypted to identities', 'give the file of one with --identity FILE');
  }
  const identities = await readIdentities(identityFile, keys.cwd);
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
    return await decrypter.decrypt(binary);
  } catch {
    throw refused(
      file,
      `no identity in ${identityFile} is one that it was encrypted to, or it is damaged`,
      'give the file of another with --identity FILE',
    );
  }
}

async function decryptByPassphrase(bytes: Uint8Array, file: string, { askPassphrase }: AgeKeys): Promise<Uint8Array> {
  if (askPassphrase === undefined) {
    throw refused(
      file,
      'it is encrypted with a passphrase, and nobody can be asked for it here',
      'for scripts encrypt it to an identity: c2l backup --to age:FILE --recipient age1…',
    );
  }
  const { Decrypter } = await import('age-encryption');
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const again = attempt === 1 ? '' : `that one does not open it (${attempt} of ${attempts}); `;
    const passphrase = await askPassphrase(`${again}passphrase of ${file}:`);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase.reveal());
    try {
      return await decrypter.decrypt(bytes);
    } catch {
      // Most likely mistyped: the library tells a wrong passphrase from a damaged file in words only.
    }
  }
  throw refused(file, `the passphrase is wrong, or it is damaged`, 'run the same command again');
}

async function withoutArmor(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  const text = new TextDecoder('latin1').decode(bytes);
  if (!text.trimStart().startsWith(armorHeader)) return bytes;
  const { armor } = await import('age-encryption');
  try {
    return armor.decode(text);
  } catch {
    throw refused(file, 'its armor is damaged', `check it with: head -3 ${file}`);
  }
}

/** The public halves of the identities in a file: whoever has it reads what is encrypted to them. */
export async function recipientsOf(identityFile: string, cwd: string): Promise<string[]> {
  const { identityToRecipient } = await import('age-encryption');
  const identities = await readIdentities(identityFile, cwd);
  try {
    return await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  } catch {
    throw refused(
      `identity file ${identityFile}`,
      'an identity in it is damaged',
      'age-keygen -o FILE makes a new one',
    );
  }
}

/** The lines of its identities. Throws `source-unreadable` where there is none. */
export async function readIdentities(file: string, cwd: string): Promise<string[]> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw refused(`identity file ${file}`, fileTrouble(cause), `check it with: ls -l ${file}`);
  });
  const identities = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^AGE-SECRET-KEY-(1|PQ-1)/.test(line));
  if (identities.length > 0) return identities;
  throw refused(`identity file ${file}`, 'it holds no line AGE-SECRET-KEY-…', 'age-keygen -o FILE makes an identity');
}

/** Whether others can read the file of an identity, which is as good as reading every backup. */
export async function isOpenToOthers(file: string, cwd: string): Promise<boolean> {
  return stat(resolve(cwd, file)).then(
    ({ mode }) => (mode & 0o044) !== 0,
    () => false,
  );
}

/** To recipients, or with a passphrase. */
export type AgeLock = { readonly recipients: readonly string[] } | { readonly passphrase: SecretValue };

export async function encryptAge(text: string, lock: AgeLock): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if ('passphrase' in lock) encrypter.setPassphrase(lock.passphrase.reveal());
  else for (const recipient of lock.recipients) addRecipient(encrypter, recipient);
  return encrypter.encrypt(text);
}

function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    const what = recipient.startsWith('AGE-SECRET-KEY-')
      ? 'a secret key was given as a recipient'
      : `${recipient} is no age recipient`;
    throw new OperatorError('usage', what, {
      hint: 'a recipient is public and begins with age1: age-keygen -y FILE prints it',
    });
  }
}

function refused(what: string, why: string, hint: string): OperatorError {
  return new OperatorError('source-unreadable', `${what} cannot be read: ${why}`, { hint });
}
