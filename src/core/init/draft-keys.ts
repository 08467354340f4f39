import type { Secret } from '../cluster/secret.ts';
import type { SecretReference } from '../secrets/references.ts';
import type { SecretNeed } from '../secrets/secret-needs.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import { defaultPlaceholders, type ValueFormat } from '../secrets/value-format.ts';
import { guessKey } from './guess-key.ts';
import type { DraftKey } from './stack-draft.ts';

export function takesAll(references: readonly SecretReference[]): boolean {
  return references.some(({ key, via }) => key === undefined && (via === 'envFrom' || via.endsWith('volume')));
}

/**
 * The keys that workloads name, and where something takes all of a Secret, those that are there. What is empty now is
 * left out: a key of a stack file must have a value, and a healthy cluster would be red.
 */
export function draftKeys(need: SecretNeed): DraftKey[] {
  const empty = new Set(emptyKeys(need));
  return allKeys(need).filter(({ key }) => !empty.has(key));
}

export function emptyKeys({ secret, keys, references }: SecretNeed): string[] {
  const named = new Set(keys.map(({ key }) => key));
  const isWanted = (key: string): boolean => named.has(key) || takesAll(references);
  return [...(secret?.data ?? [])].flatMap(([key, value]) => (value.isEmpty && isWanted(key) ? [key] : [])).sort();
}

function allKeys({ keys, references, secret }: SecretNeed): DraftKey[] {
  const named = new Map(keys.map(({ key, isNeeded }) => [key, isNeeded]));
  const taken = takesAll(references) ? [...(secret?.data.keys() ?? []), ...(secret?.promised?.names ?? [])] : [];
  const needed = references.some(({ key, optional }) => key === undefined && !optional);
  const all = new Map([...taken.map((key) => [key, needed] as const), ...named]);
  const isNamed = (key: string): boolean => named.has(key);
  return [...all]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, required]) => {
      const twin = [...all.keys()].find((other) => other !== key && plain(other) === plain(key));
      const drafted = draftKey([key, required], secret);
      return twin === undefined ? drafted : withTwin(drafted, twin, isNamed);
    });
}

/** Without what is mistyped most: case, and what joins the words. */
function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[-_.]/g, '');
}

/** Two keys that read alike: one of them may be left from a mistake, and a stack file keeps both for ever. */
function withTwin(drafted: DraftKey, twin: string, isNamed: (key: string) => boolean): DraftKey {
  const rank = (key: string): number => (isNamed(key) ? 2 : isVariable(key) ? 1 : 0);
  const { key } = drafted;
  if (rank(key) > rank(twin)) return drafted;
  if (rank(key) < rank(twin)) {
    const note = `Guess: not required, as it may be a slip for ${twin}`;
    return { ...drafted, required: false, isSlip: true, ...noted(drafted, note) };
  }
  return { ...drafted, ...noted(drafted, `Not known: whether it and ${twin} are meant to be two`) };
}

/** What a shell can read: most that take all keys of a Secret are after variables. */
function isVariable(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key);
}

function noted({ note }: DraftKey, text: string): Pick<DraftKey, 'note'> {
  return { note: note === undefined ? text : `${text}; ${note}` };
}

export function draftKey([key, required]: readonly [string, boolean], secret: Secret | undefined): DraftKey {
  const { format, generate } = guessKey(key, required);
  const misfit = misfitOf(secret?.data.get(key), format);
  return {
    key,
    ...(required ? {} : { required: false }),
    ...(format === undefined || misfit !== undefined ? {} : { format }),
    ...(generate === undefined ? {} : { generate }),
    ...(misfit === undefined ? {} : { note: misfit }),
  };
}

/** A format that the present value does not fit would make a healthy cluster red. */
function misfitOf(value: SecretValue | undefined, format: ValueFormat | undefined): string | undefined {
  if (value === undefined || value.isPlaceholder(defaultPlaceholders)) return undefined;
  if (value.isEmpty) return 'no format: it is empty now';
  const isOff = format !== undefined && value.violation(format) !== undefined;
  return isOff ? 'no format: the present value is not what the name suggests' : undefined;
}
