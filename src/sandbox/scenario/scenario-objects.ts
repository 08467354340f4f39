import { withDefaults } from '../api/api-defaults.ts';
import { groupVersion, resourceTypes } from '../resources.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { NewObject } from '../store/stored-object.ts';

/** Creates objects with the defaults of the API. Unlike a client of the API this may give them a status. */
export function createObjects(store: ObjectStore, objects: readonly NewObject[]): void {
  for (const object of objects) {
    const type = resourceTypes.find((each) => each.kind === object.kind && groupVersion(each) === object.apiVersion);
    if (!type) {
      throw new Error(`the sandbox has no ${object.kind} of ${object.apiVersion}`);
    }
    const { status } = object;
    store.create(type.name, { ...withDefaults(type, object), ...(status !== undefined && { status }) });
  }
}
