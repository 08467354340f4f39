import { Command, CommanderError, Help } from 'commander';

import { declareAudit } from './command-line/audit.ts';
import { declareBackup } from './command-line/backup.ts';
import { complete, completeWord, declareCompletion } from './command-line/completion.ts';
import { declareConfig } from './command-line/config.ts';
import { declareDoctor } from './command-line/doctor.ts';
import { declareDrDrill } from './command-line/dr-drill.ts';
import { declareExplain } from './command-line/explain.ts';
import { declareFixSecrets } from './command-line/fix-secrets.ts';
import { declareGenerate } from './command-line/generate.ts';
import { addGlobalOptions, globalOptionsText } from './command-line/global-options.ts';
import { declareHistory } from './command-line/history.ts';
import { Registry, type World } from './command-line/registry.ts';
import { declareInit } from './command-line/init.ts';
import { declareMigrate } from './command-line/migrate.ts';
import { declareRestart } from './command-line/restart.ts';
import { declareRestoreSync } from './command-line/restore-sync.ts';
import { declareRollback } from './command-line/rollback.ts';
import { declareRunbook, declareTour } from './command-line/runbook.ts';
import { declareSandbox } from './command-line/sandbox.ts';
import { declareBootstrap } from './command-line/bootstrap.ts';
import { declareStabilize } from './command-line/stabilize.ts';
import { declareValidate } from './command-line/validate.ts';
import { namedCommand } from './command-line/named-command.ts';
import { declareVerify } from './command-line/verify.ts';
import { declareWatch } from './command-line/watch.ts';
import type { GlobalFlags } from './commands/options.ts';
import { nearestNames } from './core/nearest.ts';
import { OperatorError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { wrap } from './render/layout.ts';
import { outputFormats } from './render/output-format.ts';
import { helpAsTyped } from './render/typed-program.ts';

const examples = (program: string): string => `\
  ${program} stabilize --sandbox   watch a broken stack recover; needs no cluster
  ${program} audit                 every missing Secret key, and what each blocks
`;

const firstSteps = (program: string): string => `c2l brings an Argo CD cluster that is red because a Secret lost keys
back to green.

Three things to try:
${examples(program)}\
  ${program} --help                all commands and flags
`;

/** Runs one command line (without `node` and the script) and gives the exit code. Only defects are thrown. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  let printed = '';
  const program = createProgram(
    world,
    (code) => (exitCode = code),
    (text) => (printed += text),
  );

  try {
    if (argv.length === 0) printed = firstSteps(world.program);
    else if (argv[0] === completeWord) await complete(program, argv.slice(1), world);
    else await program.parseAsync(helpSpelledOut(program, argv), { from: 'user' });
  } catch (error) {
    if (error instanceof OperatorError) return printFailure(error, argv, { program, world });
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0)
      return printFailure(usageError(error, meantCommand(program, argv)), argv, { program, world });
  }
  if (printed !== '') world.print(helpAsTyped(printed, world.program));
  return exitCode;
}

function usageError(error: CommanderError, command: Command): OperatorError {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/(?<= is invalid)\. (\S)/, (_, letter: string) => `: ${letter.toLowerCase()}`)
    .replace(/\.$/, '');
  const isNamed = error.code === 'commander.excessArguments' && command.name() === 'stabilize';
  return new OperatorError(
    'usage',
    message === '(outputHelp)' ? noCommandText(command) : withSuggestion(message, command),
    {
      hint: isNamed ? 'to restore some Secrets or keys alone: c2l fix-secrets NAME' : `${fullName(command)} --help`,
    },
  );
}

function noCommandText(command: Command): string {
  if (command.parent === null) return 'no command given';
  return `${fullName(command)} needs one of ${command.commands.map((each) => each.name()).join(', ')}`;
}

/** What is wrong before a command begins, told like every other failure: with `-o json` as the one document too. */
async function printFailure(
  error: OperatorError,
  argv: readonly string[],
  { program, world }: { readonly program: Command; readonly world: World },
): Promise<ExitCode> {
  const { printError } = await import('./commands/report-commands.ts');
  const deps = await world.createDeps({ color: 'auto', input: true });
  const output = outputFormats.find((format) => argv.some((word, index) => isOutput(word, argv[index - 1], format)));
  // As far as they were read.
  const flags: GlobalFlags = { ...program.opts(), output: output ?? 'text' };
  return printError(error, { name: argv[0] ?? '', flags }, deps);
}

/** `help COMMAND` as `COMMAND --help`: commander looks at one word alone, and says nothing of one that it does not know. */
function helpSpelledOut(program: Command, argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'help' || argv.length === 1) return argv;
  const { command, rest } = namedCommand(program, argv.slice(1));
  const [unknown] = rest;
  if (unknown !== undefined && command.commands.length > 0 && !unknown.startsWith('-')) {
    throw new CommanderError(2, 'commander.unknownCommand', `error: unknown command '${unknown}'`);
  }
  return [...argv.slice(1, argv.length - rest.length), '--help'];
}

