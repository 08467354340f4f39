import { asPod } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { deletePod } from './owned-pods.ts';

const delayMs = 50;

/** Takes away what belonged to an object that is gone. */
export function garbageCollector(plane: ControlPlane): Controller {
  return {
    observe({ resource, type, object }) {
      if (type === 'DELETED' && resource !== 'events') {
        plane.clock.after(delayMs, () => {
          collectDependents(plane, object);
        });
      }
    },
  };
}

function collectDependents(plane: ControlPlane, owner: StoredObject): void {
  const { uid, namespace } = owner.metadata;
  for (const resource of plane.store.resources().filter((name) => name !== 'events')) {
    for (const object of plane.store.list(resource, namespace)) {
      const owners = object.metadata.ownerReferences ?? [];
      if (owners.length > 0 && owners.every((reference) => reference.uid === uid)) {
        take(plane, resource, object);
      }
    }
  }
}

function take(plane: ControlPlane, resource: string, object: StoredObject): void {
  if (resource === 'pods') {
    deletePod(plane, asPod(object));
  } else {
    plane.store.remove(resource, object.metadata.namespace, object.metadata.name);
  }
}
