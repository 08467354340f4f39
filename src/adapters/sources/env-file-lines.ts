import type { FileProblem } from '../files/file-refused.ts';

/** One `NAME=VALUE` of a .env file: where it stands, not what it says. */
export interface EnvFileEntry {
  readonly name: string;
  readonly line: number;
}

export interface EnvFileLines {
  readonly entries: readonly EnvFileEntry[];
  /** Their messages never quote what stands in a line. */
  readonly problems: readonly FileProblem[];
}

const assignment = /^(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(.*)$/;
const quotes: Readonly<Record<string, string>> = { '"': 'double quote', "'": 'single quote', '`': 'backquote' };

/**
 * Finds what dotenv reads in another way than people and other tools do: it cuts a value at `#`, takes the last of two
 * values, keeps a quote that nothing closes, and skips a line that it does not understand. A backup must not be read
 * wrongly without a word, so each is a problem here.
 */
export function readEnvFileLines(text: string): EnvFileLines {
  const lines = text.split(/\r\n|\n|\r/);
  const entries: EnvFileEntry[] = [];
  const problems: FileProblem[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]?.trim() ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const at = index + 1;
    const match = assignment.exec(line);
    if (match === null) {
      problems.push({ line: at, message: notAnAssignment(line) });
      continue;
    }
    const [, name = '', start = ''] = match;
    const earlier = entries.find((entry) => entry.name === name);
    if (earlier !== undefined) {
      problems.push({ line: at, message: `${name} is given a second time, after line ${earlier.line}` });
    }
    entries.push({ name, line: at });
    const value = readValue(start, lines, index);
    index = value.lastIndex;
    if (value.problem !== undefined) problems.push({ line: at, message: `${name}: ${value.problem}` });
  }
  return { entries, problems };
}

function notAnAssignment(line: string): string {
  if (/^export(\s|=|$)/.test(line)) return 'export without NAME=VALUE';
  return line.includes('=') ? 'no usable name before the "="' : 'no "=": expected NAME=VALUE';
}

interface ReadValue {
  readonly lastIndex: number;
  readonly problem?: string;
}

function readValue(start: string, lines: readonly string[], index: number): ReadValue {
  const quote = start.charAt(0);
  if (quotes[quote] === undefined) {
    return start.includes('#')
      ? { lastIndex: index, problem: 'an unquoted "#" cuts the value short: put the value in quotes' }
      : { lastIndex: index };
  }
  for (let last = index, rest = start.slice(1); last < lines.length; rest = lines[++last] ?? '') {
    const end = rest.indexOf(quote);
    if (end < 0) continue;
    return { lastIndex: last, ...closingProblem(rest, end, quote) };
  }
  return { lastIndex: index, problem: `a ${quotes[quote] ?? 'quote'} is opened and never closed` };
}

function closingProblem(rest: string, end: number, quote: string): { problem?: string } {
  if (rest.charAt(end - 1) === '\\') {
    return {
      problem: `a backslash before a ${quotes[quote] ?? 'quote'} would stay in the value: use another kind of quotes`,
    };
  }
  return /^\s*(#.*)?$/.test(rest.slice(end + 1)) ? {} : { problem: 'something follows the closing quote' };
}
