import { randomBytes } from 'node:crypto';
import { apiTime } from '../api/api-time.ts';
import type { SandboxClock } from '../clock/sandbox-clock.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredObject } from '../store/stored-object.ts';

/** How long the API server keeps an event that does not happen again. */
const timeToLiveMs = 3_600_000;

export interface Happening {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who says so: `kubelet`, `deployment-controller`. */
  readonly component: string;
  /** The node, where a node says so. */
  readonly host?: string;
  /** `spec.containers{main}` */
  readonly fieldPath?: string;
}

/** Writes events as clients of the API do: what happens again to the same object is counted, not written anew. */
export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #clock: SandboxClock;
  readonly #known = new Map<string, { namespace: string; name: string; expire: () => void }>();

  constructor(store: ObjectStore, clock: SandboxClock) {
    this.#store = store;
    this.#clock = clock;
  }

  record(object: StoredObject, happening: Happening): void {
    const { uid } = object.metadata;
    const namespace = object.metadata.namespace ?? 'default';
    const key = [uid, happening.reason, happening.fieldPath ?? '', happening.message].join('\0');
    const known = this.#known.get(key);
    known?.expire();
    const counted = known !== undefined && this.#count(known.namespace, known.name);
    const name = known !== undefined && counted ? known.name : this.#create(object, namespace, happening);
    const expire = this.#clock.after(timeToLiveMs, () => {
      this.#known.delete(key);
      if (this.#store.get('events', namespace, name)) {
        this.#store.remove('events', namespace, name);
      }
    });
    this.#known.set(key, { namespace, name, expire });
  }

  #count(namespace: string, name: string): boolean {
    const event = this.#store.get('events', namespace, name);
    if (!event) {
      return false;
    }
    const lastTimestamp = apiTime(this.#clock.now());
    this.#store.replace('events', { ...event, count: Number(event['count']) + 1, lastTimestamp });
    return true;
  }

  #create(object: StoredObject, namespace: string, happening: Happening): string {
    const { component, host, fieldPath, type, reason, message } = happening;
    const now = apiTime(this.#clock.now());
    const { name, uid, resourceVersion } = object.metadata;
    const event = this.#store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        namespace: object.metadata.namespace,
        uid,
        resourceVersion,
        ...(fieldPath !== undefined && { fieldPath }),
      },
      type,
      reason,
      message,
      count: 1,
      eventTime: null,
      firstTimestamp: now,
      lastTimestamp: now,
      reportingComponent: component,
      reportingInstance: host ?? '',
      source: { component, ...(host !== undefined && { host }) },
    });
    return event.metadata.name;
  }
}
