import { Option, type Command } from 'commander';

import type { SealFlags } from '../commands/generate-sealed-secrets.ts';
import { sealScopes } from '../core/generate/seal-scopes.ts';
import { OperatorError } from '../errors.ts';
import { collect } from './parse-arguments.ts';
import type { Registry } from './registry.ts';
import { addSealingOptions } from './shared-options.ts';

export const sealedSecretsName = 'sealed-secrets';

/** Beside the kinds: it seals values, so that it needs a source, and gives other text at each run. */
export function declareSealedSecrets(parent: Command, registry: Registry): void {
  const named = parent
    .command(sealedSecretsName)
    .description('a SealedSecret for each Secret of the stack, sealed by kubeseal from a source')
    .option('--from <source>', 'env:FILE, env:-, age:FILE or azure-key-vault:NAME-OR-URL; may be repeated', collect)
    .option('--identity <file>', 'file of an age identity, for an encrypted backup (default: $C2L_AGE_IDENTITY)');
  const command = addSealingOptions(named)
    .addOption(
      new Option('--scope <scope>', 'where the sealed values may be opened').choices(sealScopes).default('strict'),
    )
    .addHelpText('after', '\nExample:\n  c2l generate sealed-secrets --from azure-key-vault:my-vault --out secrets');
  registry.runs(
    command,
    async (flags, deps) => {
      if (parent.opts<{ all?: boolean }>().all === true) throw besideAll();
      const { runGenerateSealedSecrets } = await import('../commands/generate-sealed-secrets.ts');
      return runGenerateSealedSecrets(flags as SealFlags, deps);
    },
    { name: parent.name() },
  );
}

function besideAll(): OperatorError {
  return new OperatorError(
    'usage',
    `--all leaves ${sealedSecretsName} out: it needs values, and gives other text at each run`,
    {
      hint: `c2l generate ${sealedSecretsName} --from SOURCE`,
    },
  );
}
