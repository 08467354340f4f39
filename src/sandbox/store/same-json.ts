/**
 * Whether two values say the same as JSON, in whatever order their fields stand. Unlike `isDeepStrictEqual` it does not
 * look at prototypes, which differ between a copy made by `structuredClone` and its original inside a test's realm.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  return isSameRecord(a as Record<string, unknown>, b as Record<string, unknown>);
}

function isSameRecord(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  let more = 0;
  for (const field in left) {
    if (left[field] === undefined) continue;
    if (right[field] === undefined || !isSameJson(left[field], right[field])) return false;
    more += 1;
  }
  for (const field in right) if (right[field] !== undefined) more -= 1;
  return more === 0;
}
