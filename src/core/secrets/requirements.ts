import { refId } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { FindingReference } from '../findings/findings.ts';
import { oncePerPair } from '../once-per.ts';
import type { Stack, StackKey } from '../stack/stack.ts';
import { isEncodedOnceMore } from './encoded-value.ts';
import { placeOf, type SecretReference } from './references.ts';
import { secretNeeds, type KeyNeed, type SecretNeed } from './secret-needs.ts';
import type { SecretValue } from './secret-value.ts';
import { defaultPlaceholders } from './value-format.ts';

export type RequirementState = 'ok' | 'missing' | 'secret-missing' | 'placeholder' | 'invalid' | 'unreadable';

/** One (Secret, key) that must or may exist, and whether it does. */
export interface Requirement {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  /** Whether anything fails without it. */
  readonly required: boolean;
  readonly references: readonly FindingReference[];
  readonly declared?: StackKey;
  readonly state: RequirementState;
  /** What is wrong with a value, or strange about one that nothing forbids, in words that do not quote it; for `unreadable` why it could not be read. */
  readonly detail?: string;
}

/** Every key that live references or the stack file name, ordered by namespace, Secret and key. */
export function requirements(snapshot: Snapshot, stack?: Stack): readonly Requirement[] {
  return secretNeeds(snapshot, stack).flatMap((need) => requirementsOf(need, stack));
}

/** Of one Secret; a check of a value's format is worth to be made once. */
export const requirementsOf = oncePerPair((need: SecretNeed, stack: Stack | undefined): readonly Requirement[] => {
  return need.keys.map((keyNeed): Requirement => {
    const { key, declared } = keyNeed;
    return {
      namespace: need.namespace,
      secret: need.name,
      key,
      required: isRequired(keyNeed),
      // Told of few, and thousands are looked at.
      get references() {
        return places(keyNeed.references);
      },
      ...(declared === undefined ? {} : { declared }),
      ...keyState(need, keyNeed, stack?.placeholders ?? defaultPlaceholders),
    };
  });
});

/** One entry for each place, also where a container takes a key in several variables. */
export function places(references: readonly SecretReference[]): readonly FindingReference[] {
  const byPlace = new Map(
    references.map((reference) => {
      const { container = '', init = false, via, optional } = reference;
      return [[refId(reference), container, init, via, optional].join('\u0000'), placeOf(reference)];
    }),
  );
  return [...byPlace.values()];
}

function isRequired({ declared, isNeeded }: KeyNeed): boolean {
  return declared?.required === true || isNeeded;
}

function keyState(
  need: SecretNeed,
  { key, declared }: KeyNeed,
  placeholders: readonly string[],
): { state: RequirementState; detail?: string } {
  if (need.gap) return { state: 'unreadable', detail: need.gap.reason };
  if (need.secret === undefined) return { state: 'secret-missing' };
  const value = need.secret.data.get(key);
  if (value === undefined) return { state: isPromised(need.secret, key) ? 'ok' : 'missing' };
  if (value.isPlaceholder(placeholders)) return { state: 'placeholder', detail: 'is a placeholder' };
  const detail = declared === undefined ? undefined : violation(value, declared);
  if (detail !== undefined) return { state: 'invalid', detail };
  return value.isEmpty ? { state: 'ok', detail: 'is empty' } : { state: 'ok' };
}

function isPromised({ promised }: Secret, key: string): boolean {
  return promised !== undefined && (promised.hasOthers || promised.names.has(key));
}

function violation(value: SecretValue, declared: StackKey): string | undefined {
  if (value.isEmpty) return 'is empty';
  if (declared.format === undefined) return undefined;
  const found = value.violation(declared.format);
  return found !== undefined && isEncodedOnceMore(value, declared.format) ? 'is base64-encoded twice' : found;
}
