import { liveValue } from '../core/backup.ts';
import { keyId, type FoundValue } from '../core/plan-secrets.ts';
import { requirements } from '../core/requirements.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { sharedIn, sourceNames } from '../core/source-names.ts';
import type { ValueSource } from '../value-ports.ts';
import type { Session } from './session.ts';

/**
 * Warns of a file whose values are used and that has others than the cluster for keys that are there: it is older, or of
 * another cluster, and what it has for the missing ones may be as wrong. A vault is asked for nothing but what is needed.
 */
export async function doubtFiles(
  { deps, stack }: Pick<Session, 'deps' | 'stack'>,
  snapshot: Snapshot,
  { sources, found }: { readonly sources: readonly ValueSource[]; readonly found: ReadonlyMap<string, FoundValue> },
): Promise<void> {
  const used = sources.filter(
    ({ kind, label }) => kind === 'env' && [...found.values()].some(({ source }) => source.startsWith(label)),
  );
  if (used.length === 0) return;
  const all = requirements(snapshot, stack);
  const unclear = new Set(sharedIn(all, 'env').flatMap(({ keys }) => keys));
  const live = all.flatMap((requirement) => {
    const value = requirement.state === 'ok' ? liveValue(requirement, snapshot) : undefined;
    return value === undefined || unclear.has(keyId(requirement)) || found.has(keyId(requirement))
      ? []
      : [{ requirement, value }];
  });
  for (const source of used) {
    const wanted = live.map(({ requirement: { namespace, secret, key, declared } }) => {
      return { namespace, secret, key, ...sourceNames(key, declared) };
    });
    const answers = await source.lookUp(wanted, deps.signal);
    const held = live.flatMap(({ requirement, value }, index) => {
      const answer = answers[index];
      return answer?.state === 'found' ? [{ key: requirement.key, isSame: answer.value.equals(value) }] : [];
    });
    const other = held.filter(({ isSame }) => !isSame).map(({ key }) => key);
    if (other.length === 0) continue;
    const what = `other values than the cluster for ${other.length} of ${held.length} keys that both have: ${other.join(', ')}`;
    deps.terminal.err(`warning: ${source.label}: ${what}; is it older, or of another cluster?`);
  }
}
