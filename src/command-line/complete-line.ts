import type { Argument, Command, Option } from 'commander';

import type { Asked, Candidate } from '../commands/complete.ts';
import { namedCommand } from './named-command.ts';
import { valueKindOf } from './value-kinds.ts';

/** What is known of the words before the cursor. */
class Walk {
  command: Command;
  /** The values of options, by the names that commander gives them. */
  readonly given = new Map<string, string[]>();
  /** How many arguments of the command there are. */
  arguments = 0;
  /** The option whose value is not there yet. */
  open: Option | undefined;
  /** Behind `--` nothing is an option. */
  isPlain = false;

  constructor(program: Command) {
    this.command = program;
  }

  step(word: string): void {
    if (this.open !== undefined && !(this.open.optional && word.startsWith('-'))) {
      this.#give(this.open, word);
      this.open = undefined;
    } else if (this.isOption(word)) {
      this.#stepOption(word);
    } else {
      const next = this.arguments === 0 ? this.command.commands.find((each) => each.name() === word) : undefined;
      if (next === undefined) this.arguments += 1;
      else this.command = next;
    }
  }

  isOption(word: string): boolean {
    return word.startsWith('-') && word !== '-' && !this.isPlain;
  }

  #stepOption(word: string): void {
    const [, name = '', value = ''] = /^(--[^=]+|-[^-])=?([^]*)$/.exec(word) ?? [];
    const option = optionOf(this.command, name);
    if (word === '--') this.isPlain = true;
    else if (takesValue(option) && value === '') this.open = option;
    else if (option !== undefined) this.#give(option, value);
  }

  #give(option: Option, value: string): void {
    const name = option.attributeName();
    this.given.set(name, [...(this.given.get(name) ?? []), value]);
  }
}

type Offered = Partial<Pick<Asked, 'before' | 'candidates' | 'kind'>>;

/** Words of a command line without the program; the last one, which may be empty, is the one to complete. */
export function completeLine(program: Command, words: readonly string[]): Asked {
  const typed = words.at(-1) ?? '';
  if (words[0] === 'help' && words.length > 1) return helpLine(program, words.slice(1, -1), typed);
  const walk = new Walk(program);
  for (const word of words.slice(0, -1)) walk.step(word);
  return { typed, before: '', candidates: [], kind: 'none', given: walk.given, ...offer(walk, typed) };
}

/** What help can be about. */
function helpLine(program: Command, names: readonly string[], typed: string): Asked {
  const { command, rest } = namedCommand(program, names);
  const candidates = rest.length > 0 ? [] : commandsOf(command);
  return { typed, before: '', candidates, kind: 'none', given: new Map() };
}

function offer(walk: Walk, typed: string): Offered {
  if (walk.open !== undefined) return valuesOf(walk.open);
  return typed !== '-' && !walk.isOption(typed) ? offerWords(walk) : offerOptions(walk, typed);
}

/** The options themselves, or the values of the one whose value stands in the same word. */
function offerOptions({ command }: Walk, typed: string): Offered {
  const [, before = '', long] = /^((--[^=]+)=|-[a-zA-Z](?=.))/.exec(typed) ?? [];
  const option = optionOf(command, long ?? before);
  return takesValue(option) ? { before, ...valuesOf(option) } : { candidates: optionsOf(command) };
}

/** Commands and arguments; where neither can follow, what can is an option. */
function offerWords(walk: Walk): Offered {
  const commands = walk.arguments === 0 ? commandsOf(walk.command) : [];
  const argument = argumentAt(walk.command, walk.arguments);
  if (argument === undefined) return { candidates: commands.length > 0 ? commands : optionsOf(walk.command) };
  const { kind, candidates } = valuesOf(argument);
  return { kind, candidates: [...commands, ...candidates] };
}

function takesValue(option: Option | undefined): option is Option {
  return option !== undefined && (option.required || option.optional);
}

/** Those of the commands above it hold for it, too. */
function allOptions(command: Command): readonly Option[] {
  const above = (of: Command): readonly Option[] =>
    of.parent === null ? [] : [...of.parent.options.filter(({ hidden }) => !hidden), ...above(of.parent)];
  return [...command.createHelp().visibleOptions(command), ...above(command)];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return flag === '' ? undefined : allOptions(command).find(({ long, short }) => flag === long || flag === short);
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

function valuesOf(taker: Option | Argument): Pick<Asked, 'candidates' | 'kind'> {
  return {
    candidates: (taker.argChoices ?? []).map((word) => ({ word, about: '' })),
    kind: taker.argChoices === undefined ? valueKindOf(taker) : 'none',
  };
}
