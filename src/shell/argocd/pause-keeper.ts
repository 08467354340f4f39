import { refText } from '../../core/cluster/kubernetes.ts';
import type { StepOutcome } from '../../core/reports/report.ts';
import type { Session } from '../session.ts';
import { hold, resumeAfter, timeIsOver, type Hold } from './hold-pause.ts';
import type { HeldPauses } from './pause-sync.ts';

/** Holds a pause beyond the write, through what has to happen while the values stand. */
export interface PauseKeeper {
  keep(held: HeldPauses, terms: Hold): void;
  /** Holds on as after any write, then puts sync back, and tells what became of it. */
  end(): Promise<readonly StepOutcome[]>;
  /** Puts sync back at once. */
  release(): Promise<void>;
}

/** The time that was agreed to counts from the pause, whatever goes on when it is over. */
export function createPauseKeeper(session: Session): PauseKeeper {
  let kept: Kept | undefined;
  return {
    keep: (held, terms) => {
      kept = new Kept(session, held, terms);
    },
    end: async () => (await kept?.end()) ?? [],
    release: async () => {
      await kept?.resume('what was begun broke off');
    },
  };
}

class Kept {
  readonly #session: Session;
  readonly #held: HeldPauses;
  readonly #terms: Hold;
  readonly #ended = new AbortController();
  #resumed: Promise<readonly StepOutcome[]> | undefined;

  constructor(session: Session, held: HeldPauses, terms: Hold) {
    this.#session = session;
    this.#held = held;
    this.#terms = terms;
    const { clock } = session.deps;
    const left = Math.max(terms.deadline - clock.monotonic(), 0);
    void clock.sleep(left, this.#ended.signal).then(
      () => this.resume(timeIsOver),
      () => undefined,
    );
  }

  async end(): Promise<readonly StepOutcome[]> {
    if (this.#resumed !== undefined) return this.#resumed;
    return this.resume(await hold(this.#session, this.#held, this.#terms));
  }

  resume(why: string): Promise<readonly StepOutcome[]> {
    this.#resumed ??= this.#resume(why);
    return this.#resumed;
  }

  async #resume(why: string): Promise<readonly StepOutcome[]> {
    this.#ended.abort();
    const steps = await resumeAfter(this.#session, this.#held, why);
    for (const { object, outcome, detail } of steps) {
      const failed = outcome === 'failed' ? 'warning: sync is still paused: ' : '';
      this.#session.deps.terminal.err(`${failed}${refText(object)} ${detail}`);
    }
    return steps;
  }
}
