import { refId } from '../../core/cluster/kubernetes.ts';
import { containerRuns, restartedSince, steadiness, type ContainerRun } from '../../core/workloads/steadiness.ts';
import type { Clock } from '../../ports.ts';
import { fail, pass, workloadOf, type Attempt, type CheckOf, type CheckWorld } from './attempt.ts';
import type { ReadySightings } from './ready-sightings.ts';

export interface SteadyRun {
  readonly clock: Clock;
  readonly sightings: ReadySightings;
  /** When the run has no more time, by the monotonic clock. */
  readonly deadline: number;
}

/** Follows one workload from its first readiness on, and tells when that may be believed. */
export class SteadyWatch {
  readonly #check: CheckOf<'ready'>;
  readonly #run: SteadyRun;
  #first: readonly ContainerRun[] | undefined;

  constructor(check: CheckOf<'ready'>, run: SteadyRun) {
    this.#check = check;
    this.#run = run;
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
    const { clock, sightings, deadline } = this.#run;
    const time = sightings.look(pods, clock);
    const restarted = restartedSince(this.#first ?? [], runs);
    if (attempt.outcome !== 'pass') {
      return restarted === undefined ? attempt : { ...attempt, detail: `${attempt.detail}; ${restarted}` };
    }
    this.#first ??= runs;
    const { missingMs, detail } = steadiness(runs, { steadyMs: this.#check.steadyMs, ...time });
    if (missingMs === 0)
      return pass(restarted === undefined ? attempt.detail : `${attempt.detail}; warning: ${restarted}`);
    const said = restarted ?? detail;
    if (clock.monotonic() + missingMs <= deadline) return fail(`${attempt.detail}, but ${said}`);
    // It would take longer than there is time: whoever waits for it may as well be told now.
    return fail(`${attempt.detail}, but ${said}: proven in ${Math.ceil(missingMs / 1000)} s at the soonest`, false);
  }
}
