import { OperatorError, type OperatorErrorCode } from '../errors.ts';

export interface FileProblem {
  readonly line: number;
  readonly message: string;
}

/** All problems in the order of the lines, in the one line that an error is. */
export function fileRefused(code: OperatorErrorCode, file: string, problems: readonly FileProblem[]): OperatorError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const message = sorted.map((problem) => `${file}:${problem.line}: ${problem.message}`).join('; ');
  return new OperatorError(code, message, { hint: `correct ${file} and run the same command again` });
}
