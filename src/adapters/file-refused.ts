import { OperatorError, type OperatorErrorCode } from '../errors.ts';

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
  const all = [...new Set(sorted.map((problem) => `${file}:${problem.line}: ${problem.message}`))];
  const shown = all.slice(0, told);
  const rest = all.length - shown.length;
  const message = [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
  const what = file === standardInput ? 'what is piped in' : file;
  return new OperatorError(code, message, { hint: `correct ${what} and run the same command again` });
}
