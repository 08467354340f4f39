import { count } from '../../core/list-text.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { keyId, type FoundValue } from '../../core/fix/plan-secrets.ts';
import { requirements } from '../../core/secrets/requirements.ts';
import { liveValue } from '../../core/sources/backup.ts';
import { sharedIn } from '../../core/sources/source-names.ts';
import type { ValueSource } from '../../value-ports.ts';
import type { Session } from '../session.ts';
import { placeIn, toWantedValue } from './ask-sources.ts';

/**
 * Warns of a file whose values are used and that has others than the cluster for keys that are there: it is older, or of
 * another cluster, and what it has for the missing ones may be as wrong. Where nothing is missing it was named for a reason,
 * and what is wrong may be the value that is there. A vault is asked for nothing but what is needed.
 * Gives where each of these keys has another value, by the identity of the key.
 */
export async function doubtFiles(
  { deps, stack }: Pick<Session, 'deps' | 'stack'>,
  snapshot: Snapshot,
  { sources, found }: { readonly sources: readonly ValueSource[]; readonly found: ReadonlyMap<string, FoundValue> },
): Promise<ReadonlyMap<string, string>> {
  const differing = new Map<string, string>();
  const used = sources.filter(
    ({ kind, label }) =>
      kind === 'env' && (found.size === 0 || [...found.values()].some(({ source }) => source.startsWith(label))),
  );
  if (used.length === 0) return differing;
  const all = requirements(snapshot, stack);
  const unclear = new Set(sharedIn(all, 'env').flatMap(({ keys }) => keys));
  const live = all.flatMap((requirement) => {
    const value = requirement.state === 'ok' ? liveValue(requirement, snapshot) : undefined;
    return value === undefined || unclear.has(keyId(requirement)) || found.has(keyId(requirement))
      ? []
      : [{ requirement, value }];
  });
  for (const source of used) {
    const answers = await source.lookUp(
      live.map(({ requirement }) => toWantedValue(requirement)),
      deps.signal,
    );
    const held = live.flatMap(({ requirement, value }, index) => {
      const answer = answers[index];
      if (answer?.state !== 'found') return [];
      return [{ requirement, place: placeIn(source, answer.detail), isSame: answer.value.equals(value) }];
    });
    const others = held.filter(({ isSame }) => !isSame);
    const other = others.map(({ requirement }) => requirement.key);
    if (other.length === 0) continue;
    for (const { requirement, place } of others)
      if (!differing.has(keyId(requirement))) differing.set(keyId(requirement), place);
    const what = `other values than the cluster for ${other.length} of ${count(held.length, 'key')} that both have: ${other.join(', ')}`;
    const wayOut =
      found.size === 0
        ? 'kept as they are; --overwrite KEY takes the one of the file'
        : 'is it older, or of another cluster?';
    deps.terminal.err(`warning: ${source.label}: ${what}; ${wayOut}`);
  }
  return differing;
}
