import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { WantedKey } from '../fix/wanted-key.ts';

/** Keys that External Secrets is to write from its store, since it would undo whatever else wrote them. */
export interface SyncPlan {
  readonly external: ObjectRef;
  readonly policy: string;
  readonly secret: ObjectRef;
  readonly keys: readonly string[];
  /** How its last success can be told from the next. */
  readonly before: SyncMark;
  readonly store: ObjectRef;
  /** The Key Vault that the store reads, with the keys that c2l can put into it. */
  readonly vault?: { readonly url: string; readonly entries: readonly VaultEntry[] };
  /** By key: where whoever puts a value into the store by hand puts it. */
  readonly places: ReadonlyMap<string, string>;
}

export interface SyncMark {
  readonly refreshTime: string | undefined;
  readonly syncedResourceVersion: string | undefined;
}

/** One secret of a Key Vault that is the value of one key. */
export interface VaultEntry {
  readonly wanted: WantedKey;
  readonly name: string;
}
