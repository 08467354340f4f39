import type { SandboxClock } from './sandbox-clock.ts';

/** Timers that end together with what they were set for. */
export class TimerGroup {
  readonly #clock: SandboxClock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  after(ms: number, fn: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      fn();
    });
    this.#cancels.add(cancel);
    return cancel;
  }

  cancelAll(): void {
    for (const cancel of this.#cancels) {
      cancel();
    }
    this.#cancels.clear();
  }
}
