import type { ObjectStore, StoreEvent } from '../object-store.ts';
import type { SandboxClock } from '../sandbox-clock.ts';
import type { EventRecorder } from './event-recorder.ts';

/** What every controller works with. */
export interface ControlPlane {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly events: EventRecorder;
}

/** Brings the cluster closer to what its objects ask for, one change at a time. It must not change the event. */
export interface Controller {
  observe(event: StoreEvent): void;
}
