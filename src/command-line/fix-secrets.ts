import { Option } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { parseDuration } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import {
  addKeepOption,
  addSourceOptions,
  addWriteOptions,
  consent,
  type KeepFlags,
  type SourceFlags,
  valueOptions,
} from './shared-options.ts';

interface PlanFlags {
  readonly pauseSync?: number;
  readonly partial?: boolean;
  readonly plan?: string;
}

export function declareFixSecrets(registry: Registry): void {
  const command = registry.command(
    'fix-secrets',
    'restore missing values from a vault, a backup or a prompt',
    'c2l fix-secrets --from azure-key-vault:my-vault --from env:backup.env',
  );
  addKeepOption(addSourceOptions(addWriteOptions(command)))
    .addOption(
      new Option(
        '--pause-sync [duration]',
        'keep Argo CD and External Secrets from undoing it until then, and put their sync back',
      )
        .argParser(parseDuration)
        .preset('15m'),
    )
    .option('--partial', 'write what there is a value for, and exit 4')
    .addOption(
      new Option('--plan <file>', 'carry out what --dry-run -o yaml printed, and nothing else').conflicts('from'),
    );
  registry.reports(command, { writes: true }, ({ fixSecrets }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & SourceFlags & KeepFlags & PlanFlags>();
    return (session) =>
      fixSecrets(session, {
        ...consent(flags),
        ...valueOptions(flags),
        keep: flags.keep,
        pauseSyncMs: flags.pauseSync,
        partial: flags.partial === true,
        plan: flags.plan,
      });
  });
}
