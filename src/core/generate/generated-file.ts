/** A part of a document with the reason for it, which stands above it as a comment. */
export class Commented {
  readonly comment: string;
  readonly value: unknown;

  constructor(comment: string, value: unknown) {
    this.comment = comment;
    this.value = value;
  }
}

/** One file that `generate` makes: YAML documents in which any part may be Commented. The same input gives the same file. */
export interface GeneratedFile {
  /** Below the folder that `--out` names. */
  readonly path: string;
  readonly documents: readonly unknown[];
}
