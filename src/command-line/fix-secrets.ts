import { Option } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { Registry } from './registry.ts';
import {
  addKeepOption,
  addPauseOption,
  addSourceOptions,
  addWriteOptions,
  consent,
  type KeepFlags,
  type PauseFlags,
  type SourceFlags,
  valueOptions,
} from './shared-options.ts';

interface PlanFlags {
  readonly partial?: boolean;
  readonly plan?: string;
}

export function declareFixSecrets(registry: Registry): void {
  const command = registry.command(
    'fix-secrets',
    'restore missing values from a vault, a backup or a prompt',
    'c2l fix-secrets --from azure-key-vault:my-vault --from env:backup.env',
  );
  addPauseOption(addKeepOption(addSourceOptions(addWriteOptions(command))))
    .argument('[secret...]', 'restore only these: a Secret, a key, or SECRET/KEY; all where none is named')
    .option('--partial', 'write what there is a value for, and exit 4')
    .addOption(
      new Option('--plan <file>', 'carry out what --dry-run -o yaml printed, and nothing else').conflicts('from'),
    );
  registry.reports(command, { writes: true }, ({ fixSecrets }) => {
    const flags = command.optsWithGlobals<
      GlobalFlags & WriteFlags & SourceFlags & KeepFlags & PauseFlags & PlanFlags
    >();
    const { args: only } = command;
    return (session) =>
      fixSecrets(session, {
        ...consent(flags),
        ...valueOptions(flags),
        only,
        keep: flags.keep,
        pauseSyncMs: flags.pauseSync,
        partial: flags.partial === true,
        plan: flags.plan,
      });
  });
}
