import type { SandboxClock } from '../clock/sandbox-clock.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoreEvent } from '../store/stored-object.ts';
import type { EventRecorder } from './event-recorder.ts';

/** What every controller works with. */
export interface ControlPlane {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly events: EventRecorder;
  /** What controllers may read values from outside of the cluster. */
  readonly vaults?: readonly ReadableVault[];
}

/** An Azure Key Vault, for whoever reads it without going through its API. */
export interface ReadableVault {
  readonly url: string;
  /** What a read of a secret gives; undefined where it is refused: absent, deleted, disabled. */
  read(name: string, version?: string): string | undefined;
}

/** Brings the cluster closer to what its objects ask for, one change at a time. It must not change the event. */
export interface Controller {
  observe(event: StoreEvent): void;
}
