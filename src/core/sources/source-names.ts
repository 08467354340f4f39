import type { StackKey } from '../stack/stack.ts';

/** The name of a key's value in each kind of source. */
export interface SourceNames {
  readonly envName: string;
  readonly azureKeyVaultName: string;
  /** Undefined where the newest version is meant. */
  readonly azureKeyVaultVersion: string | undefined;
}

/** What the stack declares, else the default: `postgres-auth-password` → `POSTGRES_AUTH_PASSWORD`. */
export function sourceNames(key: string, declared?: Pick<StackKey, 'from'>): SourceNames {
  const [name = '', version] = (declared?.from.azureKeyVault ?? defaultAzureKeyVaultName(key)).split('/');
  return {
    envName: declared?.from.env ?? defaultEnvName(key),
    azureKeyVaultName: name,
    azureKeyVaultVersion: version,
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

/** A key of a Secret, with what the stack declares for it. */
export interface NamedKey {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly declared?: Pick<StackKey, 'from'>;
}

/** One name in one kind of source that several keys would be looked up by. */
export interface SharedSourceName {
  readonly name: string;
  readonly kind: 'env' | 'azureKeyVault';
  /** As NAMESPACE/SECRET/KEY. */
  readonly keys: readonly string[];
}

/**
 * Keys that would be given one value by accident of the default mapping; those that collide in a .env file and a vault
 * alike are told once. Keys that all name the entry outright share it on purpose, and so do copies of one declared
 * Secret in several namespaces.
 */
export function sharedSourceNames(keys: readonly NamedKey[]): SharedSourceName[] {
  const shared = [...sharedIn(keys, 'env'), ...sharedIn(keys, 'azureKeyVault')];
  const texts = shared.map((each) => each.keys.join('\n'));
  return shared.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}

/** The same in one kind of source. */
export function sharedIn(keys: readonly NamedKey[], kind: SharedSourceName['kind']): SharedSourceName[] {
  const groups = new Map<string, NamedKey[]>();
  for (const each of keys) groups.set(nameIn(kind, each), [...(groups.get(nameIn(kind, each)) ?? []), each]);
  return [...groups].flatMap(([name, group]) => {
    const isAccident = group.some((left) =>
      group.some((right) => left !== right && !shareOnPurpose(left, right, kind)),
    );
    return isAccident
      ? [{ name, kind, keys: group.map((each) => `${each.namespace}/${each.secret}/${each.key}`) }]
      : [];
  });
}

/** Key Vault does not tell upper from lower case. */
function nameIn(kind: SharedSourceName['kind'], { key, declared }: NamedKey): string {
  const { envName, azureKeyVaultName } = sourceNames(key, declared);
  return kind === 'env' ? envName : azureKeyVaultName.toLowerCase();
}

function shareOnPurpose(left: NamedKey, right: NamedKey, kind: SharedSourceName['kind']): boolean {
  if (left.declared === undefined || right.declared === undefined) return false;
  // A copy has the declaration of its original.
  if (left.declared === right.declared) return true;
  if (left.declared.from[kind] !== undefined && right.declared.from[kind] !== undefined) return true;
  return left.secret === right.secret && left.key === right.key;
}
