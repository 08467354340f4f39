import type { StackKey } from './stack.ts';

/** The name of a key's value in each kind of source. */
export interface SourceNames {
  readonly envName: string;
  readonly azureKeyVaultName: string;
}

/** What the stack declares, else the default: `postgres-auth-password` → `POSTGRES_AUTH_PASSWORD`. */
export function sourceNames(key: string, declared?: Pick<StackKey, 'from'>): SourceNames {
  return {
    envName: declared?.from.env ?? defaultEnvName(key),
    azureKeyVaultName: declared?.from.azureKeyVault ?? defaultAzureKeyVaultName(key),
  };
}

function defaultEnvName(key: string): string {
  const name = key.replace(/[^A-Za-z0-9]/g, '_').toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Key Vault names have neither `_` nor `.`. */
function defaultAzureKeyVaultName(key: string): string {
  return key.replace(/[_.]/g, '-');
}