/** Commander knows what is misspelt, and not what is only begun, nor what an option that is lacking could be. */
function withSuggestion(message: string, { commands, options }: Command): string {
  const choices = options.find(({ flags }) => message === `required option '${flags}' not specified`)?.argChoices;
  if (choices !== undefined) return `${message}: one of ${choices.join(', ')}`;
  const [, word] = /^unknown command '(.+)'$/.exec(message) ?? [];
  if (word === undefined) return message;
  const names = commands.map((each) => each.name());
  const near = [...new Set([...names.filter((name) => name.startsWith(word)), ...nearestNames(word, names)])];
  return near.length === 0 ? message : `${message} (Did you mean ${near.join(' or ')}?)`;
}

/** As far as the words name one. */
function meantCommand(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) command = command.commands.find((each) => each.name() === word) ?? command;
  return command;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function isOutput(word: string, before: string | undefined, format: string): boolean {
  return (
    word === `-o${format}` ||
    word === `--output=${format}` ||
    ((before === '-o' || before === '--output') && word === format)
  );
}

/** In the order in which help lists them. */
const declarations: Readonly<Record<string, readonly ((registry: Registry) => void)[]>> = {
  'Repair an outage:': [declareStabilize, declareAudit, declareFixSecrets, declareRestart, declareVerify],
  'Be ready for the next one:': [declareDrDrill, declareWatch, declareBackup, declareRunbook, declareBootstrap],
  'Undo, and hand over:': [declareHistory, declareRollback, declareRestoreSync, declareMigrate],
  'Describe and check a stack:': [declareInit, declareValidate, declareGenerate],
  'Learn, and set up c2l:': [
    declareTour,
    declareSandbox,
    declareExplain,
    declareDoctor,
    declareConfig,
    declareCompletion,
  ],
};

function helpWidth(program: Command): number {
  return Math.max(40, program.configureOutput().getOutHelpWidth?.() ?? 80);
}

/** What a description has at least; the longest command leaves it 39 of 80 columns. */
const leastColumns = 30;

/** A description beneath what it is of, where there is too little room beside it; commander would not wrap it at all. */
function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const { helpWidth = 80 } = helper;
  if (helpWidth - termWidth - 4 >= leastColumns) {
    return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
  }
  const lines = description === '' ? [] : helper.boxWrap(description, helpWidth - 6).split('\n');
  return [`  ${term}`, ...lines.map((line) => `      ${line}`)].join('\n');
}

/** The whole tree of commands, as help and completions tell it. */
export function createProgram(world: World, done: (code: ExitCode) => void, print: (text: string) => void): Command {
  const program = new Command('c2l')
    .description('Bring an Argo CD cluster that is red because a Secret lost keys back to green, and prove it.')
    .version(world.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ minWidthToWrap: leastColumns, formatItem })
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => undefined })
    .exitOverride();
  addGlobalOptions(program);
  program.hook('preAction', async () => {
    const { applySettings } = await import('./command-line/settings.ts');
    const applied = await applySettings(program, await world.createDeps({ color: 'auto', input: true }));
    program.setOptionValue('policies', applied.policies);
    program.setOptionValue('settings', applied);
  });
  const registry = new Registry(program, world, done);
  for (const [heading, declare] of Object.entries(declarations)) {
    program.commandsGroup(heading);
    for (const each of declare) each(registry);
  }
  return program
    .helpCommand('help [command]', 'tell of a command what --help tells')
    .addHelpText('after', `\nExamples:\n${examples(world.program).trimEnd()}`)
    .addHelpText('afterAll', ({ command }) =>
      command === program ? '' : `\n${wrap(globalOptionsText(program, world.program), helpWidth(program)).join('\n')}`,
    );
}
