import type { Pod } from '../../src/core/cluster/kubernetes-pod.ts';

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Talks to a sandbox over HTTP, as kubectl would, without the client library. */
export class SandboxApi {
  readonly #url: string;

  constructor({ url }: { url: string }) {
    this.#url = url;
  }

  async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Reply> {
    const response = await fetch(this.#url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': type } }),
    });
    return { status: response.status, body: await response.text() };
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) {
      throw new Error(`GET ${path}: ${status} ${body}`);
    }
    return JSON.parse(body) as T;
  }

  async list<T>(path: string): Promise<readonly T[]> {
    const { items } = await this.get<{ items: readonly T[] }>(path);
    return items;
  }

  /** The one pod of the stack's namespace whose `app` label is this. */
  async pod(app: string): Promise<Pod> {
    const pods = await this.list<Pod>(`/api/v1/namespaces/cloudtolocalllm/pods?labelSelector=app%3D${app}`);
    const live = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const [pod] = live;
    if (!pod) {
      throw new Error(`no pod of ${app}`);
    }
    return pod;
  }

  /** Null takes a key away. */
  async patchSecret(values: Readonly<Record<string, string | null>>): Promise<Reply> {
    const encoded = Object.entries(values).map(([key, value]): [string, string | null] => [
      key,
      value === null ? null : Buffer.from(value).toString('base64'),
    ]);
    return this.send(
      'PATCH',
      '/api/v1/namespaces/cloudtolocalllm/secrets/cloudtolocalllm-secrets',
      { data: Object.fromEntries(encoded) },
      'application/merge-patch+json',
    );
  }

  async deletePod({ metadata }: Pod): Promise<Reply> {
    return this.send('DELETE', `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`);
  }

  async serviceGet(service: string, path: string): Promise<Reply> {
    return this.send('GET', `/api/v1/namespaces/cloudtolocalllm/services/${service}/proxy${path}`);
  }
}

/** What the API says of each container that waits or runs: `db-migrate: CreateContainerConfigError couldn't …`. */
export function containerStates({ status }: Pod): string[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(({ name, state }) => {
    const { waiting, running, terminated } = state ?? {};
    const text = running ? 'running' : (waiting?.reason ?? terminated?.reason ?? 'nothing');
    return [`${name}:`, text, ...(waiting?.message === undefined ? [] : [waiting.message])].join(' ');
  });
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}
