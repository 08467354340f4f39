import { keyId } from '../../core/fix/plan-secrets.ts';
import { refuseSharedSourceNames } from '../../core/fix/secret-guards.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { SealScope } from '../../core/generate/seal-scopes.ts';
import type { SecretValue } from '../../core/secrets/secret-value.ts';
import { namespaceOf, type Stack, type StackSecret } from '../../core/stack/stack.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';
import type { Sealer } from '../../value-ports.ts';
import { askAllSources } from '../sources/ask-all-sources.ts';
import { nothingCollected, unresolved, type Collected } from '../sources/ask-sources.ts';
import { valuesMissing } from '../sources/values-missing.ts';

export interface SealOptions {
  readonly from: readonly string[];
  readonly identity: string | undefined;
  readonly scope: SealScope;
  readonly certificate: string;
}

export interface SealedValues {
  readonly secret: StackSecret;
  /** What stands in `spec.encryptedData`; empty where no source has anything of an optional Secret. */
  readonly sealed: ReadonlyMap<string, string>;
}

/** The values of all Secrets of the stack, sealed; none where a required one is missing. They go to the sealer alone. */
export async function sealSecrets(deps: Deps, stack: Stack, options: SealOptions): Promise<readonly SealedValues[]> {
  const sealer = await openSealer(deps);
  const collected = await valuesOf(deps, stack, options);
  const made: SealedValues[] = [];
  for (const secret of stack.secrets) {
    const namespace = namespaceOf(stack, secret);
    const data = dataOf(secret, namespace, collected);
    const { scope, certificate } = options;
    const request = { namespace, name: secret.name, data, scope, certificate };
    made.push({ secret, sealed: data.size === 0 ? new Map() : await sealer.seal(request, deps.signal) });
  }
  return made;
}

export async function openSealer(deps: Pick<Deps, 'openSealer'>): Promise<Sealer> {
  const sealer = await deps.openSealer();
  if (sealer !== undefined) return sealer;
  throw new OperatorError('usage', 'kubeseal is not on PATH, and it is what seals', {
    hint: 'install kubeseal: https://github.com/bitnami-labs/sealed-secrets#kubeseal',
  });
}

async function valuesOf(deps: Deps, stack: Stack, { from, identity }: SealOptions): Promise<Collected> {
  const asker = { deps, stack };
  const wanted = stack.secrets.flatMap((secret) => wantedOf(secret, namespaceOf(stack, secret)));
  refuseSharedSourceNames(wanted);
  const sources = await Promise.all(from.map((spec) => deps.openSource(spec, { identity })));
  const collected = nothingCollected();
  const asked = await askAllSources(asker, wanted, { sources, identity }, collected);
  const left = unresolved(wanted, collected);
  if (left.length === 0) return collected;
  throw valuesMissing(left, { asked, collected, kept: undefined }, 'c2l generate sealed-secrets');
}

function wantedOf({ name, keys }: StackSecret, namespace: string): WantedKey[] {
  return Object.entries(keys).map(([key, declared]) => ({
    namespace,
    secret: name,
    key,
    declared,
    reason: declared.required ? 'missing' : 'optional',
    references: [],
  }));
}

function dataOf({ name, keys }: StackSecret, namespace: string, { found }: Collected): Map<string, SecretValue> {
  const data = new Map<string, SecretValue>();
  for (const key of Object.keys(keys)) {
    const value = found.get(keyId({ namespace, secret: name, key }))?.value;
    if (value !== undefined) data.set(key, value);
  }
  return data;
}
