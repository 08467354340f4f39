import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { boundRoles, realAccount, type RbacDocument, type RoleAccount } from './role-account.ts';

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp?: string;
    annotations?: Record<string, string>;
    managedFields?: { manager: string; operation: string; time: string; fieldsV1: Record<string, unknown> }[];
  };
  // Objects of many kinds pass through here; each test says what it looks for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [field: string]: any;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: KubeObject;
  readonly text: string;
}

/** A cluster that the contract is held against, with a namespace of its own. */
export interface World {
  readonly namespace: string;
  /** As text, for a c2l that is to look at this cluster. */
  readonly kubeconfig: string;
  /** `path` is below the test's namespace unless it begins with a slash. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** Asks until `holds` returns something; fails with what it saw last. */
  eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs?: number): Promise<T>;
  /** A kubeconfig whose user may list everything in the test's namespace but Secrets, and get those by name. */
  withoutListingSecrets(): Promise<string>;
  /** An account with the rights of printed RBAC documents. */
  accountWith(documents: readonly RbacDocument[]): Promise<RoleAccount>;
  close(): Promise<void>;
}

export interface WorldKind {
  readonly name: string;
  readonly isSandbox: boolean;
  readonly isThere: boolean;
  /** `speed` is how fast the time of the sandbox runs. */
  start(options?: { readonly speed?: number }): Promise<World>;
}

const sandboxSpeed = 40;
const realKubeconfig = process.env['C2L_E2E_KUBECONFIG'] ?? '';

/** The sandbox always, a real cluster where one is named: where they differ, the sandbox is wrong. */
export const worldKinds: readonly WorldKind[] = [
  {
    name: 'the sandbox',
    isSandbox: true,
    isThere: true,
    start: async ({ speed = sandboxSpeed } = {}) => {
      const sandbox = await startSandbox({ scenario: 'healthy', speed });
      return openWorld(sandbox.kubeconfig, {
        limit: () => {
          sandbox.deny({ verb: 'list', resource: 'secrets' });
          return Promise.resolve(sandbox.kubeconfig);
        },
        account: async (documents, world) => {
          for (const { kind, metadata } of documents) {
            if (kind === 'Namespace') await world.send('POST', '/api/v1/namespaces', { metadata });
          }
          return {
            kubeconfig: sandbox.kubeconfig,
            as: async (wanted, body) => {
              const end = sandbox.allowOnly(boundRoles(wanted));
              return body().finally(end);
            },
            remove: () => Promise.resolve(),
          };
        },
        close: () => sandbox.close(),
      });
    },
  },
  {
    name: 'a real cluster',
    isSandbox: false,
    isThere: realKubeconfig !== '',
    start: async () => {
      const { readFile } = await import('node:fs/promises');
      return openWorld(await readFile(realKubeconfig, 'utf8'), {
        limit: limitedAccount,
        account: (documents, world) =>
          realAccount(world, documents, (token) => kubeconfigOf(world.kubeconfig, { name: 'c2l', token })),
        close: () => Promise.resolve(),
      });
    },
  },
];

interface ClusterParts {
  limit(world: World): Promise<string>;
  account(documents: readonly RbacDocument[], world: World): Promise<RoleAccount>;
  close(): Promise<void>;
}

async function openWorld(kubeconfig: string, cluster: ClusterParts): Promise<World> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const namespace = `c2l-contract-${randomBytes(4).toString('hex')}`;
  const world: World = {
    namespace,
    kubeconfig,
    send: (method, path, body, contentType) => {
      const prefix = path.startsWith('/api/v1/') || path.startsWith('/apis/') ? '' : `/api/v1/namespaces/${namespace}/`;
      return send(config, { method, path: `${prefix}${path}`, body, contentType });
    },
    eventually,
    withoutListingSecrets: () => cluster.limit(world),
    accountWith: (documents) => cluster.account(documents, world),
    close: async () => {
      await world.send('DELETE', `/api/v1/namespaces/${namespace}`);
      await cluster.close();
    },
  };
  const created = await world.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  if (created.status !== 201) {
    throw new Error(`the namespace could not be created: ${created.text}`);
  }
  await eventually('the default ServiceAccount', async () => {
    const { status } = await world.send('GET', 'serviceaccounts/default');
    return status === 200 ? true : undefined;
  });
  return world;
}

/** A ServiceAccount that RBAC allows what the sandbox is told to allow, with a token of its own. */
async function limitedAccount(world: World): Promise<string> {
  const { namespace, kubeconfig } = world;
  const name = 'no-secret-lists';
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const group = 'rbac.authorization.k8s.io';
  await world.send('POST', 'serviceaccounts', { metadata: { name } });
  await world.send('POST', `${rbac}/roles`, {
    metadata: { name },
    rules: [
      {
        apiGroups: [''],
        resources: ['pods', 'services', 'serviceaccounts', 'events', 'configmaps', 'persistentvolumeclaims'],
        verbs: ['get', 'list'],
      },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      {
        apiGroups: ['apps', 'batch', 'networking.k8s.io', 'external-secrets.io', 'bitnami.com'],
        resources: ['*'],
        verbs: ['get', 'list'],
      },
    ],
  });
  await world.send('POST', `${rbac}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const { body } = await world.send('POST', `serviceaccounts/${name}/token`, { spec: { expirationSeconds: 600 } });
  return kubeconfigOf(kubeconfig, { name, token: (body['status'] as { token: string }).token });
}

/** Of the same cluster, for another user. */
function kubeconfigOf(kubeconfig: string, user: { readonly name: string; readonly token: string }): string {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig names no cluster');
  config.loadFromClusterAndUser(cluster, user);
  return config.exportConfig();
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs = 90_000): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`did not happen within ${withinMs / 1000} s: ${what}`);
    }
    await delay(100);
  }
}

async function send(
  config: KubeConfig,
  request: { method: string; path: string; body: unknown; contentType: string | undefined },
): Promise<ApiAnswer> {
  const server = new URL(config.getCurrentCluster()?.server ?? '');
  const body = request.body === undefined ? undefined : Buffer.from(bodyText(request.body));
  const options: RequestOptions = {
    method: request.method,
    host: server.hostname,
    port: server.port,
    path: request.path,
    headers: {
      accept: 'application/json',
      'user-agent': 'contract/1',
      // Said by us: Node sends a DELETE's body without a length of its own accord, and servers then ignore it.
      ...(body && { 'content-type': request.contentType ?? 'application/json', 'content-length': body.length }),
    },
  };
  if (server.protocol === 'https:') {
    await config.applyToHTTPSOptions(options);
  }
  const start = server.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = start(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, body: parsed(text), text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parsed(text: string): KubeObject {
  try {
    return JSON.parse(text) as KubeObject;
  } catch {
    return { metadata: { name: '', uid: '', resourceVersion: '' } };
  }
}
