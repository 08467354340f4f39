import type { Command } from 'commander';

import type { GlobalFlags } from '../commands/options.ts';
import type * as ReportCommands from '../commands/report-commands.ts';
import { refuseFormat } from '../commands/refuse-format.ts';
import type { CommandBody, UnopenedBody } from '../commands/run-report.ts';
import { OperatorError } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Deps } from '../ports.ts';
import { plainFormats, type OutputFormat } from '../render/output-format.ts';

/** What decides how c2l talks to the person in front of it. */
export type TerminalSettings = Pick<GlobalFlags, 'color' | 'input'>;

/** What main.ts gives: nothing of it is made before a command needs it, so that `--help` answers at once. */
export interface World {
  readonly version: string;
  /** How a person types this program here. */
  readonly program: string;
  /** For what needs nothing but standard output: help and the version. */
  print(text: string): void;
  createDeps(settings: TerminalSettings): Promise<Deps>;
}

/** Loads what a command does; called when it runs, so that help and the other commands do not pay for it. */
export type MakeBody = (commands: typeof ReportCommands, command: Command) => CommandBody | Promise<CommandBody>;

export interface ReportOptions {
  /** As reports and errors call it, where that is not what is typed. */
  readonly name?: string;
  /** What the command makes of the flags before a cluster is chosen by them. */
  readonly adjust?: (flags: GlobalFlags) => GlobalFlags;
  readonly writes: boolean;
  /** Whether these flags of a command that writes mean a change of the cluster; by default all but `--dry-run` do. */
  readonly changes?: (flags: GlobalFlags & Record<string, unknown>) => boolean;
  /** Whether it goes on until Ctrl-C, which then is its ordinary end. */
  readonly isEndless?: () => boolean;
  /** Forms that the report can take, by what stands on the command line. */
  readonly formats?: (args: readonly string[]) => readonly OutputFormat[];
  readonly unopened?: MakeUnopened;
}

/** Of a command that has an answer also where no session can be opened. */
export type MakeUnopened = (commands: typeof ReportCommands, command: Command) => UnopenedBody;

export interface RunOptions {
  /** As reports and errors call it, where that is not what is typed. */
  readonly name?: string;
  readonly formats?: readonly OutputFormat[];
}

/** Where the commands declare themselves. */
export class Registry {
  readonly program: Command;
  readonly #world: World;
  readonly #done: (code: ExitCode) => void;

  constructor(program: Command, world: World, done: (code: ExitCode) => void) {
    this.program = program;
    this.#world = world;
    this.#done = done;
  }

  /** A new command with an example under its help. */
  command(name: string, description: string, example: string): Command {
    return this.program.command(name).description(description).addHelpText('after', `\nExample:\n  ${example}`);
  }

  /** The command's answer is one report on a cluster, in one of its formats. */
  reports(
    command: Command,
    {
      name = pathOf(command),
      adjust = (flags) => flags,
      writes,
      changes = (given) => given['dryRun'] !== true,
      isEndless = () => false,
      formats = () => plainFormats,
      unopened,
    }: ReportOptions,
    makeBody: MakeBody,
  ): void {
    command.action(async () => {
      const offered = formats(command.args);
      const flags = adjust(inFormOf(command, offered));
      const [commands, deps] = await Promise.all([
        import('../commands/report-commands.ts'),
        this.#world.createDeps(flags),
      ]);
      await refuseUselessFiles(flags, deps);
      const options = {
        name,
        flags,
        stopsItself: writes || isEndless(),
        changes: writes && changes({ ...flags }),
        formats: offered,
        unopened: unopened?.(commands, command),
      };
      this.#done(await commands.runReport(options, deps, await makeBody(commands, command)));
    });
  }

  /** A command that needs no cluster, or opens what it needs itself. */
  runs(
    command: Command,
    body: (flags: GlobalFlags, deps: Deps) => Promise<ExitCode>,
    { name = pathOf(command), formats = plainFormats }: RunOptions = {},
  ): void {
    command.action(async () => {
      const flags = inFormOf(command, formats);
      const deps = await this.#world.createDeps(flags);
      try {
        refuseFormat({ name, flags, formats });
        await refuseUselessFiles(flags, deps);
        this.#done(await body(flags, deps));
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        const { printError } = await import('../commands/report-commands.ts');
        this.#done(await printError(error, { name, flags }, deps));
      }
    });
  }
}

/**
 * A form that settings prefer is for whatever has it; only one that was typed is meant for this command. .bashrc sources the
 * script of completion, whatever is preferred.
 */
function inFormOf(command: Command, formats: readonly OutputFormat[]): GlobalFlags {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const isTyped = command.getOptionValueSourceWithGlobals('output') === 'cli';
  return isTyped || formats.includes(flags.output) ? flags : { ...flags, output: 'text' };
}

/** What is typed behind the program, such as `config show`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

/** A wrong path is named at once, not in the one run that comes to need the file. */
async function refuseUselessFiles(flags: GlobalFlags, deps: Deps): Promise<void> {
  const { identity, sealCert } = flags as { readonly identity?: string; readonly sealCert?: string };
  if (identity !== undefined || sealCert !== undefined) await deps.checkNamedFiles({ identity, sealCert });
}
