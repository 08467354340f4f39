/** What stands at a path such as `database.status` or `checks.0.state`; undefined where there is nothing. */
export function jsonAt(document: unknown, path: string): unknown {
  let place = document;
  for (const step of path.split('.')) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return undefined;
    place = (place as Readonly<Record<string, unknown>>)[step];
  }
  return place;
}
