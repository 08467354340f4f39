/** A paragraph, in which `backticks` mark what is typed or read literally; or lines that are shown as they stand. */
export type Passage = string | { readonly lines: readonly string[] };

/** What `c2l explain CODE` tells about one finding code, and the documentation with it. */
export interface FindingPage {
  /** One clause, as a list of all codes shows it. */
  readonly title: string;
  readonly meaning: readonly Passage[];
  /** What kubectl shows of it, and where it shows nothing. */
  readonly inKubectl: readonly Passage[];
  readonly fixWithC2l: readonly Passage[];
  readonly fixByHand: readonly Passage[];
  readonly safeToIgnore: readonly Passage[];
}
