import type { Deps } from '../ports.ts';

export interface Pace {
  readonly everyMs: number;
  /** By the monotonic clock. */
  readonly deadline: number;
}

/**
 * Looks again and again until what is seen is enough or the time is over, and gives what was seen last. There is always
 * a first look and, as no sleep is longer than the time that is left, one when the time is over.
 */
export async function lookUntil<T>(
  { clock, signal }: Pick<Deps, 'clock' | 'signal'>,
  { everyMs, deadline }: Pace,
  look: () => Promise<T>,
  isEnough: (seen: T) => boolean,
): Promise<T> {
  for (;;) {
    const seen = await look();
    const leftMs = deadline - clock.monotonic();
    if (isEnough(seen) || leftMs <= 0) return seen;
    await clock.sleep(Math.min(everyMs, leftMs), signal);
  }
}
