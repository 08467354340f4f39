/**
 * Whether two values say the same as JSON, in whatever order their fields stand. Unlike `isDeepStrictEqual` it does not
 * look at prototypes, which differ between a copy made by `structuredClone` and its original inside a test's realm.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const fields = saidBy(left);
  return (
    fields.length === saidBy(right).length &&
    fields.every((field) => right[field] !== undefined && isSameJson(left[field], right[field]))
  );
}

function saidBy(value: Record<string, unknown>): string[] {
  return Object.keys(value).filter((field) => value[field] !== undefined);
}
