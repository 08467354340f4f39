import type { DrillPhase, DrillPhaseName } from '../../core/drill/drill-report.ts';
import type { Clock } from '../../ports.ts';

/** Where the time of a recovery goes. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #laps: DrillPhase[] = [];
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.monotonic();
  }

  get phases(): readonly DrillPhase[] {
    return this.#laps;
  }

  /** What was done since the last lap, added up where it is done more than once. */
  lap(name: DrillPhaseName): void {
    const now = this.#clock.monotonic();
    const durationMs = Math.round(now - this.#last);
    this.#last = now;
    const at = this.#laps.findIndex((each) => each.name === name);
    const before = this.#laps[at];
    if (before === undefined) this.#laps.push({ name, durationMs });
    else this.#laps[at] = { name, durationMs: before.durationMs + durationMs };
  }
}
