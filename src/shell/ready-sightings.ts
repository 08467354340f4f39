import type { Pod } from '../core/kubernetes-pod.ts';
import { podState } from '../core/pod-state.ts';
import { containerRuns } from '../core/steadiness.ts';

/** Since when the containers of a cluster were seen ready without a break, by all that one run of c2l looked at. */
export class ReadySightings {
  readonly #since = new Map<string, number>();

  /** `at` is of a clock that only moves forward. */
  look(pods: readonly Pod[], at: number): void {
    for (const pod of pods) {
      const isReady = podState(pod).state === 'ready';
      for (const { id } of containerRuns([pod])) {
        if (!isReady) this.#since.delete(id);
        else if (!this.#since.has(id)) this.#since.set(id, at);
      }
    }
  }

  /** How long a run of a container was ready at a time, as far as it was seen. */
  seenMs(id: string, at: number): number {
    return at - (this.#since.get(id) ?? at);
  }
}
