import { isObject, setOrRemove, type Json, type JsonObject } from './api-json.ts';

/** By which field the items of a list are told apart, where it is not `name`. */
const mergeKeys = new Map([
  ['ownerReferences', 'uid'],
  ['conditions', 'type'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['hostAliases', 'ip'],
  ['podIPs', 'ip'],
]);

/** Lists that a strategic merge replaces although their items have a `name`. */
const atomicLists = new Set(['tolerations', 'subsets', 'rules', 'envFrom', 'sources', 'items']);

/** The merge that kubectl uses: lists whose items have a name are merged item by item. */
export function strategicMerge(target: Json | undefined, patch: JsonObject): Json {
  const directive = patch['$patch'];
  if (directive === 'replace') {
    return withoutDirectives(patch);
  }
  const result: JsonObject = isObject(target) ? { ...target } : {};
  keepOnlyRetained(result, patch['$retainKeys']);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      removePrimitives(result, key.slice('$deleteFromPrimitiveList/'.length), value);
    } else if (!key.startsWith('$')) {
      setOrRemove(result, key, mergedField(key, result[key], value));
    }
  }
  return result;
}

function mergedField(key: string, target: Json | undefined, value: Json): Json | undefined {
  if (value === null) {
    return undefined;
  }
  if (Array.isArray(value)) {
    return mergedList(key, Array.isArray(target) ? target : [], value);
  }
  if (!isObject(value)) {
    return value;
  }
  return value['$patch'] === 'delete' ? undefined : strategicMerge(target, value);
}

function keepOnlyRetained(result: JsonObject, retained: Json | undefined): void {
  if (Array.isArray(retained)) {
    for (const key of Object.keys(result).filter((name) => !retained.includes(name))) {
      setOrRemove(result, key, undefined);
    }
  }
}

function removePrimitives(result: JsonObject, key: string, values: Json): void {
  const list = result[key];
  if (Array.isArray(list) && Array.isArray(values)) {
    setOrRemove(
      result,
      key,
      list.filter((item) => !values.includes(item)),
    );
  }
}

function mergeKeyOf(field: string, items: readonly JsonObject[]): string | undefined {
  const candidates = field === 'ports' ? ['containerPort', 'port'] : [mergeKeys.get(field) ?? 'name'];
  return candidates.find((key) => items.every((item) => item[key] !== undefined || item['$patch'] === 'replace'));
}

function mergedList(field: string, target: readonly Json[], patch: readonly Json[]): Json[] {
  if (field === 'finalizers') {
    return [...new Set([...target, ...patch])];
  }
  const items = patch.filter((item) => isObject(item));
  const key = mergeKeyOf(field, items);
  const isMerged = items.length === patch.length && key !== undefined && !atomicLists.has(field);
  if (!isMerged || items.some((item) => item['$patch'] === 'replace')) {
    return items.length === patch.length
      ? items.filter((item) => item['$patch'] !== 'replace').map(withoutDirectives)
      : [...patch];
  }
  const result = [...target];
  for (const item of items) {
    mergeItem(result, item, key);
  }
  return result;
}

function mergeItem(list: Json[], item: JsonObject, key: string): void {
  const index = list.findIndex((known) => isObject(known) && known[key] === item[key]);
  if (item['$patch'] === 'delete') {
    if (index >= 0) {
      list.splice(index, 1);
    }
  } else if (index >= 0) {
    list[index] = strategicMerge(list[index], item);
  } else {
    list.push(withoutDirectives(item));
  }
}

function withoutDirectives(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !key.startsWith('$')));
}
