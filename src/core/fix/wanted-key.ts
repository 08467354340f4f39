import type { Requirement } from '../secrets/requirements.ts';
import type { StackKey } from '../stack/stack.ts';

/** Why a key is to get a value; an `optional` one gets it only where a source has it. */
export type WantedReason = 'missing' | 'optional' | 'placeholder' | 'invalid' | 'overwrite';

/** One key that is to get a value. */
export interface WantedKey {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly reason: WantedReason;
  /** What is wrong with the value it has, where it has one. */
  readonly detail?: string;
  readonly declared?: StackKey;
  readonly references: Requirement['references'];
}
