import type { Clock } from '../../ports.ts';

/**
 * A clock by which nobody waits long: for a sandbox that runs as much faster. Times and limits stay those of the machine,
 * so that a slow one is not taken for a recovery that failed.
 */
export function hastyClock(clock: Clock, speed: number): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
}
