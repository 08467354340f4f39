import type { SecretValue } from '../secrets/secret-value.ts';
import type { ObjectMeta } from './kubernetes-metadata.ts';
import type { CertificateFacts, PullCredentials } from './secret-contents.ts';

/** Who writes a Secret beside c2l, told from its own metadata. */
export interface SecretOwner {
  readonly by: 'external-secrets' | 'sealed-secrets' | 'argocd' | 'helm' | 'controller';
  /** The owning object or application, as people would look it up; of any other controller KIND/NAME. */
  readonly name: string;
}

/** A Secret as c2l reads it: values wrapped, annotations without the one that may hold plain values. */
export interface Secret {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly type: string;
  readonly immutable: boolean;
  readonly data: ReadonlyMap<string, SecretValue>;
  /**
   * When a key got another value, of the keys of which that is proven: c2l noted it, or the API's managed fields name a
   * writer of this key alone. A writer's time moves with any of its keys, so that of several it proves nothing.
   */
  readonly keyChangedAt: ReadonlyMap<string, string>;
  /** When one that writes several keys wrote last, by key: any of them may have got another value then. */
  readonly keyDoubtedAt: ReadonlyMap<string, string>;
  /** When c2l put a key back that was absent; what ran before may hold the same value all the while. */
  readonly keyAddedAt: ReadonlyMap<string, string>;
  /** Keys whose value stands in plain or base64 text in `kubectl.kubernetes.io/last-applied-configuration`. */
  readonly exposedKeys: readonly string[];
  /** Of a Secret that holds `tls.crt` and `tls.key`. */
  readonly certificate?: CertificateFacts;
  /** Of a Secret of one of the two types that kubelet pulls images with. */
  readonly pullCredentials?: PullCredentials;
  readonly owner?: SecretOwner;
  /** Others that left their marks beside the owner: two that write the same Secret undo each other's work. */
  readonly otherOwners: readonly SecretOwner[];
  /** Field managers that wrote a key which is there, without c2l. */
  readonly writers: readonly string[];
  /** Keys that another program will write, as its manifest says; what they will hold cannot be seen. */
  readonly promised?: PromisedKeys;
  /** Who wrote any of it last, as the API's managed fields tell. */
  readonly lastWrite?: { readonly manager: string; readonly at: string };
}

export interface PromisedKeys {
  readonly names: ReadonlySet<string>;
  /** Whether it may write keys that it does not name. */
  readonly hasOthers: boolean;
}
