import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import {
  addKeepOption,
  addPauseOption,
  addRestartOptions,
  addSourceOptions,
  addWriteOptions,
  consent,
  type KeepFlags,
  type PauseFlags,
  type SourceFlags,
  type WaitFlags,
  valueOptions,
} from './shared-options.ts';

export function declareStabilize(registry: Registry): void {
  const command = registry.command(
    'stabilize',
    'walk through audit, fix-secrets, restart and verify',
    'c2l stabilize --sandbox',
  );
  addRestartOptions(addPauseOption(addKeepOption(addSourceOptions(addWriteOptions(command)))));
  registry.reports(command, { writes: true, formats: () => ['text', 'json', 'yaml', 'markdown'] }, ({ stabilize }) => {
    const flags = command.optsWithGlobals<
      GlobalFlags & WriteFlags & SourceFlags & KeepFlags & PauseFlags & WaitFlags
    >();
    return (session) =>
      stabilize(session, {
        ...consent(flags),
        keep: flags.keep,
        pauseSyncMs: flags.pauseSync,
        ...valueOptions(flags),
        waitOnly: flags.waitOnly === true,
        timeoutMs: flags.timeout,
        output: flags.output,
        verbose: flags.verbose === true,
      });
  });
}
