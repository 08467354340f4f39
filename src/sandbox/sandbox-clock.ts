/** The cluster's time. All waiting inside the sandbox goes through it, so that one factor speeds the whole cluster up. */
export interface SandboxClock {
  now(): Date;
  /** Calls `fn` once after so many milliseconds of cluster time; the returned function calls it off. */
  after(ms: number, fn: () => void): () => void;
}

/**
 * A clock that runs `speed` times as fast as the wall. Its timestamps run ahead with it: what happened before what, and
 * by how much, then reads in the cluster's objects as it would in a cluster that was given the full time.
 */
export function scaledClock(speed: number): SandboxClock {
  const startedAt = Date.now();
  return {
    now: () => new Date(startedAt + (Date.now() - startedAt) * speed),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms / speed);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
