/** Whether every case is wanted, however long they take together. */
export const isExhaustive = process.env['C2L_EXHAUSTIVE'] === '1';

/** Every `step`-th of the cases, from the place `from` on; all of them where every case is wanted. */
export function sampled<T>(cases: readonly T[], step: number, from = 0): readonly T[] {
  return isExhaustive ? cases : cases.filter((_, index) => index % step === from % step);
}
