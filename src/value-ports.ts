import type { SecretValue } from './core/secrets/secret-value.ts';
import type { SharedSourceName } from './core/sources/source-names.ts';

/** A key that values are looked up for, with the name it has in each kind of source. */
export interface WantedValue {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly envName: string;
  readonly azureKeyVaultName: string;
  /** The version that the stack pins; otherwise the newest is meant. */
  readonly azureKeyVaultVersion?: string | undefined;
}

/** Whether a source has a value; a source that could not be asked is not a source that has none. */
export type SourceAnswer =
  | {
      readonly state: 'found';
      readonly value: SecretValue;
      /** Which of several, as it can be found again: `version 1a2b…`, `line 4`. */
      readonly detail?: string;
      /** When it was put there, in UTC, as far as the source knows. */
      readonly storedAt?: string;
      /** Nobody pasted it: a backup stored what ran, and whitespace at its ends is part of it. */
      readonly isVerbatim?: boolean;
    }
  | { readonly state: 'not-found'; readonly detail?: string }
  /** Deleted, and `recover` can bring it back. */
  | { readonly state: 'deleted'; readonly reason: string; readonly detail?: string }
  /** `isUnusable`: it is there, and of no use until a new one takes its place. */
  | { readonly state: 'failed'; readonly reason: string; readonly isUnusable?: true };

/** Where values come from. */
export interface ValueSource {
  /** As the operator named it, without anything secret: `env:backup.env`. */
  readonly label: string;
  /** Which of a key's names it asks for; where there is none it knows the keys themselves. */
  readonly kind?: SharedSourceName['kind'];
  /** The name it knows a value by. */
  nameOf(wanted: WantedValue): string;
  /** Things to know before trusting it, such as a file that others can read. */
  readonly warnings: readonly string[];
  /** As whom it was asked, where it tells callers apart: known once it has answered. */
  readonly identity?: string | undefined;
  /** One answer for each wanted value, in the same order. */
  lookUp(wanted: readonly WantedValue[], signal: AbortSignal): Promise<readonly SourceAnswer[]>;
  /** Brings back values that were answered `deleted`, and looks them up. A write, so only after consent. */
  readonly recover?: (wanted: readonly WantedValue[], signal: AbortSignal) => Promise<readonly SourceAnswer[]>;
}

/** A value on its way into a backup. */
export interface StoredValue {
  readonly wanted: WantedValue;
  readonly value: SecretValue;
}

/** What a place holds of a value. */
export type HeldState =
  | { readonly state: 'same' | 'different' | 'absent' | 'deleted' }
  | { readonly state: 'failed'; readonly reason: string };

export type StoreResult =
  /** With a note where what is stored is not yet what a repair would read. */
  { readonly stored: true; readonly note?: string } | { readonly stored: false; readonly reason: string };

/** Where a backup is written to. */
export interface BackupTarget {
  readonly label: string;
  readonly nameOf: ValueSource['nameOf'];
  /** The name that the backup which is there already is kept under, beside the new one. */
  readonly keptAs?: string | undefined;
  /** Whether a repair takes a value from it that begins or ends in whitespace. */
  readonly isVerbatim: boolean;
  /** Why it cannot hold a value; undefined where it can. */
  whyNot?(stored: StoredValue): string | undefined;
  /** What to know of a value that is to be stored, such as that a repair would read another one. */
  noteOn?(wanted: WantedValue): string | undefined;
  /** Without telling what it holds. */
  compare(values: readonly StoredValue[], signal: AbortSignal): Promise<readonly HeldState[]>;
  /** One result for each value, in the same order. */
  store(values: readonly StoredValue[], signal: AbortSignal): Promise<readonly StoreResult[]>;
}

/** Values that only the controller of the certificate is to read, as one Secret. */
export interface SealRequest {
  readonly namespace: string;
  readonly name: string;
  readonly data: ReadonlyMap<string, SecretValue>;
  /** Where the sealed values may be opened: in this Secret alone, in its namespace, or anywhere. */
  readonly scope: 'strict' | 'namespace-wide' | 'cluster-wide';
  /** Of the Sealed Secrets controller, as PEM. */
  readonly certificate: string;
}

/** Encrypts values for Sealed Secrets. */
export interface Sealer {
  /** What stands in `spec.encryptedData`, by key. Throws `write-failed`. */
  seal(request: SealRequest, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** What values are sealed with. */
export interface Sealing {
  /** The file that is meant where neither file nor controller is named, as for kubeseal itself. */
  readonly usualFile?: string | undefined;
  /** The certificate of a file. Throws `source-unreadable`, or `source-invalid` where nothing can be sealed with it. */
  read(path: string): Promise<string>;
  /** Gives a certificate back that something can be sealed with. Throws `source-invalid`. */
  check(certificate: string, place: string): Promise<string>;
}
