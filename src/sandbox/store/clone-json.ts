/** A deep copy of what JSON can hold; several times as fast as structuredClone, which the store would spend most of its time in. */
export function cloneJson<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const copied: Record<string, unknown> = {};
  for (const [field, each] of Object.entries(value)) copied[field] = copy(each);
  return copied;
}
