import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import {
  addKeepOption,
  addSourceOptions,
  addWriteOptions,
  consent,
  type KeepFlags,
  type SourceFlags,
} from './shared-options.ts';

export function declareFixSecrets(registry: Registry): void {
  const command = registry.command(
    'fix-secrets',
    'restore missing values from a vault, a backup or a prompt',
    'c2l fix-secrets --from azure-key-vault:my-vault --from env:backup.env',
  );
  addKeepOption(addSourceOptions(addWriteOptions(command)));
  registry.reports(command, { writes: true }, ({ fixSecrets }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & SourceFlags & KeepFlags>();
    return (session) =>
      fixSecrets(session, {
        ...consent(flags),
        from: flags.from ?? [],
        overwrite: flags.overwrite ?? [],
        keep: flags.keep,
      });
  });
}
