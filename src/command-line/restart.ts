import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import { addRestartOptions, addWriteOptions, consent, type WaitFlags } from './shared-options.ts';

export function declareRestart(registry: Registry): void {
  const command = registry.command('restart', 'restart what needs it, in dependency order', 'c2l restart --dry-run');
  addRestartOptions(addWriteOptions(command));
  registry.reports(command, { writes: true }, ({ restart }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & WaitFlags>();
    return (session) =>
      restart(session, { ...consent(flags), waitOnly: flags.waitOnly === true, timeoutMs: flags.timeout });
  });
}
