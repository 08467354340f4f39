import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { OperatorError } from '../../errors.ts';
import type { ValueSource } from '../../value-ports.ts';
import type { AzureKeyVaultOptions } from '../azure/azure-key-vault-connection.ts';
import type { EnvFileOptions } from './env-file-source.ts';

export interface OpenSourceOptions extends EnvFileOptions {
  readonly azure?: AzureKeyVaultOptions;
}

const accepted =
  'accepted are azure-key-vault:NAME-OR-URL, env:FILE, env:- and age:FILE; fix-secrets and stabilize also take revision';

/** Opens what `--from` names. A file is read at once; a vault is first asked when values are looked up. */
export async function openSource(spec: string, options: OpenSourceOptions): Promise<ValueSource> {
  const colon = spec.indexOf(':');
  const kind = colon < 0 ? spec : spec.slice(0, colon);
  const place = colon < 0 ? '' : spec.slice(colon + 1);
  // An encrypted file is told by its content: both words open both.
  if (kind === 'env' || kind === 'age') {
    if (place === '') throw new OperatorError('source-invalid', `${kind}: names no file`, { hint: accepted });
    const { openEnvFile } = await import('./env-file-source.ts');
    return openEnvFile(place, options, spec);
  }
  if (kind === 'azure-key-vault') {
    const { openAzureKeyVault } = await import('../azure/azure-key-vault-source.ts');
    return openAzureKeyVault(place, options.azure);
  }
  throw new OperatorError('source-invalid', `${shown(kind, spec)} is no kind of source`, {
    hint: (await isFile(spec, options.cwd)) ? `a file is named as --from env:${spec}` : accepted,
  });
}

/** The name of a file that is there is no value that somebody pasted. */
async function isFile(spec: string, cwd: string): Promise<boolean> {
  return stat(resolve(cwd, spec)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Somebody may paste a value where a source belongs: only a word is repeated. */
function shown(kind: string, spec: string): string {
  return /^[a-z][a-z-]{0,30}$/.test(kind) && spec.length > kind.length ? `${kind}:` : 'what --from was given';
}
