import type { GlobalFlags } from '../commands/options.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';

interface DoctorFlags {
  readonly from?: readonly string[];
  readonly identity?: string;
}

export function declareDoctor(registry: Registry): void {
  const command = registry
    .command(
      'doctor',
      'tell what c2l finds here of what it needs: server, rights, sources, leftovers; changes nothing',
      'c2l doctor -n shop --from azure-key-vault:NAME',
    )
    .option('--from <source>', 'a source to reach, and to compare with what runs; may be repeated', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)');
  registry.reports(command, { writes: false, formats: () => ['text', 'json', 'yaml', 'markdown'] }, ({ doctor }) => {
    const { from = [], identity } = command.optsWithGlobals<GlobalFlags & DoctorFlags>();
    return (session) => doctor(session, { from, identity });
  });
}
