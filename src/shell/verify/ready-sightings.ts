import type { Pod } from '../../core/cluster/kubernetes-pod.ts';
import { podState } from '../../core/workloads/pod-state.ts';
import { containerRuns } from '../../core/workloads/steadiness.ts';
import type { AwaitedTime } from '../../core/workloads/waiting.ts';
import type { Clock } from '../../ports.ts';

/** Since when the containers of a cluster were seen ready without a break, by all that one run of c2l looked at. */
export class ReadySightings {
  /** By the monotonic clock. */
  readonly #since = new Map<string, number>();
  /** The time of day when the monotonic clock was at 0, as it was at the first look: no jump of the clock is in it. */
  #origin: number | undefined;

  /** Notes which of the pods are ready, and gives the times by which that can be judged. */
  look(pods: readonly Pod[], clock: Pick<Clock, 'now' | 'monotonic'>): AwaitedTime {
    const at = clock.monotonic();
    this.#origin ??= clock.now().getTime() - at;
    for (const pod of pods) {
      const isReady = podState(pod).state === 'ready';
      for (const { id } of containerRuns([pod])) {
        if (!isReady) this.#since.delete(id);
        else if (!this.#since.has(id)) this.#since.set(id, at);
      }
    }
    return { now: this.#origin + at, seenMs: (id) => at - (this.#since.get(id) ?? at) };
  }
}
