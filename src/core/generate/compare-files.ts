import { compareText } from '../compare-text.ts';

/** A file as it is to lie on disk. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/**
 * How a file on disk stands to what was made now: `foreign` is in its place and was not made by c2l, `stale` was made by
 * the same command and is not made any more.
 */
export type FileState = 'unchanged' | 'missing' | 'differs' | 'foreign' | 'stale';

export interface ComparedFile {
  readonly path: string;
  readonly state: FileState;
}

/** The sign by which c2l knows its own files again. */
const sign = 'Made by ';

/** The first line of each file, without the marks of a comment. */
export function madeByLine(command: string): string {
  return `${sign}${command}; change the stack file, not this one.`;
}

/** Every made file, in order, and then what is stale. */
export function compareFiles(
  made: readonly FileText[],
  found: ReadonlyMap<string, string>,
  isOwn: (madeBy: string) => boolean,
): ComparedFile[] {
  const paths = new Set(made.map(({ path }) => path));
  const stale = [...found]
    .filter(([path, text]) => !paths.has(path) && isMadeBy(text, isOwn))
    .map(([path]): ComparedFile => ({ path, state: 'stale' }))
    .sort((left, right) => compareText(left.path, right.path));
  return [...made.map(({ path, text }) => ({ path, state: stateOf(text, found.get(path)) })), ...stale];
}

function stateOf(text: string, before: string | undefined): FileState {
  if (before === undefined) return 'missing';
  if (before === text) return 'unchanged';
  return makerOf(before) === undefined ? 'foreign' : 'differs';
}

function isMadeBy(text: string, isOwn: (madeBy: string) => boolean): boolean {
  const maker = makerOf(text);
  return maker !== undefined && isOwn(maker);
}

function makerOf(text: string): string | undefined {
  return /Made by (c2l generate [^;\n]*);/.exec(text)?.[1];
}
