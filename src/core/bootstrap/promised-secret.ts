import { refText, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Observed } from '../cluster/observed.ts';
import type { Secret } from '../cluster/secret.ts';
import type { OwnerState } from '../owners/owner-state.ts';
import { namespaceOf, type Stack } from '../stack/stack.ts';

/** A Secret that a program in the cluster is going to write. */
export interface PromisedPlace {
  readonly namespace: string;
  readonly name: string;
  /** The object that makes the program write it. */
  readonly writer: ObjectRef;
}

/** What is known of it at one moment. */
export interface PromisedSight {
  readonly secret: Observed<Secret>;
  /** Undefined for a writer whose words c2l does not know. */
  readonly writer: OwnerState | undefined;
}

/** `usable`: whole, though whoever is to write it says otherwise. */
export type PromisedState =
  { readonly state: 'ready' } | { readonly state: 'usable' | 'lacking' | 'waiting'; readonly waitsFor: string };

/** The keys that the stack cannot do without. */
export function neededKeys(stack: Stack, { namespace, name }: PromisedPlace): string[] {
  const declared = stack.secrets.find((each) => each.name === name && namespaceOf(stack, each) === namespace);
  return Object.entries(declared?.keys ?? {}).flatMap(([key, { required }]) => (required ? [key] : []));
}

/** `lacking` where its writer is content, so that nothing else is going to come. */
export function promisedState(place: PromisedPlace, sight: PromisedSight, needed: readonly string[]): PromisedState {
  const by = refText(place.writer);
  const told = sight.writer === undefined ? '' : toldBy(by, sight.writer);
  if (sight.secret.state === 'unreadable') return { state: 'waiting', waitsFor: sight.secret.reason };
  if (sight.secret.state === 'absent') return { state: 'waiting', waitsFor: told || `${by} did not write it yet` };
  const { data } = sight.secret.value;
  const lacking = needed.filter((key) => !data.has(key)).sort();
  if (lacking.length > 0) {
    const waitsFor = `it lacks ${lacking.join(', ')}${told === '' ? `, and ${by} is ready` : `; ${told}`}`;
    return { state: told === '' ? 'lacking' : 'waiting', waitsFor };
  }
  return told === '' ? { state: 'ready' } : { state: 'usable', waitsFor: told };
}

/** Empty where it is ready. */
function toldBy(by: string, { ready, reason = 'no reason told' }: OwnerState): string {
  if (ready === 'true') return '';
  return ready === 'false' ? `${by} is not ready (${reason})` : `${by} is not looked at: does its controller run?`;
}
