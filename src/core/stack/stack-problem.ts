/** One thing wrong with a stack file. */
export interface StackProblem {
  /** Where in the file; for a key that does not belong there, the path ends in that key. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}
