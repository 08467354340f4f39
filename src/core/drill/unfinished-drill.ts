/** One that was begun and is not finished. */
export interface UnfinishedDrill {
  readonly namespace: string;
  readonly scenario: string;
  /** Whether people are to recover from it. */
  readonly manual?: boolean;
}
