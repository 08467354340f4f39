export type Json = string | number | boolean | null | Json[] | { [field: string]: Json };
export type JsonObject = { [field: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Defines rather than assigns, so that a field called `__proto__` is only a field. */
export function setOrRemove(target: JsonObject, key: string, value: Json | undefined): void {
  if (value === undefined) {
    Reflect.deleteProperty(target, key);
  } else {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  }
}
