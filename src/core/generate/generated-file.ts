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
  readonly documents: readonly unknown[];
}

/** One file that `generate` makes. The same input gives the same file. */
export type GeneratedFile = YamlFile | { readonly path: string; readonly text: string };
