import { readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  lastState?: { terminated?: { exitCode: number } };
  state: {
    waiting?: { reason?: string; message?: string };
    running?: object;
    terminated?: { exitCode: number };
  };
}

/** The parts of Kubernetes objects that the suite looks at; others pass through untouched. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: {
    claimRef?: { namespace?: string };
    volumeClaimTemplates?: { metadata: { name: string }; spec: object }[];
    containers?: { name: string }[];
    initContainers?: { name: string }[];
  };
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** The suite's own way into the cluster, so that what it proves does not rest on c2l's code. */
export class TestCluster {
  readonly config: KubeConfig;
  readonly kubeconfigPath: string;

  private constructor(kubeconfigPath: string) {
    this.kubeconfigPath = kubeconfigPath;
    this.config = new KubeConfig();
    this.config.loadFromString(readFileSync(kubeconfigPath, 'utf8'));
  }

  /** Only ever the cluster that was named for tests, never the default kubeconfig: the suite deletes a namespace. */
  static open(env: NodeJS.ProcessEnv = process.env): TestCluster {
    const path = env['C2L_E2E_KUBECONFIG'];
    if (path === undefined || path === '') {
      throw new Error('set C2L_E2E_KUBECONFIG to the kubeconfig of a cluster that tests may change');
    }
    return new TestCluster(path);
  }

  async send(method: string, path: string, body?: object, contentType = 'application/json'): Promise<Answer> {
    const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) };
    const options: RequestOptions = { method, timeout: 30_000, headers };
    await this.config.applyToHTTPSOptions(options);
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.config.getCurrentCluster()?.server), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The object, or undefined where there is none; anything but 2xx and 404 throws. */
  async get(path: string): Promise<KubeObject | undefined> {
    const answer = await this.send('GET', path);
    return answer.status === 404 ? undefined : (accepted(`GET ${path}`, answer) as KubeObject);
  }

  async list(path: string): Promise<KubeObject[]> {
    return (accepted(`GET ${path}`, await this.send('GET', path)) as { items: KubeObject[] }).items;
  }

  async create(path: string, object: object): Promise<KubeObject> {
    return accepted(`POST ${path}`, await this.send('POST', path, object)) as KubeObject;
  }

  async patch(path: string, patch: object, type: keyof typeof patchTypes = 'merge'): Promise<KubeObject> {
    return accepted(`PATCH ${path}`, await this.send('PATCH', path, patch, patchTypes[type])) as KubeObject;
  }

  async remove(path: string): Promise<void> {
    const answer = await this.send('DELETE', path);
    if (answer.status !== 404) accepted(`DELETE ${path}`, answer);
  }
}

function accepted(what: string, { status, text }: Answer): unknown {
  if (status >= 200 && status < 300) return JSON.parse(text);
  throw new Error(`${what}: ${String(status)} ${text.slice(0, 500)}`);
}
