import { keyId, keyNamer, type FoundValue } from '../../core/fix/plan-secrets.ts';
import type { WantedKey } from '../../core/fix/wanted-key.ts';
import { count } from '../../core/list-text.ts';
import { tellsWhitespace } from '../../core/secrets/value-format.ts';
import { OperatorError } from '../../errors.ts';
import type { ValueSource } from '../../value-ports.ts';
import { toWantedValue, type Collected } from './ask-sources.ts';

/** What was asked, and what came of it. */
export interface Asked {
  readonly asked: readonly ValueSource[];
  readonly collected: Collected;
  /** What c2l kept in the cluster of these keys. */
  readonly kept: ReadonlyMap<string, FoundValue> | undefined;
  /** Whether what has a value could be written without the rest. */
  readonly mayBePartial?: boolean;
}

/** The refusal where keys have no value and nobody can be asked: all of them, with what each source said. `usual` asks a source. */
export function valuesMissing(
  keys: readonly WantedKey[],
  { asked, collected: { found, refusals, deleted, unclear }, kept, mayBePartial = false }: Asked,
  usual = 'c2l fix-secrets',
): OperatorError {
  const sources =
    asked.length === 0
      ? 'no source was named'
      : `asked ${asked.map((source) => lookedFor(source, keys)).join(' and ')}`;
  const isInvalid = keys.every((key) => refusals.has(keyId(key)));
  return new OperatorError(
    isInvalid ? 'values-invalid' : 'values-missing',
    `no usable value for ${count(keys.length, 'key')} of ${secretsText(keys)}: ${namesByReason(keys, refusals)}; ${sources}`,
    { hint: hintFor(keys, { refusals, deleted, unclear, kept, usual, usable: mayBePartial ? found.size : 0 }) },
  );
}

function hintFor(
  keys: readonly WantedKey[],
  {
    refusals,
    deleted,
    unclear,
    kept,
    usual,
    usable,
  }: Pick<Collected, 'refusals' | 'deleted' | 'unclear'> &
    Pick<Asked, 'kept'> & { readonly usual: string; readonly usable: number },
): string {
  if (kept !== undefined && kept.size > 0) return keptHint(kept);
  if (keys.some((key) => unclear.has(keyId(key)))) {
    return 'give each a name of its own in c2l.yaml, as c2l init drafts one: from: { env: …, azureKeyVault: … }';
  }
  const inBin = new Set([...deleted.values()].flatMap((all) => all.map(({ key }) => keyId(key))));
  const recoverable = keys.filter((key) => inBin.has(keyId(key))).length;
  if (recoverable > 0) return `${recoverable} of them can be brought back in the vault: add --recover`;
  const padded = keys.some((key) => refusals.get(keyId(key))?.some(tellsWhitespace) === true);
  // Nothing but such a backup tells whether whitespace is part of the value that ran.
  const another = padded
    ? `${usual} --from age:FILE, which keeps whitespace, or store the value without it`
    : `${usual} --from env:FILE or --from azure-key-vault:NAME-OR-URL`;
  return usable === 0 ? another : `${another}, or write the other ${usable} alone: add --partial`;
}

/** How to have what c2l kept. */
export function keptHint({ size }: ReadonlyMap<string, FoundValue>): string {
  return `c2l kept ${size} of them in the cluster: add --from revision`;
}

/** The names are not repeated where they are the keys themselves, as in most vaults. */
function lookedFor(source: ValueSource, keys: readonly WantedKey[]): string {
  const names = keys.map((key) => source.nameOf(toWantedValue(key)));
  const isSame = names.every((name, index) => name === keys[index]?.key);
  return `${source.label} for ${isSame ? 'the same names' : [...new Set(names)].join(', ')}`;
}

function secretsText(keys: readonly WantedKey[]): string {
  const secrets = [...new Set(keys.map(({ namespace, secret }) => `${namespace}/${secret}`))];
  if (secrets.length === 1) return secrets.join();
  const namespaces = new Set(keys.map(({ namespace }) => namespace));
  return `${count(secrets.length, 'Secret')}${namespaces.size === 1 ? ` in ${[...namespaces].join()}` : ''}`;
}

/** Each reason once, after the keys that it is true of: a vault that refuses refuses all of them. */
function namesByReason(keys: readonly WantedKey[], refusals: Collected['refusals']): string {
  const groups = new Map<string, string[]>([['', []]]);
  const nameOf = keyNamer(keys);
  for (const key of keys) {
    const reason = refusals.get(keyId(key))?.join('; ') ?? '';
    groups.set(reason, [...(groups.get(reason) ?? []), nameOf(key)]);
  }
  return [...groups]
    .filter(([, names]) => names.length > 0)
    .map(([reason, names]) => (reason === '' ? names.join(', ') : `${names.join(', ')} (${reason})`))
    .join('; ');
}
