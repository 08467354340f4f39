import type { StoredObject } from './stored-object.ts';

export interface PageQuery {
  readonly namespace: string | undefined;
  /** The key that the page before ended with. */
  readonly after: string | undefined;
  readonly limit: number;
  readonly matches: (object: StoredObject) => boolean;
}

export interface ObjectPage {
  readonly items: readonly StoredObject[];
  /** How many match beyond this page. */
  readonly remaining: number;
}

export function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** The objects of one resource in the order of namespace and name, as etcd keeps them. */
export class ObjectTable {
  readonly #objects = new Map<string, StoredObject>();
  #sorted: readonly string[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  has(key: string): boolean {
    return this.#objects.has(key);
  }

  set(key: string, object: StoredObject): void {
    if (!this.#objects.has(key)) this.#sorted = undefined;
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#sorted = undefined;
  }

  page({ namespace, after, limit, matches }: PageQuery): ObjectPage {
    this.#sorted ??= [...this.#objects.keys()].sort();
    const items: StoredObject[] = [];
    let remaining = 0;
    for (const key of this.#sorted) {
      const object = after === undefined || key > after ? this.#objects.get(key) : undefined;
      if (object === undefined || (namespace !== undefined && object.metadata.namespace !== namespace)) continue;
      if (!matches(object)) continue;
      if (items.length < limit) items.push(object);
      else remaining += 1;
    }
    return { items, remaining };
  }
}
