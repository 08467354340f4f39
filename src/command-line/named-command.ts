import type { Command } from 'commander';

export interface NamedCommand {
  readonly command: Command;
  /** The words from the first on that names nothing. */
  readonly rest: readonly string[];
}

/** The command that the words name, one beneath the other, as far as they do. */
export function namedCommand(program: Command, words: readonly string[]): NamedCommand {
  let command = program;
  for (const [index, word] of words.entries()) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return { command, rest: words.slice(index) };
    command = next;
  }
  return { command, rest: [] };
}
