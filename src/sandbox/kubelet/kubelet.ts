import type { Readable } from 'node:stream';
import type { ProgramExit, Programs } from '../api/api-programs.ts';
import type { Controller, ControlPlane } from '../controllers/control-plane.ts';
import { nodeName } from '../controllers/scheduler.ts';
import type { Disk, Network } from '../programs/program.ts';
import { shellExec } from '../programs/programs-shell.ts';
import type { StoredObject, StoreEvent } from '../store/stored-object.ts';
import { PodNetwork } from './kubelet-network.ts';
import { asPod, isFinished, type NodeContainer, type NodePod } from './kubelet-pod.ts';
import { NodeSecrets } from './kubelet-secrets.ts';
import { PodWorker } from './kubelet-worker.ts';

/** The one node of the sandbox: it runs the pods that are bound to it, and its network and disks. */
export class Kubelet implements Controller {
  readonly programs: Programs;
  readonly #plane: ControlPlane;
  readonly #workers = new Map<string, PodWorker>();
  readonly #disks = new Map<string, Disk>();
  readonly #network: Network;
  readonly #config: NodeSecrets;
  #lastAddress = 1;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#network = new PodNetwork(plane.store, this.#workers);
    this.#config = new NodeSecrets(plane.store, () =>
      plane.store
        .list('pods')
        .map(asPod)
        .filter(({ metadata }) => this.#workers.has(metadata.uid)),
    );
    this.programs = {
      httpGet: (pod, request) => {
        const program = this.#workers.get(pod.metadata.uid)?.programOn(request.port);
        return program?.httpGet?.(request) ?? 'refused';
      },
      log: (pod, container) => this.#workers.get(pod.metadata.uid)?.log(container),
      exec: (pod, call) => this.#exec(pod, call),
    };
  }

  observe(event: StoreEvent): void {
    if (event.resource === 'pods') {
      this.#observePod(event, asPod(event.object));
    }
    if (event.resource === 'persistentvolumeclaims' && event.type === 'DELETED') {
      this.#disks.delete(claimDisk(event.object.metadata.namespace ?? '', event.object.metadata.name));
    }
  }

  /** What the volume behind a claim holds. A claim that is not there yet will find it. */
  claimedDisk(namespace: string, claim: string): Disk {
    return this.#diskNamed(claimDisk(namespace, claim));
  }

  #observePod({ type }: StoreEvent, pod: NodePod): void {
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (type === 'DELETED') {
      worker?.stop();
      this.#workers.delete(uid);
      this.#config.forget();
      this.#dropDisksOf(uid);
    } else if (worker) {
      worker.update(pod);
    } else if (pod.spec.nodeName === nodeName && !isFinished(pod)) {
      this.#workers.set(uid, new PodWorker(this.#host(), pod));
    }
  }

  #host(): ConstructorParameters<typeof PodWorker>[0] {
    return {
      plane: this.#plane,
      network: this.#network,
      config: this.#config,
      nextAddress: () => {
        this.#lastAddress += 1;
        return `10.244.${Math.floor(this.#lastAddress / 250)}.${this.#lastAddress % 250}`;
      },
      disk: (pod, container, path) => this.#diskNamed(diskName(pod, container, path)),
    };
  }

  #diskNamed(name: string): Disk {
    const disk = this.#disks.get(name) ?? {};
    this.#disks.set(name, disk);
    return disk;
  }

  #dropDisksOf(uid: string): void {
    for (const name of [...this.#disks.keys()].filter((name) => name.startsWith(`${uid}/`))) {
      this.#disks.delete(name);
    }
  }

  async #exec(
    pod: StoredObject,
    { container, command, stdin }: { container: string; command: readonly string[]; stdin: Readable },
  ): Promise<ProgramExit> {
    const program = this.#workers.get(pod.metadata.uid)?.program(container);
    const input = await firstLines(stdin, 2);
    const missing = `sh: ${command[0] ?? ''}: not found in the sandbox\n`;
    const { namespace = '' } = pod.metadata;
    return (
      program?.exec?.(command, input) ??
      shellExec(command, (host, port) => this.#network.connect(namespace, host, port)) ?? {
        exitCode: 127,
        stdout: '',
        stderr: missing,
      }
    );
  }
}

function claimDisk(namespace: string, claim: string): string {
  return `claim/${namespace}/${claim}`;
}

/** Where a path of a container is kept: on a claimed volume, in the pod, or in the container alone. */
function diskName(pod: NodePod, container: NodeContainer, path: string): string {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => b.mountPath.length - a.mountPath.length);
  const mount = mounts.find(
    ({ mountPath }) => path === mountPath || path.startsWith(`${mountPath.replace(/\/$/, '')}/`),
  );
  const volume = pod.spec.volumes?.find(({ name }) => name === mount?.name);
  const claim = volume?.persistentVolumeClaim?.claimName;
  if (claim !== undefined) {
    return claimDisk(pod.metadata.namespace, claim);
  }
  return `${pod.metadata.uid}/${volume ? `volume/${volume.name}` : `container/${container.name}`}`;
}

/** A client may keep standard input open: nothing here reads more than a few lines of it. */
function firstLines(stdin: Readable, count: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stdin.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.split('\n').length > count) {
        resolve(text);
      }
    });
    stdin.on('end', () => {
      resolve(text);
    });
  });
}
