import { keyId } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { count } from '../../core/list-text.ts';
import type { ValueSource } from '../../value-ports.ts';
import { refuseWhenInterrupted, type Session } from '../session.ts';
import { takeAll, toWantedValue, unresolved, type Collected } from './ask-sources.ts';
import { takePairs } from './take-pairs.ts';

export interface RecoverOptions {
  /** Consent by flag: deleted values are brought back without asking. */
  readonly recover: boolean;
  /** Whether a person may be asked. */
  readonly ask: boolean;
  /** Nothing is brought back; what could be is told. */
  readonly dryRun: boolean;
  /** Gets the names of what was brought back. */
  readonly recovered: string[];
}

/**
 * Brings back what a source holds as deleted, where no other source had a value: that writes to the source, so it is
 * asked for by itself.
 */
export async function recoverValues(
  session: Session,
  wanted: readonly WantedKey[],
  options: RecoverOptions,
  collected: Collected,
): Promise<void> {
  for (const [source, deleted] of [...collected.deleted]) {
    const needed = new Set(unresolved(wanted, collected).map(keyId));
    const open = deleted.filter(({ key }) => needed.has(keyId(key)));
    const keys = open.map(({ key }) => key);
    if (keys.length === 0 || source.recover === undefined) continue;
    if (options.recover && options.dryRun) for (const { key, place } of open) collected.later.set(keyId(key), place);
    if (!(await isAgreed(session, source, keys, options))) continue;
    const answers = await source.recover(keys.map(toWantedValue), session.deps.signal);
    for (const key of keys) collected.refusals.delete(keyId(key));
    takeAll(session, source, { keys, answers }, collected);
    await takePairs(session, source, keys, collected);
    const back = keys.filter((_, index) => answers[index]?.state === 'found');
    tellRecovered(session, source, back);
    options.recovered.push(...back.map((key) => source.nameOf(toWantedValue(key))));
    refuseWhenInterrupted(session);
  }
}

async function isAgreed(
  { deps: { terminal, prompter } }: Session,
  source: ValueSource,
  keys: readonly WantedKey[],
  { recover, ask, dryRun }: RecoverOptions,
): Promise<boolean> {
  const what = `${count(keys.length, 'value')} deleted in ${source.label}: ${namesOf(source, keys)}`;
  if (dryRun || (!recover && !ask)) {
    const back = `${keys.length === 1 ? 'it' : 'them'} back`;
    terminal.err(`warning: ${what}: ${recover ? `this would bring ${back}` : `--recover brings ${back}`}`);
    return false;
  }
  return recover || prompter.confirm(`recover ${what}?`);
}

/** At once: whatever is decided next, the vault stays changed. */
function tellRecovered({ deps: { terminal } }: Session, source: ValueSource, keys: readonly WantedKey[]): void {
  if (keys.length > 0) terminal.err(`recovered in ${source.label}: ${namesOf(source, keys)}`);
}

function namesOf(source: ValueSource, keys: readonly WantedKey[]): string {
  return keys.map((key) => source.nameOf(toWantedValue(key))).join(', ');
}
