import { expect } from '@jest/globals';
import type { World } from './worlds.ts';

const busyboxImage = 'docker.io/library/busybox:1.36';
export const postgresImage = 'docker.io/library/postgres:16-alpine';

export interface ContainerState {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: object;
  readonly terminated?: { readonly exitCode: number; readonly reason?: string };
}

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
  readonly initContainerStatuses?: readonly { name: string; state: ContainerState }[];
  readonly containerStatuses?: readonly { name: string; ready: boolean; restartCount: number; state: ContainerState }[];
}

export interface PodSeen {
  readonly uid: string;
  readonly status: PodStatus;
}

export function secretEnv(name: string, secret: string, key: string, optional = false): object {
  return { name, valueFrom: { secretKeyRef: { name: secret, key, optional } } };
}

export function container(name: string, fields: object = {}): object {
  return {
    name,
    image: busyboxImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', 'sleep 3600'],
    resources: { requests: { cpu: '1m', memory: '4Mi' } },
    ...fields,
  };
}

export function stateOf({ status }: PodSeen, name: string): ContainerState | undefined {
  return status.containerStatuses?.find((each) => each.name === name)?.state;
}

export function initStateOf({ status }: PodSeen, name: string): ContainerState | undefined {
  return status.initContainerStatuses?.find((each) => each.name === name)?.state;
}

/** Whether the container `main` lacks something that its configuration names. */
export function isRefused(pod: PodSeen): boolean {
  return stateOf(pod, 'main')?.waiting?.reason === 'CreateContainerConfigError';
}

/** Puts Secrets and pods into a world and looks what becomes of them. */
export class PodBench {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async createSecret(name: string, keys: readonly string[]): Promise<void> {
    const stringData = Object.fromEntries(keys.map((key) => [key, 'x'.repeat(20)]));
    const { status, text } = await this.#world.send('POST', 'secrets', { metadata: { name }, stringData });
    expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  }

  async addKey(secret: string, key: string): Promise<void> {
    const data = { [key]: Buffer.from('y'.repeat(20)).toString('base64') };
    const { status } = await this.#world.send('PATCH', `secrets/${secret}`, { data }, 'application/merge-patch+json');
    expect(status).toBe(200);
  }

  async createPod(name: string, spec: object, labels: Record<string, string> = {}): Promise<void> {
    const { status, text } = await this.#world.send('POST', 'pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { terminationGracePeriodSeconds: 1, restartPolicy: 'Always', ...spec },
    });
    expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  }

  async seePod(name: string, holds: (pod: PodSeen) => boolean): Promise<PodSeen> {
    let last = '';
    const look = async (): Promise<PodSeen | undefined> => {
      const { body } = await this.#world.send('GET', `pods/${name}`);
      const pod = { uid: body.metadata.uid, status: (body['status'] ?? {}) as PodStatus };
      last = JSON.stringify(pod.status);
      return holds(pod) ? pod : undefined;
    };
    try {
      return await this.#world.eventually(`pod ${name}`, look);
    } catch (error) {
      throw new Error(`pod ${name} was last seen as ${last}`, { cause: error });
    }
  }

  async seeEvent(pod: string, reason: string, message: RegExp): Promise<string> {
    const selector = encodeURIComponent(`involvedObject.kind=Pod,involvedObject.name=${pod}`);
    return this.#world.eventually(`event ${reason} of ${pod} with ${String(message)}`, async () => {
      const { body } = await this.#world.send('GET', `events?fieldSelector=${selector}`);
      const events = body['items'] as { reason?: string; message?: string; type?: string }[];
      const found = events.find((event) => event.reason === reason && message.test(event.message ?? ''));
      return found && `${found.type ?? ''}: ${found.message ?? ''}`;
    });
  }
}
