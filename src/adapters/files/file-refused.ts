import { listText } from '../../core/list-text.ts';
import { OperatorError, type OperatorErrorCode } from '../../errors.ts';

/** As what a pipe is named where a file would be. */
export const standardInput = 'standard input';

export interface FileProblem {
  readonly line: number;
  readonly message: string;
}

/** More of them mean that the file is wrong as a whole. */
const told = 5;

/** The first problems in the order of the lines, in the one line that an error is. */
export function fileRefused(code: OperatorErrorCode, file: string, problems: readonly FileProblem[]): OperatorError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const all = new Map(sorted.map(({ line, message }) => [`${file}:${line}: ${message}`, String(line)]));
  const shown = [...all.keys()].slice(0, told);
  const rest = [...all.values()].slice(told);
  const lines = [...new Set(rest)];
  const where = `${lines.length === 1 ? 'line' : 'lines'} ${listText(lines)}`;
  const message = [...shown, ...(rest.length > 0 ? [`and ${rest.length} more, in ${where}`] : [])].join('; ');
  const what = file === standardInput ? 'what is piped in' : file;
  return new OperatorError(code, message, { hint: `correct ${what} and run the same command again` });
}
