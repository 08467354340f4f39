import { commandsHere } from './commands-here.ts';
import { count } from './layout.ts';
import type { Style } from './style.ts';

/** The first of a long list, and a line that counts the rest and says how to see it. */
export function cut<T>(
  items: readonly T[],
  what: string,
  style: Style,
): { readonly shown: readonly T[]; readonly rest: string | undefined } {
  const left = items.length - style.limit;
  // A line about a single one would be as long as that one.
  if (left <= 1) return { shown: items, rest: undefined };
  return { shown: items.slice(0, style.limit), rest: `… ${count(left, `more ${what}`)} (${howToSeeAll(style)})` };
}

export function howToSeeAll(style: Style): string {
  return `${commandsHere('c2l audit --limit 0', style)} shows all`;
}
