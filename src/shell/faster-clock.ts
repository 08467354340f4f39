import type { Clock } from '../ports.ts';

/** A clock that runs as much faster as a sandbox does: whoever waits by it waits as long as the sandbox sees it wait. */
export function fasterClock(clock: Clock, speed: number): Clock {
  const wall = clock.now().getTime();
  const begun = clock.monotonic();
  const passed = (): number => (clock.monotonic() - begun) * speed;
  return {
    now: () => new Date(wall + passed()),
    monotonic: () => begun + passed(),
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
}
