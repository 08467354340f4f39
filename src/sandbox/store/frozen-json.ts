/**
 * A deep copy of what JSON can hold that nobody can change. What is frozen stays as it is, so that an object made from
 * a stored one shares with it what both have; nothing else in the sandbox freezes objects.
 */
export function frozenJson<T>(value: T): T {
  return freeze(value) as T;
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(freeze));
  const copied: Record<string, unknown> = {};
  for (const field of Object.keys(value)) copied[field] = freeze((value as Record<string, unknown>)[field]);
  return Object.freeze(copied);
}
