import type { ObjectMeta } from './kubernetes-metadata.ts';

/** Among objects of one kind the one of this place; undefined where it is not there, or was not read. */
export function findObject<T extends { readonly metadata: ObjectMeta }>(
  items: readonly T[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
): T | undefined {
  return items.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}
