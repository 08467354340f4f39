import { keyId } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { isHalfHere, openHalves, valuesOf, type WantedPair } from '../../core/sources/wanted-pairs.ts';
import type { ValueSource } from '../../value-ports.ts';
import { askSource, takeAll, toWantedValue, type Asker, type Collected } from './ask-sources.ts';

/** Asks one source for the keys that have no value yet, and takes a certificate and its key only together. */
export async function askForPairs(
  session: Asker,
  source: ValueSource,
  wanted: readonly WantedKey[],
  collected: Collected,
): Promise<void> {
  const asked = await askSource(session, source, wanted, collected);
  await takePairs(session, source, asked, collected);
}

/**
 * A certificate and its key are one value: what a source has of them is used where it makes a pair, with what an earlier
 * source had of it or by itself, and else is none. `keys` is what the source was asked for.
 */
export async function takePairs(
  session: Asker,
  source: ValueSource,
  keys: readonly WantedKey[],
  collected: Collected,
): Promise<void> {
  const asked = new Set(keys.map(keyId));
  for (const pair of collected.pairs) {
    const own = openHalves(pair).filter((half) => asked.has(keyId(half)) && collected.found.has(keyId(half)));
    const problem = own.length === 0 ? undefined : pairProblem(session, pair, collected);
    if (problem === undefined) continue;
    const earlier = openHalves(pair).find((half) => !asked.has(keyId(half)));
    if (earlier !== undefined && (await tookWhole(session, source, { pair, earlier }, collected))) continue;
    for (const half of own) leaveOut(collected, half, `${source.label}: ${problem}`);
    session.deps.terminal.err(`warning: ${source.label}: ${problem}: not used`);
  }
}

/** What is wrong with a pair of which both halves are known, and how the half that stays can be replaced. */
function pairProblem(
  { deps }: Pick<Asker, 'deps'>,
  pair: WantedPair,
  { found }: Pick<Collected, 'found'>,
): string | undefined {
  const values = valuesOf(pair, found);
  const problem = values && deps.tlsPairProblem(...values);
  if (problem === undefined || !isHalfHere(pair)) return problem;
  return `${problem}, of which one is there: to replace both, --overwrite tls.crt --overwrite tls.key`;
}

/** Whether the source has both halves, of which an earlier one had another that does not belong to it. */
async function tookWhole(
  session: Asker,
  source: ValueSource,
  { pair, earlier }: { readonly pair: WantedPair; readonly earlier: WantedKey },
  collected: Collected,
): Promise<boolean> {
  const id = keyId(earlier);
  const before = collected.found.get(id);
  if (before === undefined) return false;
  collected.found.delete(id);
  const answers = await source.lookUp([toWantedValue(earlier)], session.deps.signal);
  takeAll(session, source, { keys: [earlier], answers }, collected);
  if (collected.found.has(id) && pairProblem(session, pair, collected) === undefined) {
    const left = `${before.source}: ${earlier.key} belongs to another pair`;
    addRefusal(collected, earlier, left);
    session.deps.terminal.err(`warning: ${left}: not used`);
    return true;
  }
  collected.found.set(id, before);
  return false;
}

function leaveOut(collected: Collected, half: WantedKey, reason: string): void {
  collected.found.delete(keyId(half));
  addRefusal(collected, half, reason);
}

function addRefusal({ refusals }: Collected, key: WantedKey, reason: string): void {
  refusals.set(keyId(key), [...(refusals.get(keyId(key)) ?? []), reason]);
}
