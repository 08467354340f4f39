import type { NewObject, StoredObject, StoreEvent } from './stored-object.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { alreadyExists, badRequest, conflict, notFound } from '../api/api-problem.ts';
import { apiTime } from '../api/api-time.ts';
import type { SandboxClock } from '../clock/sandbox-clock.ts';
import { ChangeHistory } from './change-history.ts';
import { cloneJson } from './clone-json.ts';
import { frozenJson } from './frozen-json.ts';
import { keyOf, ObjectTable, type ObjectPage, type PageQuery } from './object-table.ts';
import { isSameJson } from './same-json.ts';

type Listener = (event: StoreEvent) => void;

/** The API server counts no generation for these although they have a spec. */
const withoutGeneration = new Set(['services', 'namespaces', 'nodes', 'persistentvolumeclaims']);

const firstVersion = 1000;

/**
 * What etcd and the registry of an API server are: all objects of the cluster by resource, one counter of versions, and
 * the recent changes. Objects are copied and frozen on the way in, so nobody can change what is stored but through it.
 */
export class ObjectStore {
  readonly #clock: SandboxClock;
  readonly #objects = new Map<string, ObjectTable>();
  readonly #history = new ChangeHistory(firstVersion);
  readonly #listeners = new Set<Listener>();
  readonly #undelivered: StoreEvent[] = [];
  #delivering = false;
  #version = firstVersion;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** The resourceVersion of the newest change, which is that of a list taken now. */
  get resourceVersion(): string {
    return String(this.#version);
  }

  get(resource: string, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#objects.get(resource)?.get(keyOf(namespace, name));
  }

  /** In the order of namespace and name, as etcd keeps them. */
  list(resource: string, namespace?: string): StoredObject[] {
    const whole = { namespace, after: undefined, limit: Number.POSITIVE_INFINITY, matches: () => true };
    return [...this.page(resource, whole).items];
  }

  /** A part of a list. */
  page(resource: string, query: PageQuery): ObjectPage {
    return this.#objects.get(resource)?.page(query) ?? { items: [], remaining: 0 };
  }

  /** The names of all resources that have at least one object. */
  resources(): string[] {
    return [...this.#objects].filter(([, objects]) => objects.size > 0).map(([resource]) => resource);
  }

  create(resource: string, object: NewObject): StoredObject {
    const fresh = this.preview(resource, object);
    const stored = frozenJson({ ...fresh, metadata: { ...fresh.metadata, resourceVersion: this.#nextVersion() } });
    this.#of(resource).set(keyOf(stored.metadata.namespace, stored.metadata.name), stored);
    this.#record({ type: 'ADDED', resource, object: stored });
    return stored;
  }

  /** What `create` would store, without a version of its own: for a dry run. */
  preview(resource: string, object: NewObject): StoredObject {
    const { name, generateName, namespace } = object.metadata;
    const chosen =
      name ?? (generateName === undefined ? undefined : `${generateName}${randomBytes(3).toString('hex').slice(1)}`);
    if (chosen === undefined || chosen === '') {
      throw badRequest('name or generateName is required');
    }
    if (this.#of(resource).has(keyOf(namespace, chosen))) {
      throw alreadyExists(resource, chosen);
    }
    return {
      ...object,
      metadata: {
        ...object.metadata,
        name: chosen,
        uid: randomUUID(),
        resourceVersion: '',
        creationTimestamp: object.metadata.creationTimestamp ?? apiTime(this.#clock.now()),
        ...(object['spec'] !== undefined && !withoutGeneration.has(resource) && { generation: 1 }),
      },
    };
  }

  /**
   * Puts a whole object in the place of the stored one. A write that changes nothing keeps the resourceVersion, as the
   * API server does it; a changed `spec` counts the generation up. The identity of the stored object stays.
   */
  replace(resource: string, object: StoredObject, options: { expectedResourceVersion?: string } = {}): StoredObject {
    const { namespace, name } = object.metadata;
    const objects = this.#of(resource);
    const before = objects.get(keyOf(namespace, name));
    if (!before) {
      throw notFound(resource, name);
    }
    const expected = options.expectedResourceVersion;
    if (expected !== undefined && expected !== before.metadata.resourceVersion) {
      throw conflict(
        resource,
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    const { uid, resourceVersion, creationTimestamp, generation } = before.metadata;
    const isSpecChanged = generation !== undefined && !isSameJson(before['spec'], object['spec']);
    const metadata = {
      ...object.metadata,
      uid,
      resourceVersion,
      creationTimestamp,
      ...(generation !== undefined && { generation: isSpecChanged ? generation + 1 : generation }),
    };
    if (isSameJson(before, { ...object, metadata })) {
      return before;
    }
    if (metadata.deletionTimestamp !== undefined && lostLastFinalizer(before, object)) {
      return this.remove(resource, namespace, name);
    }
    const after = frozenJson({ ...object, metadata: { ...metadata, resourceVersion: this.#nextVersion() } });
    objects.set(keyOf(namespace, name), after);
    this.#record({ type: 'MODIFIED', resource, object: after, previous: before });
    return after;
  }

  /** Lets `fn` change a copy, and writes it back. Nothing can come between, so there is no conflict. */
  mutate(
    resource: string,
    namespace: string | undefined,
    name: string,
    fn: (object: StoredObject) => void,
  ): StoredObject {
    const found = this.get(resource, namespace, name);
    if (!found) {
      throw notFound(resource, name);
    }
    const draft = cloneJson(found);
    fn(draft);
    return this.replace(resource, draft);
  }

  /** Takes the object away at once, whatever its finalizers; with `uid`, only if it is still that one. */
  remove(
    resource: string,
    namespace: string | undefined,
    name: string,
    preconditions: { uid?: string } = {},
  ): StoredObject {
    const objects = this.#of(resource);
    const found = objects.get(keyOf(namespace, name));
    if (!found) {
      throw notFound(resource, name);
    }
    if (preconditions.uid !== undefined && preconditions.uid !== found.metadata.uid) {
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${found.metadata.uid}`,
      );
    }
    const gone = frozenJson({ ...found, metadata: { ...found.metadata, resourceVersion: this.#nextVersion() } });
    objects.delete(keyOf(namespace, name));
    this.#record({ type: 'DELETED', resource, object: gone, previous: found });
    return gone;
  }

  /**
   * Calls the listener after each change, in the order of the changes: what a listener writes itself is delivered when
   * all have seen the change before it.
   */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The changes of a resource after a resourceVersion; 410 Expired where they are no longer all known. */
  changesSince(resource: string, resourceVersion: string): StoreEvent[] {
    return this.#history.since(resource, resourceVersion);
  }

  /** Throws 410 Expired where changes after this resourceVersion are no longer all known. */
  assertRemembered(resourceVersion: string): void {
    this.#history.assertRemembered(resourceVersion);
  }

  /** Forgets all changes so far, as etcd's compaction does: watches from before now get 410. */
  compact(): void {
    this.#history.forgetUpTo(this.#version);
  }

  #of(resource: string): ObjectTable {
    const known = this.#objects.get(resource);
    if (known) {
      return known;
    }
    const fresh = new ObjectTable();
    this.#objects.set(resource, fresh);
    return fresh;
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #record(event: StoreEvent): void {
    this.#history.add(event);
    this.#undelivered.push(event);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering) {
      return;
    }
    this.#delivering = true;
    try {
      for (let event = this.#undelivered.shift(); event; event = this.#undelivered.shift()) {
        for (const listener of [...this.#listeners]) {
          listener(event);
        }
      }
    } finally {
      this.#delivering = false;
    }
  }
}

function lostLastFinalizer(before: StoredObject, after: StoredObject): boolean {
  return (before.metadata.finalizers?.length ?? 0) > 0 && (after.metadata.finalizers?.length ?? 0) === 0;
}
