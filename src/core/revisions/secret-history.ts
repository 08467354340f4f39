import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { PlannedKey } from '../fix/planned-secret.ts';

/** What was kept of a Secret before one write to it. */
export interface RevisionEntry {
  /** What `c2l rollback` takes. */
  readonly id: string;
  readonly name: string;
  readonly keptAt: string;
  readonly keptBy: string;
  readonly command: string;
  readonly version: string;
  /** What that write changed. */
  readonly changes: readonly PlannedKey[];
  /** Keys that had another value before the next revision, or have now, than that write left them with. */
  readonly changedLater: readonly string[];
  /** Keys that were gone before the next revision, or are now, although that write left them there. */
  readonly removedLater: readonly string[];
  /** Needed keys that the Secret has now and would lose with a rollback to this one. */
  readonly lacks: readonly string[];
}

/** That c2l created a Secret which was not there: before that there was nothing to keep. */
export interface SecretCreation {
  /** By the server's clock. */
  readonly createdAt: string;
  readonly createdBy: string;
  readonly keys: readonly string[];
}

export interface SecretHistory {
  readonly object: ObjectRef;
  readonly isPresent: boolean;
  /** Of the Secret that is there now; what is gone took the note of its creation with it. */
  readonly creation?: SecretCreation;
  /** Newest first. */
  readonly revisions: readonly RevisionEntry[];
}
