import type { ObjectRef } from '../cluster/kubernetes.ts';
import type { SecretOwner } from '../cluster/secret.ts';

/** What a controller says of itself; `unknown` where it has said nothing, or could not be read. */
export interface OwnerState {
  readonly ready: 'true' | 'false' | 'unknown';
  readonly reason?: string;
  readonly message?: string;
}

/** Who writes the Secret of a finding, and therefore what the repair that lasts is. */
export interface FindingOwner {
  readonly by: SecretOwner['by'] | 'field-manager';
  readonly name: string;
  /** The object that decides, where it is one of the cluster's. */
  readonly object?: ObjectRef;
  readonly state?: OwnerState;
  readonly creationPolicy?: string;
  readonly store?: OwnerState & { readonly kind: string; readonly name: string };
  /** The entry of the store that the finding's key comes from. */
  readonly remoteKey?: string;
  /** Of an Argo CD Application: whether it syncs by itself, and undoes what others change. */
  readonly sync?: 'manual' | 'automatic' | 'self-heal';
  /** In words. */
  readonly repair: string;
}
