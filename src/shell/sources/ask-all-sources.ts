import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { ValueSource } from '../../value-ports.ts';
import type { Asker, Collected } from './ask-sources.ts';
import { askOwnSources } from './own-sources.ts';
import { buildLogins } from './registry-logins.ts';
import { askForPairs } from './take-pairs.ts';

/**
 * The first source that has a usable value wins, then those that the stack names for the key, then what it is built of.
 * Gives all that were asked.
 */
export async function askAllSources(
  asker: Asker,
  wanted: readonly WantedKey[],
  { sources, identity }: { readonly sources: readonly ValueSource[]; readonly identity?: string | undefined },
  collected: Collected,
): Promise<readonly ValueSource[]> {
  for (const source of sources) await askForPairs(asker, source, wanted, collected);
  const own = await askOwnSources(asker, wanted, { identity }, collected);
  const asked = [...sources, ...own];
  await buildLogins(asker, asked, wanted, collected);
  return asked;
}
