/** Numbers that look random, and are the same for the same seed on every machine. */
export interface SeededRandom {
  /** From 0 to `below`, without it. */
  below(below: number): number;
  /** From `least` to `most`, both possible. */
  between(least: number, most: number): number;
  /** With this chance, from 0 to 1. */
  chance(of: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** At least one of them where there is any, in their order. */
  some<T>(items: readonly T[]): T[];
}

/** Seeds are whole numbers below this. */
export const seeds = 2 ** 32;

/** mulberry32: one 32-bit state, mixed at each draw, so that neighbouring seeds share nothing that can be seen. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / seeds;
  };
  const below = (most: number): number => Math.floor(next() * most);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (of) => next() < of,
    pick: (items) => items[below(items.length)] ?? items[0],
    some: (items) => {
      const wanted = 1 + below(Math.max(1, items.length));
      // Each of the rest is taken with the chance that fills the places left.
      const taken: (typeof items)[number][] = [];
      for (const [index, item] of items.entries()) {
        if (next() * (items.length - index) < wanted - taken.length) taken.push(item);
      }
      return taken;
    },
  };
}
