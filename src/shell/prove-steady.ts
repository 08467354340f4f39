import { refId } from '../core/kubernetes.ts';
import { containerRuns, restartedSince, steadiness, type ContainerRun } from '../core/steadiness.ts';
import type { ReadySightings } from './ready-sightings.ts';
import { fail, pass, workloadOf, type Attempt, type CheckOf, type CheckWorld } from './attempt.ts';

export interface SteadyTime {
  /** Milliseconds that only move forward. */
  readonly monotonic: () => number;
  /** The time of day, as far as this machine knows it. */
  readonly now: () => number;
  /** When the run has no more time, on the clock of `monotonic`. */
  readonly deadline: number;
}

/** Follows one workload from its first readiness on, and tells when that may be believed. */
export class SteadyWatch {
  readonly #check: CheckOf<'ready'>;
  readonly #time: SteadyTime;
  readonly #sightings: ReadySightings;
  #first: readonly ContainerRun[] | undefined;

  constructor(check: CheckOf<'ready'>, time: SteadyTime, sightings: ReadySightings) {
    this.#check = check;
    this.#time = time;
    this.#sightings = sightings;
  }

  /** Judges an attempt at readiness anew in the light of what was seen before. */
  async judge(attempt: Attempt, { view }: CheckWorld): Promise<Attempt> {
    const snapshot = await view();
    const bare = snapshot.pods.items.filter(
      ({ metadata }) =>
        refId({ kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name }) === refId(this.#check.object),
    );
    const pods = workloadOf(snapshot, this.#check)?.pods ?? bare;
    const runs = containerRuns(pods);
    const at = this.#time.monotonic();
    this.#sightings.look(pods, at);
    const restarted = restartedSince(this.#first ?? [], runs);
    if (attempt.outcome !== 'pass') {
      return restarted === undefined ? attempt : { ...attempt, detail: `${attempt.detail}; ${restarted}` };
    }
    this.#first ??= runs;
    const { missingMs, detail } = steadiness(runs, {
      steadyMs: this.#check.steadyMs,
      now: this.#time.now(),
      seenMs: (id) => this.#sightings.seenMs(id, at),
    });
    if (missingMs === 0)
      return pass(restarted === undefined ? attempt.detail : `${attempt.detail}; warning: ${restarted}`);
    const said = restarted ?? detail;
    if (at + missingMs <= this.#time.deadline) return fail(`${attempt.detail}, but ${said}`);
    // It would take longer than there is time: whoever waits for it may as well be told now.
    return fail(`${attempt.detail}, but ${said}: proven in ${Math.ceil(missingMs / 1000)} s at the soonest`, false);
  }
}
