import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import type { SourceAnswer, ValueSource } from '../../value-ports.ts';
import { fileRefused, standardInput } from '../files/file-refused.ts';
import { fileTrouble } from '../files/file-trouble.ts';
import { isGitTrackable } from '../files/git-trackable.ts';
import { decryptAge, isAgeFile, isOpenToOthers, type AgeKeys } from './age-file.ts';
import { readEnvFileLines, type EnvFileEntry } from './env-file-lines.ts';
import { foreignFile } from './foreign-file.ts';

interface EnvValue {
  readonly value: SecretValue;
  readonly line: number;
}

export interface EnvFileOptions extends AgeKeys {
  /** Where `-` is read from. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

/**
 * Reads a `.env` backup at once, encrypted or not: one that can be misread is refused before anything else happens.
 */
export async function openEnvFile(file: string, options: EnvFileOptions, label = `env:${file}`): Promise<ValueSource> {
  const { bytes, warnings, storedAt } =
    file === '-'
      ? { bytes: await readAll(options.stdin), warnings: [], storedAt: undefined }
      : await read(file, options);
  const name = file === '-' ? standardInput : file;
  const isEncrypted = isAgeFile(bytes);
  if (label.startsWith('age:') && !isEncrypted) throw noAgeFile(name, file, bytes);
  const plain = isEncrypted ? await decryptAge(bytes, name, options) : bytes;
  const values = valuesOf(decode(plain, name), name);
  const told = [...warnings, ...(values.size === 0 ? [`${name} holds no values`] : [])];
  return {
    label,
    kind: 'env',
    nameOf: ({ envName }) => envName,
    warnings: told,
    lookUp: (wanted) =>
      Promise.resolve(wanted.map(({ envName }) => answer(values.get(envName), { storedAt, isVerbatim: isEncrypted }))),
  };
}

/** Where it is no text, to look for a line in it would lead nowhere: it was cut at its beginning, or is another file. */
function noAgeFile(name: string, file: string, bytes: Uint8Array): OperatorError {
  const isText = bytes.length > 0 && isUtf8(bytes);
  const isDamaged = `${name} is damaged or no age file: it does not begin as one`;
  const wrong = isText ? `${name} is not encrypted, and age: names a file that is` : isDamaged;
  return new OperatorError('source-invalid', bytes.length === 0 ? `${name} is empty` : wrong, {
    hint: isText
      ? `where it is meant as it is: --from env:${file}`
      : 'name the file that c2l backup --to age:FILE wrote',
  });
}

function answer(
  entry: EnvValue | undefined,
  { storedAt, isVerbatim }: { readonly storedAt: string | undefined; readonly isVerbatim: boolean },
): SourceAnswer {
  if (entry === undefined) return { state: 'not-found' };
  if (entry.value.isEmpty) return { state: 'not-found', detail: 'empty' };
  const { value, line } = entry;
  return {
    state: 'found',
    value,
    detail: `line ${line}`,
    ...(isVerbatim && { isVerbatim }),
    ...(storedAt === undefined ? {} : { storedAt }),
  };
}

interface ReadFile {
  readonly bytes: Buffer;
  readonly warnings: readonly string[];
  /** When it was last written. */
  readonly storedAt: string | undefined;
}

async function read(file: string, keys: AgeKeys): Promise<ReadFile> {
  const path = resolve(keys.cwd, file);
  try {
    await using handle = await open(path);
    const info = await handle.stat();
    const bytes = await handle.readFile();
    if (!info.isFile()) return { bytes, warnings: [], storedAt: undefined };
    const storedAt = info.mtime.toISOString();
    const warnings: string[] = [];
    // An encrypted backup may lie anywhere; what opens it may not.
    if (isAgeFile(bytes)) return { bytes, warnings: await identityWarnings(keys), storedAt };
    if ((info.mode & 0o044) !== 0) warnings.push(`${file} can be read by others: chmod 600 ${file}`);
    if (await isGitTrackable(path)) warnings.push(`${file} lies in a Git work tree and no .gitignore names it`);
    return { bytes, warnings, storedAt };
  } catch (error) {
    throw new OperatorError('source-unreadable', `${file} cannot be read: ${fileTrouble(error)}`, {
      hint: file.includes(',') ? 'name each apart: --from env:ONE --from env:OTHER' : `check it with: ls -l ${file}`,
      cause: error,
    });
  }
}

async function identityWarnings({ identityFile, cwd }: AgeKeys): Promise<string[]> {
  if (identityFile === undefined || !(await isOpenToOthers(identityFile, cwd))) return [];
  return [`${identityFile} can be read by others: chmod 600 ${identityFile}`];
}

const largestInput = 4 * 1024 * 1024;

async function readAll(stdin: EnvFileOptions['stdin']): Promise<Buffer> {
  if (stdin === undefined || stdin.isTTY === true) {
    throw new OperatorError('source-unreadable', 'env:- reads standard input, and that is a terminal', {
      hint: 'pipe a file into it, or give env:FILE',
    });
  }
  if (!stdin.readable) {
    throw new OperatorError('source-unreadable', 'env:- reads standard input, which was read already', {
      hint: 'give env:- once',
    });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > largestInput) {
      throw new OperatorError('source-invalid', 'standard input is larger than any .env file', {
        hint: 'give env:FILE',
      });
    }
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, file: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileRefused('source-invalid', file, [{ line: lineOfFirstBadByte(bytes), message: 'not UTF-8' }]);
  }
  const nul = text.indexOf('\0');
  if (nul >= 0)
    throw fileRefused('source-invalid', file, [
      { line: text.slice(0, nul).split('\n').length, message: 'a NUL character' },
    ]);
  return text;
}

function lineOfFirstBadByte(bytes: Uint8Array): number {
  const decoded = new TextDecoder().decode(bytes);
  return decoded.slice(0, decoded.indexOf('\uFFFD')).split('\n').length;
}

function valuesOf(text: string, file: string): Map<string, EnvValue> {
  const { entries, problems } = readEnvFileLines(text);
  const foreign = foreignFile(text, file, problems.length > 0);
  if (foreign !== undefined) throw foreign;
  if (problems.length > 0) throw fileRefused('source-invalid', file, problems);
  const parsed = new Map(Object.entries(parse(text)));
  return new Map(entries.map((entry) => [entry.name, { line: entry.line, value: valueOf(entry, parsed, file) }]));
}

/** Both readers must have seen the same names: where they differ, neither is believed. */
function valueOf(entry: EnvFileEntry, parsed: ReadonlyMap<string, string>, file: string): SecretValue {
  const text = parsed.get(entry.name);
  if (text === undefined)
    throw fileRefused('source-invalid', file, [{ line: entry.line, message: `${entry.name} cannot be read` }]);
  return SecretValue.fromText(text);
}
