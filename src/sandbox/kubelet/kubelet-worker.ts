import { TimerGroup } from '../clock/timer-group.ts';
import type { ControlPlane } from '../controllers/control-plane.ts';
import { nodeName } from '../controllers/scheduler.ts';
import type { Disk, ExitReason, Network, Program } from '../programs/program.ts';
import { ConfigProblem, containerEnv, mountProblems } from './kubelet-config.ts';
import { ImagePulls, missingPullSecrets } from './kubelet-images.ts';
import { configError, crashBackOff, type Obstacle } from './kubelet-obstacles.ts';
import { isTerminating, type NodeContainer, type NodePod } from './kubelet-pod.ts';
import { ContainerProcess, type ProcessWatcher } from './kubelet-process.ts';
import type { ConfigStore } from './kubelet-secrets.ts';
import { type ContainerRecord, isInitialised, isSidecar, podStatus } from './kubelet-status.ts';

const mountsAfterMs = 100;
const startsAfterMs = 400;
const syncsAfterMs = 300;
const stopsAfterMs = 800;
const firstMountRetryMs = 500;
const longestMountRetryMs = 122_000;

/** What a worker needs of the node that its pod is on. */
export interface Host {
  readonly plane: ControlPlane;
  readonly network: Network;
  readonly config: ConfigStore;
  nextAddress(): string;
  disk(pod: NodePod, container: NodeContainer, path: string): Disk;
}

/** Runs one pod: mounts its volumes, starts its containers in order, and reports what becomes of them. */
export class PodWorker {
  readonly #host: Host;
  #pod: NodePod;
  readonly #init: readonly ContainerRecord[];
  readonly #main: readonly ContainerRecord[];
  readonly #processes = new Map<ContainerRecord, ContainerProcess>();
  /** By container, of its latest run. */
  readonly #logs = new Map<string, string>();
  readonly #pulls = new ImagePulls();
  readonly #timers: TimerGroup;
  readonly #startTime: Date;
  #podIP: string | undefined;
  #cancelSync: (() => void) | undefined;
  #isStopping = false;
  #isStopped = false;

