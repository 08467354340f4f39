import { keyId, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import type { ValueSource } from '../../value-ports.ts';
import { nothingCollected, askSource, unresolvedLogins, type Collected, type Asker } from './ask-sources.ts';

const parts = ['registry', 'user', 'password'] as const;
type Part = (typeof parts)[number];

/**
 * Builds pull credentials of a registry, a user and a password where no source has them whole and the stack says so.
 * Of a login that lacks a part nothing is built, and the part is named.
 */
export async function buildLogins(
  session: Asker,
  sources: readonly ValueSource[],
  wanted: readonly WantedKey[],
  collected: Collected,
): Promise<void> {
  for (const key of unresolvedLogins(wanted, collected)) {
    const keys = parts.map((part) => ({ part, key: partKey(key, part) }));
    const own = nothingCollected();
    for (const source of sources) {
      await askSource(
        session,
        source,
        keys.map((each) => each.key),
        own,
      );
    }
    const found = new Map(
      keys.flatMap(({ part, key: { namespace, secret, key: name } }) => {
        const answer = own.found.get(keyId({ namespace, secret, key: name }));
        return answer === undefined ? [] : [[part, answer] as const];
      }),
    );
    const built = builtOf(found);
    if (built !== undefined) collected.found.set(keyId(key), built);
    else if (found.size > 0) {
      const lacking = keys.filter(({ part }) => !found.has(part)).map((each) => each.key.key);
      const refusals = collected.refusals.get(keyId(key)) ?? [];
      collected.refusals.set(keyId(key), [...refusals, `no source has ${lacking.join(', ')} to build it`]);
    }
  }
}

function partKey({ namespace, secret, declared }: WantedKey, part: Part): WantedKey {
  const from = declared?.from.login?.[part] ?? {};
  return {
    namespace,
    secret,
    key: `${secret}-${part}`,
    reason: 'missing',
    declared: { required: true, generate: false, from },
    references: [],
  };
}

function builtOf(found: ReadonlyMap<Part, FoundValue>): FoundValue | undefined {
  const [registry, user, password] = parts.map((part) => found.get(part));
  if (registry === undefined || user === undefined || password === undefined) return undefined;
  const value = SecretValue.dockerConfig({ registry: registry.value, user: user.value, password: password.value });
  return { value, source: password.source };
}
