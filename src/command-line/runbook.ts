import type { GlobalFlags } from '../commands/options.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

interface RunFlags {
  readonly yes?: boolean;
  readonly set?: readonly string[];
  readonly progress?: string;
  readonly anew?: boolean;
}

const formats = { formats: ['text', 'markdown'] } as const;

export function declareRunbook(registry: Registry): void {
  const parent = registry.command(
    'runbook',
    'what to do, step by step: read it, or be walked through it',
    'c2l runbook run restoring-application-secrets --sandbox',
  );
  const list = parent.command('list').description('the runbooks that ship with c2l');
  registry.runs(list, async (flags, deps) => (await import('../commands/runbook.ts')).listRunbooks(flags, deps));

  const show = parent
    .command('show')
    .description('one of them')
    .argument('<runbook>', 'its name, or the path of a file');
  registry.runs(
    show,
    async (flags, deps) => (await import('../commands/runbook.ts')).showRunbook(show.args[0] ?? '', flags, deps),
    formats,
  );

  const run = parent
    .command('run')
    .description('explain, run and check each step; progress is kept, so that somebody else can take over')
    .argument('<runbook>', 'its name, or the path of a file')
    .option('-y, --yes', 'run every step without asking, as a script does')
    .option('--set <name=value>', 'a value that its commands use; repeat', collect)
    .option('--progress <file>', 'where progress and, beside it, the log are kept')
    .option('--anew', 'from the first step, whatever was done before');
  registry.runs(
    run,
    async (flags, deps) => {
      const { runRunbook } = await import('../commands/runbook.ts');
      const { yes = false, set = [], progress, anew = false } = run.optsWithGlobals<GlobalFlags & RunFlags>();
      return runRunbook(run.args[0] ?? '', { yes, set, progress, anew }, flags, deps);
    },
    formats,
  );
}

/** The runbook for newcomers, in the sandbox alone. */
export function declareTour(registry: Registry): void {
  const command = registry
    .command(
      'tour',
      'twenty minutes in the sandbox: break a stack, read it, repair it, drill it; needs kubectl',
      'c2l tour',
    )
    .option('-y, --yes', 'run every step without asking, as a script does')
    .option('--anew', 'from the first step, whatever was done before');
  registry.runs(
    command,
    async (flags, deps) => {
      const { runRunbook } = await import('../commands/runbook.ts');
      const { yes = false, anew = false } = command.optsWithGlobals<GlobalFlags & RunFlags>();
      const afterwards = 'c2l doctor, then c2l audit, on a cluster of your own';
      const otherwise = 'c2l stabilize --sandbox';
      return runRunbook(
        'tour',
        { yes, set: [], progress: undefined, anew, command: 'c2l tour', afterwards, otherwise },
        { ...flags, sandbox: true },
        deps,
      );
    },
    formats,
  );
}
