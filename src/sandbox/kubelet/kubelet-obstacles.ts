import type { NodePod } from './kubelet-pod.ts';
import type { ContainerRecord, ContainerState } from './kubelet-status.ts';

/** What keeps a container from starting: what it is then, what the events say, and when to try again. */
export interface Obstacle {
  readonly state: ContainerState;
  readonly events: readonly (readonly [type: 'Normal' | 'Warning', reason: string, message: string])[];
  readonly waitMs: number;
}

export const longestBackOffMs = 300_000;

/** Until the kubelet looks again at what failed: it spreads its tries over a few seconds. */
export function retryMs(): number {
  return 10_000 + Math.random() * 3_000;
}

/** The environment cannot be made: something that it is made of is missing. */
export function configError(message: string): Obstacle {
  return {
    state: { kind: 'waiting', reason: 'CreateContainerConfigError', message },
    events: [['Warning', 'Failed', `Error: ${message}`]],
    waitMs: retryMs(),
  };
}

/** A container that keeps ending is started again ever later: at once, after 10 s, 20 s, up to 5 minutes. */
export function crashBackOff(pod: NodePod, record: ContainerRecord, now: Date): Obstacle | undefined {
  const ended = record.state.kind === 'terminated' ? record.state : record.lastTerminated;
  if (!ended || record.restartCount === 0) {
    return undefined;
  }
  const ms = Math.min(10_000 * 2 ** (record.restartCount - 1), longestBackOffMs);
  const waitMs = ended.finishedAt.getTime() + ms - now.getTime();
  if (waitMs <= 0) {
    return undefined;
  }
  const where = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
  const { name } = record.spec;
  const message = `back-off ${duration(ms)} restarting failed container=${name} pod=${where}`;
  return {
    state: { kind: 'waiting', reason: 'CrashLoopBackOff', message },
    events: [['Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${where}`]],
    waitMs,
  };
}

/** As Go prints it: `10s`, `2m40s`. */
function duration(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
