import type { Snapshot } from '../../core/cluster/snapshot.ts';
import type { PauseKeeper } from '../argocd/pause-keeper.ts';
import type { CertificatePlace } from '../owners/sealing-certificate.ts';
import type { Generate } from '../sources/generate-values.ts';

/** Where values come from, and which may be touched. */
export interface ValueOptions {
  /** Sources in order of precedence; a session's own where there are none. */
  readonly from: readonly string[];
  /** Keys whose present value may be replaced. */
  readonly overwrite: readonly string[];
  /** Immutable Secrets that may be deleted and created again. */
  readonly recreate?: readonly string[];
  /** Consent to bring back values that a source holds as deleted. */
  readonly recover?: boolean;
  /** Consent to put values into the stores that External Secrets reads. */
  readonly fillStore?: boolean;
  /** Where the certificate is that Sealed Secrets opens with. */
  readonly sealing?: CertificatePlace | undefined;
  /** Which keys may get a made-up value where no source has one. */
  readonly generate?: Generate | undefined;
  /** The file of an age identity, for an encrypted backup. */
  readonly identity?: string | undefined;
}

export interface FixOptions extends ValueOptions {
  /** Secrets and keys that alone are to be restored; all where there are none. */
  readonly only?: readonly string[];
  readonly yes: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
  /** A dry run that only is to be looked at shows what no source has; else it is refused as the run itself. */
  readonly mayLack?: boolean;
  /** How many revisions of each Secret stay. */
  readonly keep: number;
  /** For how long owners that would undo a write may be kept from it; undefined where nobody agreed to that. */
  readonly pauseSyncMs?: number | undefined;
  /** Holds the pause through what follows the write. */
  readonly keeper?: PauseKeeper | undefined;
  /** Throws where what comes after the write could not be done: the cluster as it will be is given to it. */
  readonly beforeWrite?: ((after: Snapshot) => Promise<void>) | undefined;
  /** Write what there is a value for, and leave the rest. */
  readonly partial?: boolean;
  /** A file that a dry run printed: nothing else than what stands there is done. */
  readonly plan?: string | undefined;
}
