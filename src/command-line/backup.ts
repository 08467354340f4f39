import { Option } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { OperatorError } from '../errors.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addWriteOptions, consent } from './shared-options.ts';

interface BackupFlags {
  readonly to?: string;
  readonly recipient?: readonly string[];
  readonly check?: boolean;
  readonly from?: readonly string[];
  readonly identity?: string;
}

export function declareBackup(registry: Registry): void {
  const command = registry.command(
    'backup',
    'store the values that run, or prove that a source holds them',
    'c2l backup --to age:backup.env.age',
  );
  addWriteOptions(command)
    .option('--to <place>', 'azure-key-vault:NAME-OR-URL, or age:FILE for an encrypted .env file')
    .option('--recipient <age1…>', 'whose identity can open the file; may be repeated', collect)
    .addOption(new Option('--check', 'compare --from with what runs, and write nothing').conflicts('to'))
    .option('--from <source>', 'what is checked; repeat in order of precedence', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)');
  // What it writes lies outside of the cluster.
  registry.reports(command, { writes: true, changes: () => false }, ({ backup, checkBackup }) => {
    const {
      to,
      check,
      from = [],
      identity,
      recipient = [],
      ...flags
    } = command.optsWithGlobals<GlobalFlags & WriteFlags & BackupFlags>();
    return (session) => {
      if (check === true) return checkBackup(session, { from, identity });
      if (to !== undefined) return backup(session, { ...consent(flags), to, recipients: recipient, identity });
      throw new OperatorError('usage', 'neither --to nor --check was given', {
        hint: 'c2l backup --to age:FILE, or c2l backup --check --from SOURCE',
      });
    };
  });
}
