import type { PlannedCheck } from '../core/checks.ts';
import type { TimelineEntry } from '../core/report.ts';
import type { Clock } from '../ports.ts';

/** What is kept of one check while it waits: a state that flickers must not fill a report. */
const mostWaits = 12;

/** Keeps what changed in a run, and nothing that stayed as it was. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  readonly #last = new Map<string, { readonly text: string; readonly waits: number }>();
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #start: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now().getTime();
    this.#start = clock.monotonic();
  }

  /** As the clock stood at the start, moved on by the time that passed: no jump of the clock is in it. */
  get now(): number {
    return this.#startedAt + this.#clock.monotonic() - this.#start;
  }

  note(
    { id, component, name }: Pick<PlannedCheck, 'id' | 'component' | 'name'>,
    outcome: TimelineEntry['outcome'],
    detail: string,
  ): void {
    const text = `${outcome} ${detail}`;
    const last = this.#last.get(id) ?? { text: '', waits: 0 };
    if (last.text === text || (outcome === 'waiting' && last.waits >= mostWaits)) return;
    this.#last.set(id, { text, waits: last.waits + (outcome === 'waiting' ? 1 : 0) });
    const afterMs = Math.round(this.now - this.#startedAt);
    const at = new Date(this.#startedAt + afterMs).toISOString();
    this.#entries.push({ at, afterMs, component, name, outcome, detail });
  }

  get entries(): readonly TimelineEntry[] {
    return [...this.#entries];
  }
}
