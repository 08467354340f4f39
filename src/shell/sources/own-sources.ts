import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { ValueSource } from '../../value-ports.ts';
import { unresolved, type Collected, type Asker } from './ask-sources.ts';
import { askForPairs } from './take-pairs.ts';

/**
 * Asks the sources that the stack names for single keys, where those of the command line had nothing: what a person
 * types comes first. Gives those that were asked.
 */
export async function askOwnSources(
  session: Asker,
  wanted: readonly WantedKey[],
  options: { readonly identity?: string | undefined },
  collected: Collected,
): Promise<readonly ValueSource[]> {
  const specs = [...new Set(unresolved(wanted, collected).flatMap(({ declared }) => declared?.from.sources ?? []))];
  const asked: ValueSource[] = [];
  for (const spec of specs) {
    const keys = wanted.filter(({ declared }) => declared?.from.sources?.includes(spec) === true);
    const source = await session.deps.openSource(spec, options);
    await askForPairs(session, source, keys, collected);
    asked.push(source);
  }
  return asked;
}
