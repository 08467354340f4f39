import type { GlobalFlags, WriteFlags } from '../commands/options.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addKeepOption, addWriteOptions, consent, type KeepFlags } from './shared-options.ts';

interface RollbackFlags {
  readonly overwrite?: readonly string[];
  readonly recreate?: boolean;
}

export function declareRollback(registry: Registry): void {
  const command = registry.command(
    'rollback',
    'bring a Secret back to what it held before c2l changed it',
    'c2l rollback cloudtolocalllm-secrets',
  );
  addKeepOption(addWriteOptions(command))
    .argument('<secret>', 'name of the Secret')
    .argument('[revision]', 'which one, as c2l history lists them; the newest where it is left out')
    .option('--overwrite <key>', 'replace or remove a value that is there; may be repeated', collect)
    .option('--recreate', 'delete an immutable Secret and create it again as it was');
  registry.reports(command, { writes: true }, ({ rollback }) => {
    const flags = command.optsWithGlobals<GlobalFlags & WriteFlags & RollbackFlags & KeepFlags>();
    const [secret = '', revision] = command.args;
    return (session) =>
      rollback(session, {
        ...consent(flags),
        secret,
        revision,
        overwrite: flags.overwrite ?? [],
        recreate: flags.recreate === true,
        keep: flags.keep,
      });
  });
}
