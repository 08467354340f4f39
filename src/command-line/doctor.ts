import type { Command } from 'commander';

import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import type { DoctorOptions } from '../shell/doctor/doctor.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addWriteOptions, consent } from './shared-options.ts';

interface DoctorFlags {
  readonly from?: readonly string[];
  readonly identity?: string;
  readonly clean?: boolean;
  readonly journalNamespace: string;
}

export function declareDoctor(registry: Registry): void {
  const command = registry
    .command(
      'doctor',
      'tell what c2l finds here of what it needs: server, rights, sources, leftovers',
      'c2l doctor -n shop --from azure-key-vault:NAME',
    )
    .option('--from <source>', 'a source to reach, and to compare with what runs; may be repeated', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)');
  addWriteOptions(command)
    .option('--clean', 'remove what c2l ever left in the cluster, but for the way back of an unfinished drill')
    .option('--journal-namespace <name>', 'where drills keep journals, copies and results', 'c2l-drill');
  registry.reports(
    command,
    {
      writes: true,
      changes: ({ clean, dryRun }) => clean === true && dryRun !== true,
      formats: () => ['text', 'json', 'yaml', 'markdown'],
      unopened:
        ({ doctorUnopened }) =>
        (failure, options, deps) =>
          doctorUnopened(failure, { ...optionsOf(command), session: options }, deps),
    },
    ({ doctor }) => {
      const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & DoctorFlags>();
      const options = optionsOf(command);
      const clean =
        flags.clean === true ? { ...consent(flags), journalNamespace: options.journalNamespace } : undefined;
      return (session) => doctor(session, { ...options, clean });
    },
  );
}

function optionsOf(command: Command): DoctorOptions {
  const { from = [], identity, journalNamespace } = command.optsWithGlobals<DoctorFlags>();
  return { from, identity, journalNamespace };
}
