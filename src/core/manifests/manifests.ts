import type { Listed } from '../cluster/kubernetes.ts';
import type { Secret, SecretOwner } from '../cluster/secret.ts';

/** A place in a file, as editors and CI systems jump to it. */
export interface Place {
  /** As the operator would name it; `-` for standard input. */
  readonly file: string;
  readonly line: number;
}

export type FieldPath = readonly (string | number)[];

/** Something that stands in the files and cannot be judged: garbage, an unrendered template, a file that cannot be read. */
export interface ManifestProblem extends Place {
  readonly message: string;
  /** The Secret that could not be read: it is there, and what it holds is not known. */
  readonly secret?: { readonly namespace: string; readonly name: string };
  /** What makes it readable, as a command. */
  readonly fix?: string;
}

/** A Secret that a program in the cluster will write, by a manifest that says which keys it will hold. */
export interface PromisedSecret {
  readonly name: string;
  /** Where it will be, if not in the manifest's own: a cluster-wide object that selects by label can mean any. */
  readonly namespaces?: readonly string[] | 'any';
  readonly type: string;
  readonly keys: readonly string[];
  /** Whether it may hold keys that no manifest names. */
  readonly hasOthers: boolean;
  readonly owner: SecretOwner;
  /** What its values are taken from, where that is an object of the cluster. */
  readonly stores?: readonly PromisedStore[];
  /** Where its keys go into a Secret that somebody else has to create. */
  readonly isMerged?: true;
}

/** A SecretStore of the namespace that the Secret will be in, or a ClusterSecretStore. */
export interface PromisedStore {
  readonly kind: string;
  readonly name: string;
  /** Where the manifest names it. */
  readonly path: FieldPath;
}

/** The kinds of manifests that need Secrets, or that explain who does. */
export type ManifestResource = Exclude<keyof Listed, 'events' | 'replicasets'>;

type ListedContent = {
  readonly [R in ManifestResource]: { readonly as: R; readonly object: Listed[R] };
}[ManifestResource];

export type ManifestContent =
  | ListedContent
  | {
      readonly as: 'secret';
      readonly secret: Secret;
      /** Keys whose values everybody can read who can read the file. */
      readonly plainKeys: readonly string[];
      /** Whether Git would take the file into a commit. */
      readonly isInGit: boolean;
    }
  | { readonly as: 'promises'; readonly promises: readonly PromisedSecret[] }
  | { readonly as: 'other' };

/** One object of the files. A namespace that it does not name is empty in its metadata. */
export interface Manifest extends Place {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly content: ManifestContent;
  /** The object as it stands there, to be applied. Not of a Secret: its values are nobody's business here. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Tells two manifests of one object apart from one that was read twice. */
  readonly fingerprint: string;
  /** The line of what stands at a path, or of the nearest thing above it. */
  readonly lineOf: (path: FieldPath) => number;
}

/** Everything that was found in the named files and folders. */
export interface ManifestSet {
  readonly files: number;
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
  /** Documents that are no Kubernetes objects: settings of other programs that lie in the same folders. */
  readonly skipped: readonly Place[];
  /** A stack file that lies in one of the named folders. */
  readonly stackFile?: string;
}
