import type { SandboxClock } from './sandbox-clock.ts';

interface Timer {
  readonly due: number;
  readonly fn: () => void;
}

/** Longer waits are cut into pieces: a timer of Node cannot wait for more than 24 days. */
const longestWaitMs = 3_600_000;

/**
 * The cluster's time, kept by events: each timer sees exactly the time it was due at, whatever the speed and however
 * late Node's own timers fire, so a chain of short waits takes as long in cluster time at speed 1000 as at speed 1.
 * Before `start` it stands still and `advance` runs history through it in no time.
 */
export class VirtualClock implements SandboxClock {
  readonly #speed: number;
  /** By the time they are due, those of the same time in the order they were set. */
  readonly #timers: Timer[] = [];
  #now: number;
  #started: { readonly wall: number; readonly cluster: number } | undefined;
  #inTimer = false;
  #stopped = false;
  #wake: NodeJS.Timeout | undefined;

  constructor(startAt: Date, speed: number) {
    this.#now = startAt.getTime();
    this.#speed = speed;
  }

  now(): Date {
    return new Date(this.#current());
  }

  after(ms: number, fn: () => void): () => void {
    const timer: Timer = { due: this.#current() + Math.max(0, ms), fn };
    if (!this.#stopped) {
      const later = this.#timers.findIndex((other) => other.due > timer.due);
      this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
      if (!this.#inTimer && this.#timers[0] === timer) {
        this.#arm();
      }
    }
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) {
        this.#timers.splice(index, 1);
      }
    };
  }

  /** Lets so much cluster time pass at once, with everything that happens in it. */
  advance(ms: number): void {
    this.#runUntil(this.#current() + ms);
  }

  /** From now on the cluster's time runs by itself, `speed` times as fast as the wall's. */
  start(): void {
    this.#started = { wall: performance.now(), cluster: this.#now };
    this.#arm();
  }

  /** No timer fires any more. */
  stop(): void {
    this.#stopped = true;
    this.#timers.length = 0;
    clearTimeout(this.#wake);
  }

  #current(): number {
    if (!this.#inTimer) {
      this.#now = Math.max(this.#now, this.#wallNow());
    }
    return this.#now;
  }

  #wallNow(): number {
    const started = this.#started;
    return started === undefined ? this.#now : started.cluster + (performance.now() - started.wall) * this.#speed;
  }

  #runUntil(end: number): void {
    this.#inTimer = true;
    try {
      for (let next = this.#timers[0]; next && next.due <= end; next = this.#timers[0]) {
        this.#timers.shift();
        this.#now = Math.max(this.#now, next.due);
        next.fn();
      }
    } finally {
      this.#inTimer = false;
      this.#now = Math.max(this.#now, end);
    }
  }

  #arm(): void {
    clearTimeout(this.#wake);
    const next = this.#timers[0];
    if (!this.#started || this.#stopped || !next) {
      return;
    }
    const wait = Math.min(longestWaitMs, Math.max(0, (next.due - this.#wallNow()) / this.#speed));
    this.#wake = setTimeout(() => {
      this.#runUntil(this.#wallNow());
      this.#arm();
    }, wait);
    this.#wake.unref();
  }
}
