import type { ControlPlane } from './controllers/control-plane.ts';
import { nodeName } from './controllers/scheduler.ts';
import { ConfigProblem, containerEnv, volumeProblem } from './kubelet-config.ts';
import { isImagePresent, missingPullSecrets, pullFailure } from './kubelet-images.ts';
import { isTerminating } from './kubelet-pod.ts';
import type { NodeContainer, NodePod } from './kubelet-pod.ts';
import { probeFailure } from './kubelet-probe.ts';
import { isInitialised, isSidecar, podStatus } from './kubelet-status.ts';
import type { ContainerRecord } from './kubelet-status.ts';
import { startProgram } from './programs.ts';
import type { Disk, Network, Program } from './programs.ts';

const mountsAfterMs = 100;
const startsAfterMs = 400;
const syncsAfterMs = 300;
const stopsAfterMs = 800;
/** Between two tries of something that failed; the kubelet spreads them over a few seconds. */
const retryMs = { least: 10_000, spread: 3_000 };
const firstMountRetryMs = 500;
const longestMountRetryMs = 122_000;
const longestBackOffMs = 300_000;
const firstProbeMs = 400;

/** What a worker needs of the node that its pod is on. */
export interface Host {
  readonly plane: ControlPlane;
  readonly network: Network;
  nextAddress(): string;
  disk(pod: NodePod, container: NodeContainer, path: string): Disk;
}

interface Process {
  readonly program: Program;
  readonly cancel: Set<() => void>;
}

interface BackOff {
  readonly until: number;
  readonly ms: number;
}

/** Runs one pod: mounts its volumes, starts its containers in order, and reports what becomes of them. */
export class PodWorker {
  readonly #host: Host;
  #pod: NodePod;
  readonly #init: readonly ContainerRecord[];
  readonly #main: readonly ContainerRecord[];
  readonly #processes = new Map<ContainerRecord, Process>();
  readonly #pulls = new Map<ContainerRecord, BackOff>();
  readonly #timers = new Set<() => void>();
  readonly #startTime: Date;
  #podIP: string | undefined;
  #cancelSync: (() => void) | undefined;
  #isStopping = false;
  #isStopped = false;

