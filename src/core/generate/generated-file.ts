/** A part of a document with the reason for it, which stands above it as a comment. */
export class Commented {
  readonly comment: string;
  readonly value: unknown;

  constructor(comment: string, value: unknown) {
    this.comment = comment;
    this.value = value;
  }
}

/** YAML documents in which any part may be Commented. */
export interface YamlFile {
  /** Below the folder that `--out` names. */
  readonly path: string;
  /** What the file is for, above its first line. */
  readonly comment?: string;
  readonly documents: readonly unknown[];
  /**
   * Who takes it: `kubectl apply`, and the kustomization with it; or somebody else, such as Prometheus, for whom it lies
   * beside. A kustomization of kind Component that a kind makes is of the second sort: who uses it names it.
   */
  readonly use: 'apply' | 'beside';
}

/** What is not YAML lies beside. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** One file that `generate` makes. The same input gives the same file. */
export type GeneratedFile = YamlFile | TextFile;

/** The value of what may be commented. */
export function uncommented(value: unknown): unknown {
  return value instanceof Commented ? uncommented(value.value) : value;
}
