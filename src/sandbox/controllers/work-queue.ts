import type { SandboxClock } from '../clock/sandbox-clock.ts';

/** Changes come in bursts; a controller looks at an object once per burst. */
const burstMs = 10;

/** Calls `reconcile` for each key soon after it was added, once however often it was added until then. */
export class WorkQueue {
  readonly #clock: SandboxClock;
  readonly #reconcile: (namespace: string, name: string) => void;
  readonly #waiting = new Map<string, { due: number; cancel: () => void }>();

  constructor(clock: SandboxClock, reconcile: (namespace: string, name: string) => void) {
    this.#clock = clock;
    this.#reconcile = reconcile;
  }

  add(namespace: string, name: string, afterMs = burstMs): void {
    const key = `${namespace}/${name}`;
    const due = this.#clock.now().getTime() + afterMs;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined && waiting.due <= due) {
      return;
    }
    waiting?.cancel();
    const cancel = this.#clock.after(afterMs, () => {
      this.#waiting.delete(key);
      this.#reconcile(namespace, name);
    });
    this.#waiting.set(key, { due, cancel });
  }
}
