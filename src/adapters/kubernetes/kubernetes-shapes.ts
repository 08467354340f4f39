import { asObject } from '../json-object.ts';

/**
 * What an object from the server must look like for core to read it without a check at every step, and all of it that
 * core gets to see: fields that are not described are dropped as each page is read.
 */
export type Shape = Scalar | ListShape | { readonly map: 'string'; readonly without?: readonly string[] } | FieldsShape;

interface ListShape {
  readonly list: Shape;
  /** Whether objects made from one template hold equal ones, of which one is enough. */
  readonly isShared?: true;
}

export interface FieldsShape {
  readonly required?: Fields;
  readonly optional?: Fields;
}

type Scalar = 'string' | 'number' | 'boolean' | 'scalar';
type Fields = Readonly<Record<string, Shape>>;

type OptionalKey<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
type Keys<T, K extends keyof T> = { readonly [P in K]-?: ShapeOf<NonNullable<T[P]>> };
type ObjectShape<T, Optional extends keyof T = OptionalKey<T>> = ([Exclude<keyof T, Optional>] extends [never]
  ? object
  : { readonly required: Keys<T, Exclude<keyof T, Optional>> }) &
  ([Optional] extends [never] ? object : { readonly optional: Keys<T, Optional> });

/** The shape of a type of core, field by field: one that core reads and no shape keeps does not compile. */
export type ShapeOf<T> = [T] extends [string]
  ? 'string'
  : [T] extends [number]
    ? 'number'
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [string | number]
        ? 'scalar'
        : T extends readonly (infer Item)[]
          ? { readonly list: ShapeOf<Item>; readonly isShared?: true }
          : string extends keyof T
            ? { readonly map: 'string'; readonly without?: readonly string[] }
            : ObjectShape<T>;

const unfit = Symbol('unfit');
type Keep = (value: unknown) => unknown;

export type Reduced<T> = { readonly kept: T; readonly misfit?: undefined } | { readonly misfit: string };

/** Gives of an object what its shape describes, or the path of the first field that does not fit. */
export function reducer<T>(shape: ShapeOf<T> & Shape): (value: unknown) => Reduced<T> {
  const keep = keeper(shape);
  return (value) => {
    const kept = keep(value);
    return kept === unfit ? { misfit: misfit(value, shape) ?? '' } : { kept: kept as T };
  };
}

/** Made once for each shape: a list of thousands walks no description. */
function keeper(shape: Shape): Keep {
  if (typeof shape === 'string') return (value) => (fitsScalar(value, shape) ? value : unfit);
  if ('list' in shape) {
    const keep = listKeeper(keeper(shape.list));
    return shape.isShared === true ? sharing(keep) : keep;
  }
  return 'map' in shape ? mapKeeper(new Set(shape.without)) : fieldsKeeper(shape);
}

function listKeeper(keep: Keep): Keep {
  return (value) => {
    if (!Array.isArray(value)) return unfit;
    const items = value.map(keep);
    return items.includes(unfit) ? unfit : items;
  };
}

/** Beyond this many different ones, what is remembered to share them outweighs what sharing saves. */
const mostShared = 5000;

/** The pods of one template repeat most of what it says. */
function sharing(keep: Keep): Keep {
  const known = new Map<string, unknown>();
  return (value) => {
    const kept = keep(value);
    if (kept === unfit) return unfit;
    const text = JSON.stringify(kept);
    const same = known.get(text);
    if (same !== undefined) return same;
    if (known.size < mostShared) known.set(text, kept);
    return kept;
  };
}

function mapKeeper(without: ReadonlySet<string>): Keep {
  return (value) => {
    const fields = asObject(value);
    if (fields === undefined) return unfit;
    const names = Object.keys(fields);
    if (names.some((name) => typeof fields[name] !== 'string')) return unfit;
    if (!names.some((name) => without.has(name))) return fields;
    return Object.fromEntries(Object.entries(fields).filter(([name]) => !without.has(name)));
  };
}

function fieldsKeeper({ required = {}, optional = {} }: FieldsShape): Keep {
  const keepers = [
    ...Object.entries(required).map(([name, field]) => ({ name, isRequired: true, keep: keeper(field) })),
    ...Object.entries(optional).map(([name, field]) => ({ name, isRequired: false, keep: keeper(field) })),
  ];
  return (value) => {
    const fields = asObject(value);
    if (fields === undefined) return unfit;
    const kept: Record<string, unknown> = {};
    for (const { name, isRequired, keep } of keepers) {
      const field = fields[name];
      if (field === undefined || field === null) {
        if (isRequired) return unfit;
        continue;
      }
      const reduced = keep(field);
      if (reduced === unfit) return unfit;
      kept[name] = reduced;
    }
    return kept;
  };
}

/** The path of the first field that does not fit, undefined when all do. Optional fields may be null. */
function misfit(value: unknown, shape: Shape, path = ''): string | undefined {
  if (typeof shape === 'string') return fitsScalar(value, shape) ? undefined : path;
  if ('list' in shape) {
    if (!Array.isArray(value)) return path;
    return first(value.entries(), ([index, item]) => misfit(item, shape.list, `${path}[${index}]`));
  }
  const fields = asObject(value);
  if (fields === undefined) return path;
  if ('map' in shape) return first(Object.keys(fields), (key) => misfit(fields[key], shape.map, `${path}.${key}`));
  return (
    first(Object.entries(shape.required ?? {}), ([key, field]) => misfit(fields[key], field, `${path}.${key}`)) ??
    first(Object.entries(shape.optional ?? {}), ([key, field]) =>
      fields[key] === undefined || fields[key] === null ? undefined : misfit(fields[key], field, `${path}.${key}`),
    )
  );
}

function fitsScalar(value: unknown, shape: Scalar): boolean {
  return shape === 'scalar' ? typeof value === 'string' || typeof value === 'number' : typeof value === shape;
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
