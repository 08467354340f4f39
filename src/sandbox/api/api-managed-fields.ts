import { isSameJson } from '../store/same-json.ts';
import type { ManagedFieldsEntry, NewObject, StoredObject } from '../store/stored-object.ts';
import { apiTime } from './api-time.ts';

/** Fields whose members are owned one by one; all others are owned whole. */
const keyedFields: readonly (readonly string[])[] = [
  ['data'],
  ['binaryData'],
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
];
const wholeFields: readonly string[] = ['type', 'immutable'];

/** A leaf of an object: its path, joined for comparison. */
type Leaf = string;
const separator = '\0';

function leaves(object: NewObject | undefined): Map<Leaf, unknown> {
  const found = new Map<Leaf, unknown>();
  for (const path of keyedFields) {
    const holder = path.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | undefined)?.[step],
      object,
    );
    if (typeof holder === 'object' && holder !== null) {
      // The field itself is owned by whoever brought it into being.
      found.set([...path, '.'].join(separator), undefined);
      for (const [key, value] of Object.entries(holder)) {
        found.set([...path, key].join(separator), value);
      }
    }
  }
  for (const field of wholeFields) {
    if (object?.[field] !== undefined) {
      found.set(field, object[field]);
    }
  }
  return found;
}

function toFields(owned: readonly Leaf[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const leaf of [...owned].sort()) {
    let node = root;
    for (const step of leaf.split(separator)) {
      const key = step === '.' ? '.' : `f:${step}`;
      const next = (node[key] ?? {}) as Record<string, unknown>;
      node[key] = next;
      node = next;
    }
  }
  return root;
}

function fromFields(fields: Record<string, unknown>, path: readonly string[] = []): Leaf[] {
  return Object.entries(fields).flatMap(([key, below]) => {
    const here = [...path, key.replace(/^f:/, '')];
    const deeper = fromFields(below as Record<string, unknown>, here);
    return deeper.length > 0 ? deeper : [here.join(separator)];
  });
}

/**
 * Who wrote which field last, and when, as the API keeps it for updates: one entry for each manager; a field that was
 * changed moves to the manager that changed it, and only that manager's time moves on.
 */
export function managedFieldsAfter(
  before: StoredObject | undefined,
  after: NewObject,
  writer: { manager: string; operation?: 'Update' | 'Apply'; now: Date; apiVersion: string },
): ManagedFieldsEntry[] {
  const { operation = 'Update' } = writer;
  const isWriters = (entry: Pick<ManagedFieldsEntry, 'manager' | 'operation'>): boolean =>
    entry.manager === writer.manager && entry.operation === operation;
  const old = leaves(before);
  const now = leaves(after);
  const changed = [...now.keys()].filter((leaf) => !old.has(leaf) || !isSameJson(old.get(leaf), now.get(leaf)));
  const entries = (before?.metadata.managedFields ?? [])
    .map((entry) => {
      const kept = fromFields(entry.fieldsV1).filter((leaf) => now.has(leaf) && !changed.includes(leaf));
      const own = isWriters(entry) ? changed : [];
      return { entry, owned: [...kept, ...own], isWriter: isWriters(entry) };
    })
    .map(({ entry, owned, isWriter }) => ({
      ...entry,
      ...(isWriter && changed.length > 0 && { time: apiTime(writer.now) }),
      fieldsV1: toFields(owned),
    }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const isKnown = entries.some(isWriters);
  if (!isKnown && changed.length > 0) {
    entries.push({
      manager: writer.manager,
      operation,
      apiVersion: writer.apiVersion,
      time: apiTime(writer.now),
      fieldsType: 'FieldsV1',
      fieldsV1: toFields(changed),
    });
  }
  const order = (entry: ManagedFieldsEntry): string => `${entry.time} ${entry.manager}`;
  return entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Whoever owns a field that would change by being applied, and is somebody else. */
export function otherOwners(
  before: StoredObject,
  applied: NewObject,
  manager: string,
): { readonly manager: string; readonly field: string }[] {
  const old = leaves(before);
  const changed = [...leaves(applied)].filter(([leaf, value]) => old.has(leaf) && !isSameJson(old.get(leaf), value));
  return (before.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== manager)
    .flatMap((entry) => {
      const owned = new Set(fromFields(entry.fieldsV1));
      return changed
        .filter(([leaf]) => owned.has(leaf))
        .map(([leaf]) => ({ manager: entry.manager, field: `.${leaf.split(separator).join('.')}` }));
    });
}

/** Paths that this manager applied before, that nobody else owns, and that it applies no more: apply takes them away. */
export function appliedNoMore(
  before: StoredObject,
  applied: NewObject,
  manager: string,
): readonly (readonly string[])[] {
  const entries = before.metadata.managedFields ?? [];
  const isOwn = (entry: ManagedFieldsEntry): boolean => entry.manager === manager && entry.operation === 'Apply';
  const others = new Set(entries.filter((entry) => !isOwn(entry)).flatMap(({ fieldsV1 }) => fromFields(fieldsV1)));
  const now = leaves(applied);
  // What was sent as stringData is owned as that, not as data: the API server never takes it away.
  const isData = (leaf: Leaf): boolean => leaf.startsWith(`data${separator}`);
  const isAsText = applied['stringData'] !== undefined;
  return entries
    .filter(isOwn)
    .flatMap(({ fieldsV1 }) => fromFields(fieldsV1))
    .filter((leaf) => !now.has(leaf) && !others.has(leaf) && !leaf.endsWith(`${separator}.`))
    .filter((leaf) => !(isAsText && isData(leaf)))
    .map((leaf) => leaf.split(separator));
}
