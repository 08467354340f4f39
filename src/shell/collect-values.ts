import { count } from '../core/list-text.ts';
import { refText } from '../core/kubernetes.ts';
import { canDoWithout, keyId, promptSource, rejection, type FoundValue, type WantedKey } from '../core/plan-secrets.ts';
import type { SecretValue } from '../core/secret-value.ts';
import { sourceNames } from '../core/source-names.ts';
import { OperatorError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { SourceAnswer, ValueSource, WantedValue } from '../ports.ts';
import type { Session } from './session.ts';

export interface CollectOptions {
  /** In order of precedence. */
  readonly sources: readonly ValueSource[];
  /** Whether to prompt for what no source has; otherwise such keys are left out where a person could be asked later. */
  readonly ask: boolean;
  /** Whether keys without a value are left out; only when there is none at all it is an error. */
  readonly partial: boolean;
  /** What c2l kept in the cluster: used where a person agrees, and named to a script. */
  readonly kept?: ValueSource | undefined;
}

/** Why a key has no value yet, source by source. */
type Refusals = Map<string, string[]>;

/**
 * The value of each wanted key: the first source that has a usable one wins, then the person at the terminal is asked.
 * Throws `values-missing` or `values-invalid`, with all such keys named, where nobody can be asked.
 */
export async function collectValues(
  session: Session,
  wanted: readonly WantedKey[],
  options: CollectOptions,
): Promise<ReadonlyMap<string, FoundValue>> {
  const { sources } = options;
  const found = new Map<string, FoundValue>();
  const refusals: Refusals = new Map();

  for (const source of sources) {
    const open = wanted.filter((key) => !found.has(keyId(key)));
    if (open.length === 0) break;
    await askSource(session, source, open, { found, refusals });
  }

  const isLacking = (key: WantedKey): boolean => !found.has(keyId(key)) && !canDoWithout(key);
  const unresolved = wanted.filter(isLacking);
  if (unresolved.length === 0) return found;
  const kept = options.kept && (await keptValues(session, options.kept, unresolved));
  if (options.partial) {
    if (found.size === 0) throw valuesMissing(unresolved, { asked: sources, refusals, kept });
    return found;
  }
  if (!session.deps.terminal.canPrompt) throw valuesMissing(unresolved, { asked: sources, refusals, kept });
  if (!options.ask) return found;
  if (kept !== undefined) await offerKept(session, kept, found);
  return promptForAll(session, wanted.filter(isLacking), { found, refusals });
}

/** The usable values that the cluster keeps of the keys that no source has. */
async function keptValues(
  { stack, deps }: Session,
  source: ValueSource,
  open: readonly WantedKey[],
): Promise<Map<string, FoundValue>> {
  const answers = await source.lookUp(open.map(toWantedValue), deps.signal);
  const usable = new Map<string, FoundValue>();
  for (const [index, key] of open.entries()) {
    const answer = answers[index];
    if (answer?.state !== 'found' || rejection(answer.value, key, stack) !== undefined) continue;
    usable.set(keyId(key), { value: answer.value, source: `${source.label} (${answer.detail ?? ''})` });
  }
  return usable;
}

/** Takes what the cluster keeps where the person agrees. */
async function offerKept(
  { deps }: Session,
  kept: ReadonlyMap<string, FoundValue>,
  found: Map<string, FoundValue>,
): Promise<void> {
  if (kept.size === 0) return;
  const keys = [...kept].map(([id, { source }]) => `${id.split('/').at(-1) ?? id} ${source.replace(/^\S+ /, '')}`);
  const question = `no source has these, but c2l kept them in the cluster: ${keys.join(', ')}; use them?`;
  if (await deps.prompter.confirm(question)) for (const [id, value] of kept) found.set(id, value);
}

interface Collected {
  readonly found: Map<string, FoundValue>;
  readonly refusals: Refusals;
}

async function askSource(
  session: Session,
  source: ValueSource,
  open: readonly WantedKey[],
  { found, refusals }: Collected,
): Promise<void> {
  const { terminal, signal } = session.deps;
  for (const warning of source.warnings) terminal.err(`warning: ${source.label}: ${warning}`);
  const answers = await source.lookUp(open.map(toWantedValue), signal);
  refuseWhenInterrupted(session);

  const failures = new Set<string>();
  for (const [index, key] of open.entries()) {
    const answer = answers[index] ?? { state: 'failed', reason: 'gave no answer' };
    const refusal = take(session, key, { source, answer, found });
    if (refusal !== undefined) refusals.set(keyId(key), [...(refusals.get(keyId(key)) ?? []), refusal]);
    if (answer.state === 'failed') failures.add(answer.reason);
  }
  for (const reason of failures) terminal.err(`warning: ${source.label} could not be asked: ${reason}`);
}

function toWantedValue({ namespace, secret, key, declared }: WantedKey): WantedValue {
  return { namespace, secret, key, ...sourceNames(key, declared) };
}

function take(
  { stack, deps }: Session,
  key: WantedKey,
  offer: { source: ValueSource; answer: SourceAnswer; found: Map<string, FoundValue> },
): string | undefined {
  const { answer, source, found } = offer;
  if (answer.state === 'failed') return `${source.label}: ${answer.reason}`;
  if (answer.state === 'not-found') {
    return answer.detail === undefined ? undefined : `${source.label}: ${answer.detail}`;
  }
  const detail = answer.detail === undefined ? '' : ` (${answer.detail})`;
  const reason = rejection(answer.value, key, stack);
  if (reason === undefined) {
    found.set(keyId(key), { value: answer.value, source: `${source.label}${detail}` });
    return undefined;
  }
  deps.terminal.err(`warning: ${key.key} in ${source.label}${detail} ${reason}: not used`);
  return `${source.label}: ${reason}`;
}

function valuesMissing(
  unresolved: readonly WantedKey[],
  {
    asked,
    refusals,
    kept,
  }: {
    readonly asked: readonly ValueSource[];
    readonly refusals: Refusals;
    readonly kept: ReadonlyMap<string, FoundValue> | undefined;
  },
): OperatorError {
  const secrets = [...new Set(unresolved.map(({ namespace, secret }) => `${namespace}/${secret}`))];
  const sources =
    asked.length === 0
      ? 'no source was named'
      : `asked ${asked.map((source) => lookedFor(source, unresolved)).join(' and ')}`;
  const isInvalid = unresolved.every((key) => refusals.has(keyId(key)));
  return new OperatorError(
    isInvalid ? 'values-invalid' : 'values-missing',
    `no usable value for ${count(unresolved.length, 'key')} of ${secrets.join(', ')}: ${namesByReason(unresolved, refusals)}; ${sources}`,
    {
      hint:
        kept !== undefined && kept.size > 0
          ? `c2l kept ${kept.size} of them in the cluster: add --from revision`
          : 'c2l fix-secrets --from env:FILE or --from azure-key-vault:NAME-OR-URL',
    },
  );
}

/** The names are not repeated where they are the keys themselves, as in most vaults. */
function lookedFor(source: ValueSource, keys: readonly WantedKey[]): string {
  const names = keys.map((key) => source.nameOf(toWantedValue(key)));
  const isSame = names.every((name, index) => name === keys[index]?.key);
  return `${source.label} for ${isSame ? 'the same names' : names.join(', ')}`;
}

/** Each reason once, after the keys that it is true of: a vault that refuses refuses all of them. */
function namesByReason(unresolved: readonly WantedKey[], refusals: Refusals): string {
  const groups = new Map<string, string[]>([['', []]]);
  for (const key of unresolved) {
    const reason = refusals.get(keyId(key))?.join('; ') ?? '';
    groups.set(reason, [...(groups.get(reason) ?? []), key.key]);
  }
  return [...groups]
    .filter(([, keys]) => keys.length > 0)
    .map(([reason, keys]) => (reason === '' ? keys.join(', ') : `${keys.join(', ')} (${reason})`))
    .join('; ');
}

async function promptForAll(
  session: Session,
  unresolved: readonly WantedKey[],
  { found }: Collected,
): Promise<ReadonlyMap<string, FoundValue>> {
  if (unresolved.length === 0) return found;
  session.deps.terminal.err(
    `${count(unresolved.length, 'key')} without a value in any source; what is typed stays hidden`,
  );
  for (const key of unresolved) {
    found.set(keyId(key), { value: await promptFor(session, key), source: promptSource });
    refuseWhenInterrupted(session);
  }
  return found;
}

async function promptFor({ deps, stack }: Session, key: WantedKey): Promise<SecretValue> {
  const { prompter } = deps;
  const users = [...new Set(key.references.map((reference) => refText(reference)))];
  const needed = users.length === 0 ? '' : `, needed by ${users.join(', ')}`;
  const first = await prompter.secret(`${key.key} of Secret ${key.namespace}/${key.secret}${needed}:`, (value) =>
    rejection(value, key, stack),
  );
  if (isSelfEvident(key)) return first;
  return prompter.secret(`${key.key} again:`, (value) =>
    value.equals(first) ? undefined : 'differs from what was typed first',
  );
}

/** Whether a typing error would show in the form of the value. Other values are typed twice: they fail only at login. */
function isSelfEvident({ declared }: WantedKey): boolean {
  const format = declared?.format;
  return format?.oneOf !== undefined || format?.kind === 'json' || format?.kind === 'pem';
}

/** Until the first write Ctrl-C leaves nothing behind, and this is how every step before it ends. */
export function refuseWhenInterrupted({ deps }: Session): void {
  if (!deps.signal.aborted) return;
  throw new OperatorError('interrupted', 'interrupted; nothing was changed', { exitCode: ExitCode.interrupted });
}
