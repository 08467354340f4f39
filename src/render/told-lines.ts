import { isCommand } from './commands-in-text.ts';
import { commandLines, paragraph } from './layout.ts';

/**
 * An error, a warning, a step of a drill or where it is looked as a person reads it at a terminal: broken between words, with the command
 * that it ends in on a line of its own. Anything else is left as it is.
 */
export function toldLines(line: string, width: number): readonly string[] {
  const told = /^(?:(?:error|warning|drill): |(?:context|namespace) )/.exec(line)?.[0];
  if (told === undefined || line.length <= width || line.includes('\n')) return [line];
  const clauses = line.slice(told.length).split('; ');
  const last = clauses.at(-1) ?? '';
  if (clauses.length === 1 || !isCommand(last)) return paragraph(told, clauses.join('; '), width);
  const hanging = ' '.repeat(told.length);
  return [
    ...paragraph(told, clauses.slice(0, -1).join('; '), width),
    ...commandLines(hanging, last, { width, program: 'c2l' }),
  ];
}
