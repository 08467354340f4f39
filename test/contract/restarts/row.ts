import type { Situation } from '../matrix/set-up-row.ts';

/**
 * One situation and what `restart` does in it. What was done is counted by the pods that are gone afterwards, not by
 * what c2l says. Each row gets a namespace of its own and is played in both worlds.
 */
export interface RestartRow extends Situation {
  readonly situation: string;
  /** Options beside `--yes`. */
  readonly options?: readonly string[];
  /** Components of a stack file for the namespace. */
  readonly components?: readonly object[];
  /** How many pods with a running container are made anew, by the start of their names: exactly these. */
  readonly restarts: Readonly<Record<string, number>>;
  /** How many pods that serve nobody are made anew: at most these, since kubelet may look again just before. */
  readonly replaces?: Readonly<Record<string, number>>;
  readonly exit: number;
  /** What the report says of its steps, as in `kept keep-pod pod/db-0: …`; each of at least one step. */
  readonly says?: readonly RegExp[];
  /** What kubectl prints of the pods in the end. */
  readonly after?: Situation['shows'];
}
