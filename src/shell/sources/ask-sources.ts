import { canDoWithout, keyId, keyNamer, rejection, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { seemsEncoded } from '../../core/secrets/encoded-value.ts';
import { sharedIn, sourceNames, type NamedKey, type SharedSourceName } from '../../core/sources/source-names.ts';
import type { WantedPair } from '../../core/sources/wanted-pairs.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../../value-ports.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { SourceWarnings } from './source-warnings.ts';

/** Who asks: no cluster is needed for it. */
export type Asker = Pick<Session, 'deps' | 'stack'>;

/** What was learned so far, source by source. */
export interface Collected {
  readonly found: Map<string, FoundValue>;
  /** Why a key has no value yet. */
  readonly refusals: Map<string, string[]>;
  /** Keys whose value a source could bring back. */
  readonly deleted: Map<ValueSource, { readonly key: WantedKey; readonly place: string }[]>;
  /** Where the value of a key comes from that is not brought back yet, in a dry run: by the identity of the key. */
  readonly later: Map<string, string>;
  /** Names that several keys have in a kind of source: nothing tells whose a value is that stands there. */
  readonly shared: ReadonlyMap<NonNullable<ValueSource['kind']>, readonly SharedSourceName[]>;
  /** Sources that gave no answer: what they have is not known. */
  readonly silent: Set<ValueSource>;
  /** Keys that a source may have a value of, under such a name. */
  readonly unclear: Set<string>;
  /** Keys that are of use only two by two. */
  readonly pairs: readonly WantedPair[];
}

/** The wanted keys that have no value and need one. */
export function unresolved(wanted: readonly WantedKey[], { found, later }: Collected): WantedKey[] {
  return wanted.filter((key) => !found.has(keyId(key)) && !later.has(keyId(key)) && !canDoWithout(key));
}

/** The keys without a value that can be built of a registry, a user and a password. */
export function unresolvedLogins(wanted: readonly WantedKey[], { found }: Collected): WantedKey[] {
  return wanted.filter((key) => !found.has(keyId(key)) && key.declared?.from.login !== undefined);
}

export function toWantedValue({ namespace, secret, key, declared }: NamedKey): WantedValue {
  return { namespace, secret, key, ...sourceNames(key, declared) };
}

/** `known` are all keys that a value could be meant for. */
export function nothingCollected(known: readonly NamedKey[] = [], pairs: readonly WantedPair[] = []): Collected {
  const shared = new Map((['env', 'azureKeyVault'] as const).map((kind) => [kind, sharedIn(known, kind)]));
  const answers = { found: new Map(), refusals: new Map(), deleted: new Map(), later: new Map() };
  return { ...answers, shared, silent: new Set(), unclear: new Set(), pairs };
}

/** A source as a plan names it. */
export function placeIn({ label }: ValueSource, detail: string | undefined): string {
  return detail === undefined ? label : `${label} (${detail})`;
}

/** Asks one source for the keys that have no value yet, and gives those. */
export async function askSource(
  session: Asker,
  source: ValueSource,
  wanted: readonly WantedKey[],
  collected: Collected,
): Promise<readonly WantedKey[]> {
  const open = wanted.filter((key) => !collected.found.has(keyId(key)));
  if (open.length === 0) return open;
  for (const warning of source.warnings) session.deps.terminal.err(`warning: ${source.label}: ${warning}`);
  const answers = await source.lookUp(open.map(toWantedValue), session.deps.signal);
  refuseWhenInterrupted(session);
  takeAll(session, source, { keys: open, answers }, collected);
  return open;
}

/** Why a value that a source has may be meant for another key. */
function sharedName(key: WantedKey, { kind }: ValueSource, { shared }: Collected): string | undefined {
  if (kind === undefined) return undefined;
  const found = shared.get(kind)?.find(({ keys }) => keys.includes(keyId(key)));
  if (found === undefined) return undefined;
  return `${found.name} is the name of ${found.keys.length === 2 ? 'both' : `all ${String(found.keys.length)}`}`;
}

/** Keeps each usable value, and of every other answer why it is none. */
export function takeAll(
  session: Asker,
  source: ValueSource,
  { keys, answers }: { readonly keys: readonly WantedKey[]; readonly answers: readonly SourceAnswer[] },
  collected: Collected,
): void {
  const warnings = new SourceWarnings(session.deps.terminal, source.label);
  const nameOf = keyNamer(keys);
  for (const [index, key] of keys.entries()) {
    const answer = answers[index] ?? { state: 'failed', reason: 'gave no answer' };
    const name = nameOf(key);
    const refusal = take(session, key, { source, answer, collected, name, warnings });
    if (isDoubted(key, answer, refusal)) warnings.encoded(name);
    const { refusals } = collected;
    if (refusal !== undefined) refusals.set(keyId(key), [...(refusals.get(keyId(key)) ?? []), refusal]);
    if (answer.state !== 'failed') continue;
    if (answer.isUnusable === true) warnings.unusable(name, answer.reason);
    else {
      warnings.failed(answer.reason);
      collected.silent.add(source);
    }
  }
  warnings.tell();
}

function isDoubted({ key, declared }: WantedKey, answer: SourceAnswer, refusal: string | undefined): boolean {
  return answer.state === 'found' && refusal === undefined && seemsEncoded(key, answer.value, declared?.format);
}

interface Taken {
  readonly source: ValueSource;
  readonly answer: SourceAnswer;
  readonly collected: Collected;
  readonly name: string;
  readonly warnings: SourceWarnings;
}

function take(
  { stack }: Asker,
  key: WantedKey,
  { answer, source, collected, name, warnings }: Taken,
): string | undefined {
  const { deleted } = collected;
  const shared =
    answer.state === 'found' || answer.state === 'deleted' ? sharedName(key, source, collected) : undefined;
  if (shared !== undefined) {
    collected.unclear.add(keyId(key));
    return `${source.label}: ${shared}`;
  }
  switch (answer.state) {
    case 'failed':
      return `${source.label}: ${answer.reason}`;
    case 'not-found':
      return answer.detail === undefined ? undefined : `${source.label}: ${answer.detail}`;
    case 'deleted':
      deleted.set(source, [...(deleted.get(source) ?? []), { key, place: placeIn(source, answer.detail) }]);
      return `${source.label}: ${answer.reason}`;
    case 'found':
      return takeFound({ stack }, key, { answer, source, collected, name, warnings });
  }
}

function takeFound(
  { stack }: Pick<Asker, 'stack'>,
  key: WantedKey,
  { answer, source, collected, name, warnings }: Taken & { readonly answer: { readonly state: 'found' } },
): string | undefined {
  const { value, storedAt, isVerbatim = false } = answer;
  const place = placeIn(source, answer.detail);
  const reason = rejection(value, key, stack, { isVerbatim });
  if (reason !== undefined) {
    warnings.unused(name, place, reason);
    return `${source.label}: ${reason}`;
  }
  const doubt = isVerbatim ? rejection(value, key, stack) : undefined;
  if (doubt !== undefined) warnings.verbatim(name, place, doubt);
  collected.found.set(keyId(key), { value, source: place, ...(storedAt === undefined ? {} : { storedAt }) });
  return undefined;
}
