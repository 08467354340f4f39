import type { Condition, ObjectMeta } from './kubernetes-metadata.ts';

/** Where External Secrets takes a value from, or several of one entry. */
export interface RemoteRef {
  readonly key?: string;
  readonly property?: string;
  readonly version?: string;
}

/** An ExternalSecret: External Secrets writes its target Secret from a store. */
export interface ExternalSecret {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly secretStoreRef?: { readonly name?: string; readonly kind?: string };
    readonly target?: {
      readonly name?: string;
      readonly creationPolicy?: string;
      readonly template?: ExternalTemplate;
    };
    readonly data?: readonly { readonly secretKey: string; readonly remoteRef?: RemoteRef }[];
    /** Entries of which every part becomes a key: which keys those are only the store knows. */
    readonly dataFrom?: readonly { readonly extract?: RemoteRef }[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly refreshTime?: string;
    /** Tells one state of its spec and its annotations from another: `force-sync` changes it. */
    readonly syncedResourceVersion?: string;
  };
}

/** What the keys of the target are made of, where those that were fetched are not taken as they are. */
export interface ExternalTemplate {
  readonly mergePolicy?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Texts kept elsewhere: which keys they make is not seen here. */
  readonly templateFrom?: readonly { readonly target?: string }[];
}

/** A Secret that a store logs in to its provider with, and the key of it where one is named. */
export interface StoreCredential {
  readonly name: string;
  readonly key?: string;
  /** Of a ClusterSecretStore, which has no namespace of its own. */
  readonly namespace?: string;
}

/** A SecretStore or ClusterSecretStore, with of its provider where that keeps the values. */
export interface SecretStore {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    /** Gathered from wherever its provider has them. */
    readonly credentials?: readonly StoreCredential[];
    readonly provider?: {
      readonly azurekv?: { readonly vaultUrl?: string };
      readonly vault?: { readonly server?: string; readonly path?: string };
      readonly aws?: { readonly service?: string; readonly region?: string };
      readonly gcpsm?: { readonly projectID?: string };
      readonly kubernetes?: { readonly remoteNamespace?: string };
    };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A SealedSecret: Sealed Secrets writes the Secret of the same name from it. */
export interface SealedSecret {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly encryptedData?: Readonly<Record<string, string>>;
    readonly template?: SealedTemplate;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** What the Secret is made with beside its sealed values. */
export interface SealedTemplate {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
