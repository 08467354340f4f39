import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { keyId, noSource } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import type { WantedPair } from '../../core/sources/wanted-pairs.ts';
import type { ValueSource } from '../../value-ports.ts';
import type { Session } from '../session.ts';
import { askAllSources } from './ask-all-sources.ts';
import { nothingCollected, unresolved, type Collected } from './ask-sources.ts';
import { generateValues, type Generate } from './generate-values.ts';
import { keptValues, offerKept } from './kept-values.ts';
import { isBeyondPrompt, promptValues } from './prompt-values.ts';
import { recoverValues } from './recover-values.ts';
import { keptHint, valuesMissing, type Asked } from './values-missing.ts';

export interface CollectOptions {
  /** In order of precedence. */
  readonly sources: readonly ValueSource[];
  /** Consent to bring back values that a source holds as deleted. */
  readonly recover: boolean;
  /** The file of an age identity, for sources that the stack names. */
  readonly identity?: string | undefined;
  /** Which keys may get a made-up value. */
  readonly generate?: Generate | undefined;
  /** Tells whether data depends on an old value. */
  readonly snapshot: Snapshot;
  /** Nobody is asked and nothing is brought back; keys that a person could be asked for later are left out. */
  readonly dryRun: boolean;
  /** Whether keys without a value are left out; only when there is none at all it is an error. */
  readonly partial: boolean;
  /** Whether a dry run shows what no source has, instead of being refused. */
  readonly mayLack?: boolean;
  /** Keys that are of use only two by two. */
  readonly pairs?: readonly WantedPair[];
  /** All keys that a value could be meant for, these and others. */
  readonly known: readonly WantedKey[];
  /** Gets the names of what a source brought back: whatever is decided next, that stays. */
  readonly recovered: string[];
  /** What c2l kept in the cluster: used where a person agrees, and named to a script. */
  readonly kept?: ValueSource | undefined;
}

/**
 * The value of each wanted key: the first source that has a usable one wins, then those that the stack names for it,
 * then what it is built of, then what a source can bring back, then what c2l kept, then the person at the terminal.
 * Throws `values-missing` or `values-invalid`, with all such keys named,
 * where nobody can be asked.
 */
export async function collectValues(
  session: Session,
  wanted: readonly WantedKey[],
  options: CollectOptions,
): Promise<Collected> {
  const { sources, recover, dryRun, partial, generate, snapshot, identity } = options;
  const { canPrompt } = session.deps.terminal;
  const ask = canPrompt && !dryRun && !partial;
  const collected = nothingCollected(options.known, options.pairs);
  const asked = await askAllSources(session, wanted, { sources, identity }, collected);
  await recoverValues(session, wanted, { recover, ask, dryRun, recovered: options.recovered }, collected);

  if (generate !== undefined) await generateValues(session, wanted, { generate, snapshot }, collected);

  const left = unresolved(wanted, collected);
  if (left.length === 0) return collected;
  const kept = options.kept && (await keptValues(session, options.kept, left));
  const open = canPrompt && !partial ? beyondPrompt(left, collected, kept) : left;
  if (partial ? collected.found.size + collected.later.size === 0 : open.length > 0)
    refuseOrShow(session, open, { asked, collected, kept, mayBePartial: !partial }, options);
  if (!ask) {
    tellKept(session, { kept, open }, options);
    return collected;
  }
  if (kept !== undefined) await offerKept(session, kept, collected);
  await promptValues(session, unresolved(wanted, collected), collected, asked);
  return collected;
}

/** A person is offered these before anything is asked for; where something is refused, that names them. */
function tellKept(
  { deps }: Session,
  { kept, open }: { readonly kept: Asked['kept']; readonly open: readonly WantedKey[] },
  { partial }: CollectOptions,
): void {
  if (partial || open.length > 0 || kept === undefined || kept.size === 0) return;
  deps.terminal.err(`warning: some keys have no value in a source; ${keptHint(kept)}`);
}

/** Those that nobody can type, with the reason noted. */
function beyondPrompt(left: readonly WantedKey[], collected: Collected, kept: Asked['kept']): readonly WantedKey[] {
  const { refusals } = collected;
  const keys = left.filter((key) => isBeyondPrompt(key, collected) && kept?.has(keyId(key)) !== true);
  for (const key of keys) {
    refusals.set(keyId(key), [...(refusals.get(keyId(key)) ?? []), 'of several lines, and a prompt takes one']);
  }
  return keys;
}

/** Throws, but for a plan that only is to be looked at: that names what it lacks, and here is why. */
function refuseOrShow(
  { deps }: Session,
  keys: readonly WantedKey[],
  asked: Asked,
  { dryRun, partial, mayLack = false }: CollectOptions,
): void {
  const refusal = valuesMissing(keys, asked);
  if (!dryRun || partial || !mayLack) throw refusal;
  for (const key of keys) asked.collected.later.set(keyId(key), noSource);
  const isTold = asked.asked.length > 0 || (asked.kept?.size ?? 0) > 0;
  if (isTold) deps.terminal.err(`warning: ${refusal.message}; ${refusal.hint ?? ''}`);
}