  constructor(host: Host, pod: NodePod) {
    this.#host = host;
    this.#pod = pod;
    this.#timers = new TimerGroup(host.plane.clock);
    this.#startTime = host.plane.clock.now();
    const waitsForInit = (pod.spec.initContainers ?? []).length > 0;
    const record = (spec: NodeContainer): ContainerRecord => ({
      spec,
      state: { kind: 'waiting', reason: waitsForInit ? 'PodInitializing' : 'ContainerCreating' },
      lastTerminated: undefined,
      restartCount: 0,
      isReady: false,
    });
    this.#init = (pod.spec.initContainers ?? []).map(record);
    this.#main = pod.spec.containers.map(record);
    this.#publish();
    this.#timers.after(mountsAfterMs, () => {
      this.#mount(firstMountRetryMs);
    });
  }

  get podIP(): string | undefined {
    return this.#podIP;
  }

  /** The program of a container that runs. */
  program(container: string): Program | undefined {
    const record = [...this.#main, ...this.#init].find(({ spec }) => spec.name === container);
    return record && this.#processes.get(record)?.program;
  }

  log(container: string): string | undefined {
    return this.#logs.get(container);
  }

  programOn(port: number): Program | undefined {
    return [...this.#processes.values()].map(({ program }) => program).find((program) => program.listensOn(port));
  }

  update(pod: NodePod): void {
    this.#pod = pod;
    if (isTerminating(pod) && !this.#isStopping) {
      this.#isStopping = true;
      this.#timers.after(this.#processes.size > 0 ? stopsAfterMs : mountsAfterMs, () => {
        this.#remove();
      });
    }
  }

  /** Forgets the pod: nothing of it runs any more. */
  stop(): void {
    this.#isStopped = true;
    for (const record of this.#processes.keys()) {
      this.#end(record);
    }
    this.#timers.cancelAll();
  }

  #remove(): void {
    const { namespace, name, uid } = this.#pod.metadata;
    this.stop();
    this.#host.plane.store.remove('pods', namespace, name, { uid });
  }

  #mount(retry: number): void {
    const problems = mountProblems(this.#host.config, this.#pod);
    for (const message of problems) {
      this.#record('Warning', 'FailedMount', message);
    }
    if (problems.length > 0) {
      this.#timers.after(retry, () => {
        this.#mount(Math.min(retry * 2, longestMountRetryMs));
      });
      return;
    }
    this.#timers.after(startsAfterMs, () => {
      this.#podIP = this.#host.nextAddress();
      this.#sync();
    });
  }

  #syncIn(ms: number): void {
    this.#cancelSync?.();
    this.#cancelSync = this.#timers.after(ms, () => {
      this.#sync();
    });
  }

  /** Brings every container as far as it can go now. */
  #sync(): void {
    if (this.#isStopping || this.#isStopped) {
      return;
    }
    const secrets = missingPullSecrets(this.#host.config, this.#pod);
    const due = this.#dueContainers();
    if (secrets.length > 0 && due.length > 0) {
      this.#record(
        'Warning',
        'FailedToRetrieveImagePullSecret',
        `Unable to retrieve some image pull secrets (${secrets.join(', ')}); attempting to pull the image may not succeed.`,
      );
    }
    const waits = due.map((record) => this.#start(record)).filter((ms) => ms !== undefined);
    if (waits.length > 0) {
      this.#syncIn(Math.min(...waits));
    }
    this.#publish();
  }

  /** The containers that should run and do not: one init container, or all main ones once those are through. */
  #dueContainers(): ContainerRecord[] {
    const next = this.#init.find((record) => !isInitialised(record));
    if (!next) {
      const sidecars = this.#init.filter(isSidecar);
      return [...sidecars, ...this.#main].filter((record) => this.#isDue(record));
    }
    return this.#isDue(next) ? [next] : [];
  }

  #isDue(record: ContainerRecord): boolean {
    const { state } = record;
    if (state.kind !== 'terminated') {
      return state.kind === 'waiting';
    }
    const policy = isSidecar(record) ? 'Always' : (this.#pod.spec.restartPolicy ?? 'Always');
    return policy === 'Always' || (policy === 'OnFailure' && state.exitCode !== 0);
  }

  /** Says after how many milliseconds to look again, where something stands in the way. */
  #start(record: ContainerRecord): number | undefined {
    const { clock } = this.#host.plane;
    const obstacle = crashBackOff(this.#pod, record, clock.now()) ?? this.#pulls.obstacle(record, clock.now());
    if (obstacle) {
      return this.#meet(record, obstacle);
    }
    const image = record.spec.image ?? '';
    this.#recordFor(record, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
    try {
      this.#run(record, containerEnv(this.#host.config, this.#pod, record.spec));
      return isSidecar(record) ? syncsAfterMs : undefined;
    } catch (error) {
      if (!(error instanceof ConfigProblem)) {
        throw error;
      }
      return this.#meet(record, configError(error.message));
    }
  }

  #meet(record: ContainerRecord, { state, events, waitMs }: Obstacle): number {
    if (record.state.kind === 'terminated') {
      record.lastTerminated = record.state;
    }
    record.state = state;
    for (const [type, reason, message] of events) {
      this.#recordFor(record, type, reason, message);
    }
    return waitMs;
  }

  #run(record: ContainerRecord, env: ReadonlyMap<string, string>): void {
    const { state } = record;
    if (state.kind === 'terminated') {
      record.lastTerminated = state;
    }
    if (record.lastTerminated) {
      record.restartCount += 1;
    }
    record.state = { kind: 'running', startedAt: this.#host.plane.clock.now() };
    record.isReady = record.spec.readinessProbe === undefined && (isSidecar(record) || this.#main.includes(record));
    this.#recordFor(record, 'Normal', 'Created', 'Container created');
    this.#recordFor(record, 'Normal', 'Started', 'Container started');
    const process = new ContainerProcess(
      this.#host.plane.clock,
      {
        pod: this.#pod,
        container: record.spec,
        isToEnd: this.#isToEnd(record),
        env,
        network: this.#host.network,
        disk: (path) => this.#host.disk(this.#pod, record.spec, path),
      },
      { podIP: this.#podIP ?? '', watcher: this.#watcherOf(record) },
    );
    this.#processes.set(record, process);
    this.#logs.set(record.spec.name, process.program.output ?? '');
  }

  #isToEnd(record: ContainerRecord): boolean {
    const isInJob = this.#pod.spec.restartPolicy !== undefined && this.#pod.spec.restartPolicy !== 'Always';
    return !isSidecar(record) && (isInJob || this.#init.includes(record));
  }

  #watcherOf(record: ContainerRecord): ProcessWatcher {
    return {
      exited: (code, reason) => {
        this.#exited(record, code, reason);
      },
      readiness: (isReady) => {
        record.isReady = isReady;
        this.#publish();
      },
      unhealthy: (message) => {
        this.#recordFor(record, 'Warning', 'Unhealthy', message);
      },
    };
  }

  #exited(record: ContainerRecord, exitCode: number, reason: ExitReason | undefined): void {
    const { state } = record;
    if (state.kind !== 'running') {
      return;
    }
    this.#end(record);
    record.state = { ...state, kind: 'terminated', exitCode, reason, finishedAt: this.#host.plane.clock.now() };
    record.isReady = this.#init.includes(record) && exitCode === 0;
    this.#publish();
    this.#syncIn(syncsAfterMs);
  }

  #end(record: ContainerRecord): void {
    this.#processes.get(record)?.stop();
    this.#processes.delete(record);
  }

  #publish(): void {
    const { store, clock } = this.#host.plane;
    const { namespace, name, uid } = this.#pod.metadata;
    const pod = store.get('pods', namespace, name);
    if (this.#isStopped || pod?.metadata.uid !== uid) {
      return;
    }
    const status = podStatus(pod as NodePod, {
      init: this.#init,
      main: this.#main,
      startTime: this.#startTime,
      podIP: this.#podIP,
      now: clock.now(),
    });
    store.replace('pods', { ...pod, status });
  }

  #recordFor(record: ContainerRecord, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const list = this.#init.includes(record) ? 'initContainers' : 'containers';
    this.#record(type, reason, message, `spec.${list}{${record.spec.name}}`);
  }

  #record(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    const from = { component: 'kubelet', host: nodeName };
    this.#host.plane.events.record(this.#pod, { type, reason, message, ...from, ...(fieldPath && { fieldPath }) });
  }
}
