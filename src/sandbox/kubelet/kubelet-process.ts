import type { SandboxClock } from '../clock/sandbox-clock.ts';
import { TimerGroup } from '../clock/timer-group.ts';
import type { ExitReason, Program, ProgramStart } from '../programs/program.ts';
import { startProgram } from '../programs/programs.ts';
import { probeFailure } from './kubelet-probe.ts';

const firstProbeMs = 400;

export interface ProcessWatcher {
  exited(code: number, reason?: ExitReason): void;
  readiness(isReady: boolean): void;
  /** A probe failed, in the kubelet's words. */
  unhealthy(message: string): void;
}

/** A container that runs: its program, the timers that end with it, and its readiness probe. */
export class ContainerProcess {
  readonly program: Program;
  readonly #watcher: ProcessWatcher;
  readonly #container: ProgramStart['container'];
  readonly #podIP: string;
  readonly #timers: TimerGroup;
  #isReady = false;

  constructor(
    clock: SandboxClock,
    start: Omit<ProgramStart, 'after' | 'exit'>,
    { podIP, watcher }: { podIP: string; watcher: ProcessWatcher },
  ) {
    this.#timers = new TimerGroup(clock);
    this.#watcher = watcher;
    this.#container = start.container;
    this.#podIP = podIP;
    this.program = startProgram({
      ...start,
      after: (ms, fn) => {
        this.#timers.after(ms, fn);
      },
      exit: (code, reason) => {
        watcher.exited(code, reason);
      },
    });
    const { initialDelaySeconds = 0 } = start.container.readinessProbe ?? {};
    if (start.container.readinessProbe) {
      this.#probeIn(initialDelaySeconds * 1000 + firstProbeMs, 0);
    }
  }

  stop(): void {
    this.#timers.cancelAll();
  }

  #probeIn(ms: number, failures: number): void {
    this.#timers.after(ms, () => {
      const { periodSeconds = 10, failureThreshold = 3 } = this.#container.readinessProbe ?? {};
      const failure = probeFailure(this.#container, this.program, this.#podIP);
      const failed = failure === undefined ? 0 : failures + 1;
      if (failure !== undefined) {
        this.#watcher.unhealthy(`Readiness probe failed: ${failure}`);
      }
      const isReady = failure === undefined || (this.#isReady && failed < failureThreshold);
      if (isReady !== this.#isReady) {
        this.#isReady = isReady;
        this.#watcher.readiness(isReady);
      }
      this.#probeIn(periodSeconds * 1000, failed);
    });
  }
}
