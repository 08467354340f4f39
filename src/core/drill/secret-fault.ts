import type { Secret } from '../cluster/secret.ts';
import type { ValueChange } from './drill-schema.ts';

/** What a fault does to one Secret. */
export interface SecretFault {
  readonly secret: Secret;
  /** `lost` takes the whole Secret; else its keys are lost or changed. */
  readonly does: 'lost' | 'keys-lost' | ValueChange;
  readonly keys: readonly string[];
  /** Credentials of a registry: what names them starts anew, although its environment does not change. */
  readonly isForPulls: boolean;
}