  constructor(host: Host, pod: NodePod) {
    this.#host = host;
    this.#pod = pod;
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
    this.#later(mountsAfterMs, () => {
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

  programOn(port: number): Program | undefined {
    return [...this.#processes.values()].map(({ program }) => program).find((program) => program.listensOn(port));
  }

  update(pod: NodePod): void {
    this.#pod = pod;
    if (isTerminating(pod) && !this.#isStopping) {
      this.#isStopping = true;
      this.#later(this.#processes.size > 0 ? stopsAfterMs : mountsAfterMs, () => {
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
    for (const cancel of this.#timers) {
      cancel();
    }
    this.#cancelSync?.();
  }

  #remove(): void {
    const { namespace, name, uid } = this.#pod.metadata;
    this.stop();
    this.#host.plane.store.remove('pods', namespace, name, { uid });
  }

  #later(ms: number, fn: () => void): () => void {
    const cancel = this.#host.plane.clock.after(ms, () => {
      this.#timers.delete(cancel);
      fn();
    });
    this.#timers.add(cancel);
    return cancel;
  }

  #mount(retry: number): void {
    const { store } = this.#host.plane;
    const problems = (this.#pod.spec.volumes ?? []).flatMap((volume) => {
      const problem = volumeProblem(store, this.#pod, volume);
      return problem === undefined ? [] : [`MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`];
    });
    for (const message of problems) {
      this.#record('Warning', 'FailedMount', message);
    }
    if (problems.length > 0) {
      this.#later(retry, () => {
        this.#mount(Math.min(retry * 2, longestMountRetryMs));
      });
      return;
    }
    this.#later(startsAfterMs, () => {
      this.#podIP = this.#host.nextAddress();
      this.#sync();
    });
  }

  #syncIn(ms: number): void {
    this.#cancelSync?.();
    this.#cancelSync = this.#later(ms, () => {
      this.#sync();
    });
  }

  /** Brings every container as far as it can go now. */
  #sync(): void {
    if (this.#isStopping || this.#isStopped) {
      return;
    }
    const secrets = missingPullSecrets(this.#host.plane.store, this.#pod);
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
    const wait = this.#backOff(record) ?? this.#pull(record);
    if (wait !== undefined) {
      return wait;
    }
    const { store } = this.#host.plane;
    this.#recordFor(
      record,
      'Normal',
      'Pulled',
      `Container image "${record.spec.image ?? ''}" already present on machine`,
    );
    try {
      this.#run(record, containerEnv(store, this.#pod, record.spec));
      return isSidecar(record) ? syncsAfterMs : undefined;
    } catch (error) {
      if (!(error instanceof ConfigProblem)) {
        throw error;
      }
      this.#recordFor(record, 'Warning', 'Failed', `Error: ${error.message}`);
      record.state = { kind: 'waiting', reason: 'CreateContainerConfigError', message: error.message };
      return retryMs.least + Math.random() * retryMs.spread;
    }
  }

  /** A container that keeps ending is started again ever later: at once, after 10 s, 20 s, up to 5 minutes. */
  #backOff(record: ContainerRecord): number | undefined {
    const ended = record.state.kind === 'terminated' ? record.state : record.lastTerminated;
    if (!ended || record.restartCount === 0) {
      return undefined;
    }
    const ms = Math.min(10_000 * 2 ** (record.restartCount - 1), longestBackOffMs);
    const left = ended.finishedAt.getTime() + ms - this.#host.plane.clock.now().getTime();
    if (left <= 0) {
      return undefined;
    }
    const { name, namespace, uid } = this.#pod.metadata;
    const { name: container } = record.spec;
    const text = `restarting failed container`;
    this.#recordFor(record, 'Warning', 'BackOff', `Back-off ${text} ${container} in pod ${name}_${namespace}(${uid})`);
    record.lastTerminated = ended;
    record.state = {
      kind: 'waiting',
      reason: 'CrashLoopBackOff',
      message: `back-off ${duration(ms)} ${text}=${container} pod=${name}_${namespace}(${uid})`,
    };
    return left;
  }

  #pull(record: ContainerRecord): number | undefined {
    const { image = '' } = record.spec;
    if (isImagePresent(image)) {
      return undefined;
    }
    const now = this.#host.plane.clock.now().getTime();
    const before = this.#pulls.get(record);
    if (before && before.until > now) {
      this.#recordFor(record, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
      this.#recordFor(record, 'Warning', 'Failed', 'Error: ImagePullBackOff');
      const message = `Back-off pulling image "${image}": ErrImagePull: ${pullFailure(image)}`;
      record.state = { kind: 'waiting', reason: 'ImagePullBackOff', message };
      return retryMs.least + Math.random() * retryMs.spread;
    }
    this.#recordFor(record, 'Normal', 'Pulling', `Pulling image "${image}"`);
    this.#recordFor(record, 'Warning', 'Failed', `Failed to pull image "${image}": ${pullFailure(image)}`);
    this.#recordFor(record, 'Warning', 'Failed', 'Error: ErrImagePull');
    const ms = Math.min(before ? before.ms * 2 : 20_000, longestBackOffMs);
    this.#pulls.set(record, { until: now + ms, ms });
    record.state = { kind: 'waiting', reason: 'ErrImagePull', message: pullFailure(image) };
    return retryMs.least + Math.random() * retryMs.spread;
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
    const cancel = new Set<() => void>();
    const after = (ms: number, fn: () => void): void => {
      cancel.add(this.#later(ms, fn));
    };
    const program = startProgram({
      pod: this.#pod,
      container: record.spec,
      isToEnd:
        !isSidecar(record) && (this.#init.includes(record) || (this.#pod.spec.restartPolicy ?? 'Always') !== 'Always'),
      env,
      network: this.#host.network,
      disk: (path) => this.#host.disk(this.#pod, record.spec, path),
      after,
      exit: (code) => {
        this.#exited(record, code);
      },
    });
    this.#processes.set(record, { program, cancel });
    if (record.spec.readinessProbe) {
      const { initialDelaySeconds = 0 } = record.spec.readinessProbe;
      after(initialDelaySeconds * 1000 + firstProbeMs, () => {
        this.#probe(record, 0);
      });
    }
  }

  #probe(record: ContainerRecord, failures: number): void {
    const process = this.#processes.get(record);
    const { periodSeconds = 10, failureThreshold = 3 } = record.spec.readinessProbe ?? {};
    if (!process) {
      return;
    }
    const failure = probeFailure(record.spec, process.program, this.#podIP ?? '');
    const failed = failure === undefined ? 0 : failures + 1;
    if (failure !== undefined) {
      this.#recordFor(record, 'Warning', 'Unhealthy', `Readiness probe failed: ${failure}`);
    }
    const isReady = failure === undefined || (record.isReady && failed < failureThreshold);
    if (isReady !== record.isReady) {
      record.isReady = isReady;
      this.#publish();
    }
    const again = this.#later(periodSeconds * 1000, () => {
      process.cancel.delete(again);
      this.#probe(record, failed);
    });
    process.cancel.add(again);
  }

  #exited(record: ContainerRecord, exitCode: number): void {
    const { state } = record;
    if (state.kind !== 'running') {
      return;
    }
    this.#end(record);
    record.state = { ...state, kind: 'terminated', exitCode, finishedAt: this.#host.plane.clock.now() };
    record.isReady = this.#init.includes(record) && exitCode === 0;
    this.#publish();
    this.#syncIn(syncsAfterMs);
  }

  #end(record: ContainerRecord): void {
    for (const cancel of this.#processes.get(record)?.cancel ?? []) {
      cancel();
    }
    this.#processes.delete(record);
  }

  #publish(): void {
    const { store, clock } = this.#host.plane;
    const { namespace, name, uid } = this.#pod.metadata;
    if (this.#isStopped || store.get('pods', namespace, name)?.metadata.uid !== uid) {
      return;
    }
    store.mutate('pods', namespace, name, (draft) => {
      draft['status'] = podStatus(draft as NodePod, {
        init: this.#init,
        main: this.#main,
        startTime: this.#startTime,
        podIP: this.#podIP,
        now: clock.now(),
      });
    });
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

function duration(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
