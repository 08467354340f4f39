import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { SyncDoubt } from '../owners/sync-doubt.ts';

/** SAME is what was compared with where it would come from, KEEP what nothing was wanted of. */
export type KeyChange = 'ADD' | 'CHANGE' | 'SAME' | 'KEEP' | 'REMOVE';

/** Whether a key stays as it is. */
export function isUntouched({ change }: { readonly change: KeyChange }): boolean {
  return change === 'SAME' || change === 'KEEP';
}

/** One line of the masked diff: never a value, never its length. */
export interface PlannedKey {
  readonly key: string;
  readonly change: KeyChange;
  readonly source?: string | undefined;
  /** What the sources before it had, and why that is none. */
  readonly passedOver?: readonly string[];
  /** Which source holds another value than the one that stays. */
  readonly differsIn?: string;
  /** Where to look for a value that nobody has given yet. */
  readonly names?: { readonly env: string; readonly azureKeyVault: string };
}

export interface PlannedSecret {
  readonly object: ObjectRef;
  readonly action: 'create' | 'patch' | 'recreate' | 'sync' | 'seal' | 'none';
  /** What it was planned from; absent where the Secret is. */
  readonly resourceVersion?: string | undefined;
  readonly keys: readonly PlannedKey[];
  /** Why it is not likely to bring what is planned. */
  readonly doubt?: SyncDoubt;
}
