import type { Argument, Command, Option } from 'commander';

import type { Asked, Candidate } from '../commands/complete.ts';
import type { ValueKind } from '../shell/look-up-values.ts';
import { valueKindOf } from './value-kinds.ts';

interface Walk {
  readonly command: Command;
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** How many arguments of the command stand before the cursor. */
  readonly arguments: number;
  /** The option before the cursor whose value is not there yet. */
  readonly open: Option | undefined;
  /** Behind `--` nothing is an option. */
  readonly isPlain: boolean;
}

/** Words of a command line without the program; the last one, which may be empty, is the one to complete. */
export function completeLine(program: Command, words: readonly string[]): Asked {
  const typed = words.at(-1) ?? '';
  const walk = walkWords(program, words.slice(0, -1));
  const asked = (
    before: string,
    of: { readonly candidates?: readonly Candidate[]; readonly kind?: ValueKind },
  ): Asked => ({
    typed,
    before,
    candidates: of.candidates ?? [],
    kind: of.kind ?? 'none',
    given: walk.given,
  });

  if (walk.open !== undefined) return asked('', valuesOf(walk.open));
  if (typed.startsWith('-') && !walk.isPlain) {
    const [, before = '', name = ''] = /^((--[^=]+)=|-[a-zA-Z])/.exec(typed) ?? [];
    const option = optionOf(walk.command, name === '' ? before : name);
    const takesValue = option !== undefined && (option.required || option.optional);
    if (takesValue && (name !== '' || typed.length > 2)) return asked(before, valuesOf(option));
    return asked('', { candidates: optionsOf(walk.command) });
  }
  const commands = walk.arguments === 0 ? commandsOf(walk.command) : [];
  const argument = argumentAt(walk.command, walk.arguments);
  if (argument === undefined && commands.length === 0) return asked('', { candidates: optionsOf(walk.command) });
  const values = argument === undefined ? undefined : valuesOf(argument);
  return asked('', { kind: values?.kind ?? 'none', candidates: [...commands, ...(values?.candidates ?? [])] });
}

function walkWords(program: Command, words: readonly string[]): Walk {
  let command = program;
  let seen = 0;
  let open: Option | undefined;
  let isPlain = false;
  const given = new Map<string, string[]>();
  const give = (option: Option, value: string): void => {
    given.set(option.attributeName(), [...(given.get(option.attributeName()) ?? []), value]);
  };

  for (const word of words) {
    if (open !== undefined && !(open.optional && word.startsWith('-'))) {
      give(open, word);
      open = undefined;
    } else if (word === '--') {
      isPlain = true;
    } else if (word.startsWith('-') && word !== '-' && !isPlain) {
      const [, name = '', value] = /^(--[^=]+|-[^-])=?([^]*)$/.exec(word) ?? [];
      const option = optionOf(command, name);
      const takesValue = option !== undefined && (option.required || option.optional);
      open = takesValue && value === '' ? option : undefined;
      if (option !== undefined && open === undefined) give(option, value ?? '');
    } else {
      const next = seen === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (next === undefined) seen += 1;
      command = next ?? command;
    }
  }
  return { command, given, arguments: seen, open, isPlain };
}

function allOptions(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return allOptions(command).find(({ long, short }) => flag === long || flag === short);
}

function optionsOf(command: Command): readonly Candidate[] {
  return allOptions(command).map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    about: description,
  }));
}

function commandsOf(command: Command): readonly Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  // Commander adds a command `help` that does what `--help` does.
  return visible
    .filter((each) => command.commands.includes(each))
    .map((each) => ({ word: each.name(), about: each.description() }));
}

function argumentAt(command: Command, place: number): Argument | undefined {
  const all = command.registeredArguments;
  const last = all.at(-1);
  return all[place] ?? (last?.variadic === true ? last : undefined);
}

function valuesOf(taker: Option | Argument): { readonly candidates: readonly Candidate[]; readonly kind: ValueKind } {
  return {
    candidates: (taker.argChoices ?? []).map((word) => ({ word, about: '' })),
    kind: taker.argChoices === undefined ? valueKindOf(taker) : 'none',
  };
}
