import type { PlannedCheck } from '../../core/verify/checks.ts';
import type { TimelineEntry } from '../../core/verify/verify-report.ts';
import type { Clock } from '../../ports.ts';

/** What is kept of one check beside how it ends: a state that flickers must not fill a report. */
const mostNotes = 12;

/** Keeps what changed in a run, and nothing that stayed as it was. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  readonly #last = new Map<string, { readonly text: string; readonly outcome: string; readonly notes: number }>();
  readonly #clock: Clock;
  /** The time of day at the start: no jump of the clock that follows is in the times. */
  readonly #startedAt: number;
  readonly #start: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now().getTime();
    this.#start = clock.monotonic();
  }

  note(
    { id, component, name }: Pick<PlannedCheck, 'id' | 'component' | 'name'>,
    outcome: TimelineEntry['outcome'],
    detail: string,
  ): void {
    const text = `${outcome} ${detail}`;
    const last = this.#last.get(id) ?? { text: '', outcome: '', notes: 0 };
    // Over many rounds what passed passes again, each time in other words.
    if (last.text === text || (outcome === 'pass' && last.outcome === 'pass')) return;
    if (last.notes >= mostNotes && (outcome === 'waiting' || outcome === last.outcome)) return;
    this.#last.set(id, { text, outcome, notes: last.notes + 1 });
    const afterMs = Math.round(this.#clock.monotonic() - this.#start);
    const at = new Date(this.#startedAt + afterMs).toISOString();
    this.#entries.push({ at, afterMs, component, name, outcome, detail });
  }

  get entries(): readonly TimelineEntry[] {
    return [...this.#entries];
  }
}
