import fc from 'fast-check';

/** What a terminal would obey, or what hides and reorders text. Line breaks are c2l's own. */
export const unprintable =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

type Path = readonly (string | number)[];

/** Every place of an object. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function withAt(value: unknown, [step, ...rest]: Path, replacement: unknown): unknown {
  if (step === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[String(step)] = withAt(copy[String(step)], rest, replacement);
  return copy;
}

const hostile = fc.constantFrom(
  '\u001b]0;owned\u0007',
  'a\nb',
  '::error::x',
  '\u202egnp',
  '',
  '..',
  '<&">]]>',
  '__proto__',
  'x'.repeat(300),
);
export const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  hostile,
  hostile.map((name) => ({ [name]: name })),
  hostile.map((name) => [{ name, key: name }]),
);

/** A good object with one or more places holding something else. */
export function spoilt(good: object): fc.Arbitrary<unknown> {
  return fc
    .array(fc.tuple(fc.constantFrom(...pathsOf(good)), anything), { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce<unknown>((value, [path, other]) => changed(value, path, other), good));
}

/** An earlier change may have taken the place away. */
function changed(value: unknown, path: Path, other: unknown): unknown {
  try {
    return withAt(value, path, other);
  } catch {
    return value;
  }
}
