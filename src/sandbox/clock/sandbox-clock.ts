/** The cluster's time. All waiting inside the sandbox goes through it, so that one factor speeds the whole cluster up. */
export interface SandboxClock {
  now(): Date;
  /** Calls `fn` once after so many milliseconds of cluster time; the returned function calls it off. */
  after(ms: number, fn: () => void): () => void;
}
