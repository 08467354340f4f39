import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { parseCount } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addWriteOptions, consent } from './shared-options.ts';

interface HistoryFlags {
  readonly prune?: boolean;
  readonly keep: number;
}

export function declareHistory(registry: Registry): void {
  const command = registry.command('history', 'list what was kept of Secrets before c2l changed them', 'c2l history');
  addWriteOptions(command)
    .argument('[secret]', 'name of one Secret; all where it is left out')
    .option('--prune', 'remove the revisions, but the last of a value that is gone')
    .option('--keep <n>', 'with --prune: how many of each Secret stay', parseCount, 0);
  registry.reports(
    command,
    { writes: true, changes: ({ prune, dryRun }) => prune === true && dryRun !== true },
    ({ history }) => {
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & HistoryFlags>();
      const [secret] = command.args;
      return (session) =>
        history(session, { ...consent(flags), secret, prune: flags.prune === true, keep: flags.keep });
    },
  );
}
