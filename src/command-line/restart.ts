import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { RestartWords } from '../shell/restart/choose-restart.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addRestartOptions, addWriteOptions, consent, type WaitFlags } from './shared-options.ts';

export function declareRestart(registry: Registry): void {
  const command = registry.command('restart', 'restart what needs it, in dependency order', 'c2l restart --dry-run');
  addRestartOptions(addWriteOptions(command))
    .option('--affected-by <secret>', 'restart exactly what took secret/NAME, or secret/NAME:KEY, at its start')
    .option(
      '--delete <workload>',
      'delete its broken pods where a PodDisruptionBudget refuses; may be repeated',
      collect,
    )
    .option(
      '--accept-data-loss <workload>',
      'restart it although its data goes with its pods; may be repeated',
      collect,
    );
  registry.reports(command, { writes: true }, ({ restart }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & WaitFlags & RestartWords>();
    const { acceptDataLoss, affectedBy, delete: deleted } = flags;
    const waitOnly = flags.waitOnly === true;
    return (session) =>
      restart(session, {
        ...consent(flags),
        waitOnly,
        timeoutMs: flags.timeout,
        acceptDataLoss,
        affectedBy,
        delete: deleted,
      });
  });
}
