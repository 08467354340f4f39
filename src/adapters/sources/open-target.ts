import { OperatorError } from '../../errors.ts';
import type { BackupTarget } from '../../value-ports.ts';
import type { AzureKeyVaultOptions } from '../azure/azure-key-vault-connection.ts';
import type { AgeTargetOptions } from './age-target.ts';

export interface OpenTargetOptions extends AgeTargetOptions {
  readonly azure?: AzureKeyVaultOptions;
}

const accepted = 'accepted are age:FILE and azure-key-vault:NAME-OR-URL';

/** Opens what `--to` names, and writes nothing yet. */
export async function openTarget(spec: string, options: OpenTargetOptions): Promise<BackupTarget> {
  const [, kind = '', place = ''] = /^([a-z-]+):(.*)$/s.exec(spec) ?? [];
  if (kind === 'age' && place !== '') return (await import('./age-target.ts')).ageTarget(place, options);
  if (kind === 'azure-key-vault') {
    const { azureKeyVaultTarget } = await import('../azure/azure-key-vault-target.ts');
    return azureKeyVaultTarget(place, options.azure);
  }
  const message =
    kind === 'env'
      ? 'env: keeps values in plain text: a backup is encrypted'
      : `${shown(kind)} is no place for a backup`;
  throw new OperatorError('source-invalid', message, { hint: accepted });
}

function shown(kind: string): string {
  return kind === '' ? 'what --to was given' : `${kind}:`;
}
