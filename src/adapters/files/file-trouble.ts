import { systemCode } from '../node-errors.ts';

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
};

/** Why a file could not be read or written; of Node's errors only the code is passed on. */
export function fileTrouble(error: unknown): string {
  const code = systemCode(error);
  return words[code] ?? (code === '' ? 'unknown error' : code);
}
