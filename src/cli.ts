import { Command, CommanderError, Option } from 'commander';

import {
  addWriteOptions,
  collect,
  collectNamespace,
  colorChoices,
  outputFormats,
  parseDuration,
  parseSpeed,
  scenarios,
  type GlobalFlags,
  type WriteFlags,
} from './commands/options.ts';
import type * as ReportCommands from './commands/report-commands.ts';
import type { CommandBody } from './commands/run-report.ts';
import { OperatorError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import type { Deps } from './ports.ts';

/** What decides how c2l talks to the person in front of it. */
export type TerminalSettings = Pick<GlobalFlags, 'color' | 'input'>;

/** What main.ts gives: nothing of it is made before a command needs it, so that `--help` answers at once. */
export interface World {
  readonly version: string;
  /** For what needs nothing but standard output: help and the version. */
  print(text: string): void;
  createDeps(settings: TerminalSettings): Promise<Deps>;
}

interface SourceFlags {
  readonly from?: readonly string[];
  readonly overwrite?: readonly string[];
}

interface WaitFlags {
  readonly timeout: number;
  readonly waitOnly?: boolean;
}

const firstSteps = `c2l brings an Argo CD cluster that is red because a Secret lost keys back to green.

Three things to try:
  c2l stabilize --sandbox   watch a broken stack recover; needs no cluster
  c2l audit                 every missing Secret key of your cluster, and what each blocks
  c2l --help                all commands and flags
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
    if (argv.length === 0) printed = firstSteps;
    else await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) return refuse(error, argv, world);
  }
  if (printed !== '') world.print(printed);
  return exitCode;
}

/** A usage error, told like every other failure: with `-o json` as the one document too. */
async function refuse(error: CommanderError, argv: readonly string[], world: World): Promise<ExitCode> {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const usage = new OperatorError('usage', message === '(outputHelp)' ? 'no command given' : message, {
    hint: 'c2l --help',
  });
  const { printError } = await import('./commands/report-commands.ts');
  const deps = await world.createDeps({ color: 'auto', input: true });
  const output = outputFormats.find((format) => argv.some((word, index) => isOutput(word, argv[index - 1], format)));
  return printError(usage, { name: argv[0] ?? '', flags: { output: output ?? 'text' } as GlobalFlags }, deps);
}

function isOutput(word: string, before: string | undefined, format: string): boolean {
  return (
    word === `-o${format}` ||
    word === `--output=${format}` ||
    ((before === '-o' || before === '--output') && word === format)
  );
}

function createProgram(world: World, done: (code: ExitCode) => void, print: (text: string) => void): Command {
  const program = new Command('c2l')
    .description('Bring an Argo CD cluster that is red because a Secret lost keys back to green, and prove it.')
    .version(world.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => undefined })
    .exitOverride();
  addGlobalOptions(program);

  type MakeBody = (commands: typeof ReportCommands, command: Command) => CommandBody;
  /** Registers a command whose body is loaded only when it runs. */
  const register = (command: Command, writes: boolean, makeBody: MakeBody): void => {
    command.action(async () => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const [commands, deps] = await Promise.all([import('./commands/report-commands.ts'), world.createDeps(flags)]);
      const options = { name: command.name(), flags, writes };
      done(await commands.runReport(options, deps, makeBody(commands, command)));
    });
  };

  register(
    example(
      program.command('audit').description('find every missing Secret key and what each one blocks'),
      'c2l audit -n shop',
    ),
    false,
    ({ audit }) =>
      async (session) => ({ report: await audit(session) }),
  );
  register(
    example(
      addSourceOptions(
        addWriteOptions(
          program.command('fix-secrets').description('restore missing values from a vault, a backup or a prompt'),
        ),
      ),
      'c2l fix-secrets --from azure-key-vault:my-vault --from env:backup.env',
    ),
    true,
    ({ fixSecrets }, command) => {
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & SourceFlags>();
      return (session) =>
        fixSecrets(session, { ...consent(flags), from: flags.from ?? [], overwrite: flags.overwrite ?? [] });
    },
  );
  register(
    example(
      addRestartOptions(
        addWriteOptions(program.command('restart').description('restart what needs it, in dependency order')),
      ),
      'c2l restart --dry-run',
    ),
    true,
    ({ restart }, command) => {
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & WaitFlags>();
      return (session) =>
        restart(session, { ...consent(flags), waitOnly: flags.waitOnly === true, timeoutMs: flags.timeout });
    },
  );
  register(
    example(
      program
        .command('verify')
        .description('prove that every component works: logins and answers, not only readiness')
        .addOption(
          new Option('--timeout <duration>', 'how long checks may take to pass')
            .argParser(parseDuration)
            .default(60_000, '60s'),
        ),
      'c2l verify --timeout 2m',
    ),
    false,
    ({ verify }, command) => {
      const flags = command.optsWithGlobals<GlobalFlags & WaitFlags>();
      return (session) => verify(session, { timeoutMs: flags.timeout });
    },
  );
  register(
    example(
      addRestartOptions(
        addSourceOptions(
          addWriteOptions(
            program.command('stabilize').description('walk through audit, fix-secrets, restart and verify'),
          ),
        ),
      ),
      'c2l stabilize --sandbox',
    ),
    true,
    ({ stabilize }, command) => {
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & SourceFlags & WaitFlags>();
      return (session) =>
        stabilize(session, {
          ...consent(flags),
          from: flags.from ?? [],
          overwrite: flags.overwrite ?? [],
          waitOnly: flags.waitOnly === true,
          timeoutMs: flags.timeout,
          output: flags.output,
          verbose: flags.verbose === true,
        });
    },
  );
  registerSandbox(program, world, done);
  return program;
}

function registerSandbox(program: Command, world: World, done: (code: ExitCode) => void): void {
  const command = program.command('sandbox').description('keep a sandbox cluster running, for kubectl and for c2l');
  example(command, 'c2l sandbox --scenario total-secret-loss').action(async () => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const { serveSandbox } = await import('./commands/sandbox.ts');
    done(await serveSandbox({ scenario: flags.scenario, speed: flags.speed }, await world.createDeps(flags)));
  });
}

function addGlobalOptions(program: Command): void {
  program
    .option('--kubeconfig <file>', 'kubeconfig to use (default: $KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'look at exactly this namespace; may be repeated', collectNamespace)
    .addOption(new Option('-A, --all-namespaces', 'look at all namespaces').conflicts('namespace'))
    .option('--config <file>', 'stack file (default: c2l.yaml here or above)')
    .option('--stack <name>', 'stack that ships with c2l, such as cloudtolocalllm')
    .option('--sandbox', 'work on an embedded cluster that is gone afterwards; needs nothing installed')
    .addOption(
      new Option('--scenario <name>', 'state that the sandbox starts in').choices(scenarios).default('incident'),
    )
    .addOption(
      new Option('--speed <factor>', 'how much faster than real time the sandbox works')
        .argParser(parseSpeed)
        .default(2),
    )
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(outputFormats).default('text'))
    .option('--no-input', 'never ask; fail where consent or a value is needed')
    .addOption(new Option('--color <when>', 'paint the answer').choices(colorChoices).default('auto'))
    .addOption(
      new Option('--request-timeout <duration>', 'longest wait for one API request')
        .argParser(parseDuration)
        .default(15_000, '15s'),
    )
    .option('-v, --verbose', 'name what is otherwise only counted');
}

function addSourceOptions(command: Command): Command {
  return command
    .option('--from <source>', 'env:FILE or azure-key-vault:NAME-OR-URL; repeat in order of precedence', collect)
    .option('--overwrite <key>', 'replace a value that is there but unusable; may be repeated', collect);
}

function addRestartOptions(command: Command): Command {
  return command
    .option('--wait-only', 'leave broken pods to kubelet instead of replacing them')
    .addOption(
      new Option('--timeout <duration>', 'longest wait for recovery').argParser(parseDuration).default(300_000, '5m'),
    );
}

function consent(flags: WriteFlags): { yes: boolean; confirm: string | undefined; dryRun: boolean } {
  return { yes: flags.yes === true, confirm: flags.confirm, dryRun: flags.dryRun === true };
}

function example(command: Command, line: string): Command {
  return command.addHelpText('after', `\nExample:\n  ${line}`);
}
