import { jest } from '@jest/globals';
import { isExhaustive } from './exhaustive.ts';

const seconds = isExhaustive ? 120 : 8;
// Every law of a file may take its time.
if (isExhaustive) jest.setTimeout((seconds + 30) * 1000);

/** Bounded by time and not by luck: whatever was found before it runs out has been found. */
export function bounded(numRuns: number): {
  readonly numRuns: number;
  readonly interruptAfterTimeLimit: number;
  readonly markInterruptAsFailure: false;
} {
  const runs = isExhaustive ? numRuns * 50 : numRuns;
  return { numRuns: runs, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false };
}
