/** A time as a part of a name that Kubernetes and every file system take: `20261129t235500123z`. */
export function nameTime(at: Date): string {
  return at
    .toISOString()
    .toLowerCase()
    .replace(/[^0-9tz]/g, '');
}
