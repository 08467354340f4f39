import { paragraph } from './layout.ts';

/** What a person copies: it is left to the terminal to wrap, which knows that it is one line. */
const command = /^(?:c2l|kubectl|az|ls|chmod|kubeseal|age-keygen|git|KUBECONFIG=\S+) /;

/**
 * An error, a warning or a step of a drill as a person reads it at a terminal: broken between words, with the command
 * that it ends in on a line of its own. Anything else is left as it is.
 */
export function toldLines(line: string, width: number): readonly string[] {
  const told = /^(?:error|warning|drill): /.exec(line)?.[0];
  if (told === undefined || line.length <= width || line.includes('\n')) return [line];
  const clauses = line.slice(told.length).split('; ');
  const last = clauses.at(-1) ?? '';
  const isCommand = clauses.length > 1 && command.test(last);
  const said = isCommand ? clauses.slice(0, -1).join('; ') : clauses.join('; ');
  const lines = paragraph(told, said, width);
  return isCommand ? [...lines, `${' '.repeat(told.length)}${last}`] : lines;
}
