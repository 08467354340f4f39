import { changeLines } from '../../core/watch/change-lines.ts';
import { waitMs } from '../../core/watch/notices.ts';
import type { Observation, Target } from '../../core/watch/targets.ts';
import { watchRound, type Round } from '../../core/watch/watch-round.ts';
import type { WatchSection } from '../../core/watch/watch-schema.ts';
import type { Notice, WatchState } from '../../core/watch/watch-state.ts';
import { OperatorError } from '../../errors.ts';
import type { Clock, Terminal } from '../../ports.ts';
import type { Notifier } from '../../watch-ports.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { deliverDue } from './watch-deliver.ts';
import type { WatchKeeper } from './watch-keeper.ts';

export interface WatchParts {
  readonly section: WatchSection;
  /** What people call the installation. */
  readonly source: string;
  readonly look: () => Promise<Omit<Round, 'at' | 'elapsedMs'>>;
  readonly keeper: WatchKeeper;
  readonly notifiers: ReadonlyMap<string, Notifier>;
  readonly heartbeat: (() => Promise<string | undefined>) | undefined;
  readonly clock: Clock;
  /** Takes a line for each change of a target. */
  readonly log: (line: string) => void;
  readonly terminal: Pick<Terminal, 'err'>;
  readonly signal: AbortSignal;
}

/** What one round saw and what came of it. */
export interface WatchedRound {
  readonly at: Date;
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
  readonly notices: readonly Notice[];
  readonly isOffline: boolean;
}

/** Makes rounds on one state, and remembers what one has to know of the last. */
export class Watcher {
  readonly #parts: WatchParts;
  #lastStart: number | undefined;
  #isHeartbeatFailing = false;
  #counts = { delivered: 0, failedDeliveries: 0 };

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  get counts(): { readonly delivered: number; readonly failedDeliveries: number } {
    return this.#counts;
  }

  /** Looks at everything once and keeps what follows, before anybody is told of it. */
  async round(): Promise<WatchedRound> {
    const { keeper, look, clock, signal, section, source } = this.#parts;
    const at = clock.now();
    const elapsedMs = this.#elapsedMs(at);
    const seen = await untilInterrupted(look(), signal);
    const before = keeper.state;
    const { state, notices, targets } = watchRound(before, { ...seen, at, elapsedMs }, { section, source });
    await keeper.change(() => state);
    for (const line of changeLines(before, state, section)) this.#parts.log(line);
    return { at, targets, observations: seen.observations, notices, isOffline: seen.isOffline };
  }

  /** Tells whom there is something to tell, and the dead-man's switch that somebody watches. */
  async tell({ isOffline }: Pick<WatchedRound, 'isOffline'>): Promise<void> {
    // Offline nobody can be told; what is queued keeps its turn.
    if (isOffline) return;
    await Promise.all([this.deliver(), this.#beat()]);
  }

  async deliver(): Promise<void> {
    const { delivered, failed } = await deliverDue(this.#parts);
    this.#counts = {
      delivered: this.#counts.delivered + delivered,
      failedDeliveries: this.#counts.failedDeliveries + failed,
    };
  }

  /** Within a process by a clock that nobody sets; across runs the wall clock is all there is. */
  #elapsedMs(at: Date): number {
    const { clock, keeper } = this.#parts;
    const start = clock.monotonic();
    const last = this.#lastStart;
    this.#lastStart = start;
    if (last !== undefined) return start - last;
    const { roundAt } = keeper.state;
    return roundAt === undefined ? 0 : Math.max(0, at.getTime() - Date.parse(roundAt));
  }

  async #beat(): Promise<void> {
    const reason = await this.#parts.heartbeat?.();
    if (reason !== undefined && !this.#isHeartbeatFailing) {
      this.#parts.terminal.err(`warning: the heartbeat URL ${reason}`);
    }
    this.#isHeartbeatFailing = reason !== undefined;
  }
}

/** Makes rounds until it is stopped. Deliveries that failed are tried again between them. */
export async function watchUntilStopped(
  watcher: Watcher,
  parts: WatchParts,
  intervalMs: number,
  onRound: (round: WatchedRound) => void,
): Promise<void> {
  const { clock, signal } = parts;
  try {
    while (!signal.aborted) {
      const next = clock.monotonic() + intervalMs;
      const round = await watcher.round();
      onRound(round);
      await watcher.tell(round);
      await untilNext(next, watcher, parts);
    }
  } catch (error) {
    if (!(error instanceof OperatorError && error.code === 'interrupted')) throw error;
  }
}

async function untilNext(next: number, watcher: Watcher, { keeper, clock, signal }: WatchParts): Promise<void> {
  for (let left = next - clock.monotonic(); left > 0; left = next - clock.monotonic()) {
    const { state } = keeper;
    const retry = state.offlineSince === undefined ? nextRetryMs(state, clock.now()) : Infinity;
    await clock.sleep(Math.min(left, Math.max(retry, shortestSleepMs)), signal);
    if (retry < left) await watcher.deliver();
  }
}

const shortestSleepMs = 100;

function nextRetryMs({ queue }: WatchState, now: Date): number {
  return Math.min(Infinity, ...queue.map((delivery) => waitMs(delivery, now)));
}
