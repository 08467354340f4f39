import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { SecretValue } from '../core/secret-value.ts';
import { OperatorError } from '../errors.ts';
import type { SourceAnswer, ValueSource } from '../ports.ts';
import { readEnvFileLines, type EnvFileEntry } from './env-file-lines.ts';
import { fileRefused } from './file-refused.ts';
import { isGitTrackable } from './git-trackable.ts';

interface EnvValue {
  readonly value: SecretValue;
  readonly line: number;
}

/** Reads a `.env` backup at once: one that can be misread is refused before anything else happens. */
export async function openEnvFile(file: string, cwd: string): Promise<ValueSource> {
  const path = resolve(cwd, file);
  const { bytes, warnings } = await read(path, file);
  const values = valuesOf(decode(bytes, file), file);
  return {
    label: `env:${file}`,
    nameOf: ({ envName }) => envName,
    warnings,
    lookUp: (wanted) => Promise.resolve(wanted.map(({ envName }) => answer(values.get(envName)))),
  };
}

function answer(entry: EnvValue | undefined): SourceAnswer {
  if (entry === undefined) return { state: 'not-found' };
  if (entry.value.isEmpty) return { state: 'not-found', detail: 'empty' };
  return { state: 'found', value: entry.value, detail: `line ${entry.line}` };
}

const unreadableWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
};

async function read(path: string, file: string): Promise<{ bytes: Buffer; warnings: string[] }> {
  try {
    await using handle = await open(path);
    const info = await handle.stat();
    const bytes = await handle.readFile();
    if (!info.isFile()) return { bytes, warnings: [] };
    const warnings: string[] = [];
    if ((info.mode & 0o044) !== 0) warnings.push(`${file} can be read by others: chmod 600 ${file}`);
    if (await isGitTrackable(path)) warnings.push(`${file} lies in a Git work tree and no .gitignore names it`);
    return { bytes, warnings };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new OperatorError('source-unreadable', `${file} cannot be read: ${unreadableWords[code] ?? code}`, {
      hint: `check it with: ls -l ${file}`,
      cause: error,
    });
  }
}

function decode(bytes: Buffer, file: string): string {
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

function lineOfFirstBadByte(bytes: Buffer): number {
  const decoded = bytes.toString('utf8');
  return decoded.slice(0, decoded.indexOf('\uFFFD')).split('\n').length;
}

function valuesOf(text: string, file: string): Map<string, EnvValue> {
  const { entries, problems } = readEnvFileLines(text);
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
