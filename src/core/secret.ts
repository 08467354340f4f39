import type { ObjectMeta } from './kubernetes.ts';
import type { SecretValue } from './secret-value.ts';

/** Who writes a Secret beside c2l, told from its own metadata. */
export interface SecretOwner {
  readonly by: 'external-secrets' | 'sealed-secrets' | 'argocd' | 'helm';
  /** The owning object or application, as people would look it up. */
  readonly name: string;
}

/** A Secret as c2l reads it: values wrapped, annotations without the one that may hold plain values. */
export interface Secret {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly type: string;
  readonly immutable: boolean;
  readonly data: ReadonlyMap<string, SecretValue>;
  /** When each key was last written, by the API's managed fields; keys of a Secret without them are not in it. */
  readonly keyChangedAt: ReadonlyMap<string, string>;
  /** Keys whose value stands in plain or base64 text in `kubectl.kubernetes.io/last-applied-configuration`. */
  readonly exposedKeys: readonly string[];
  readonly owner?: SecretOwner;
}
