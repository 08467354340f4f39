import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { Secret } from '../cluster/secret.ts';
import type { KeptRevision, SecretMarks } from '../revisions/kept-revision.ts';
import type { WantedKey } from './wanted-key.ts';

/** A Secret that has wanted keys, as it is now. */
export interface SecretTarget {
  readonly object: ObjectRef;
  /** Undefined where the Secret does not exist. */
  readonly current: Secret | undefined;
  /** The type it is created with. */
  readonly type: string;
  /** What it is created with beside its values, where c2l kept an earlier state of it. */
  readonly marks?: SecretMarks | undefined;
  /** What an immutable Secret held that was deleted and never created again: that comes back with it. */
  readonly unfinished?: KeptRevision | undefined;
  readonly wanted: readonly WantedKey[];
}
