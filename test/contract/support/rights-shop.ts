import { expect } from '@jest/globals';

import { container, postgresImage, secretEnv } from './pods.ts';
import { RightsOwners } from './rights-owners.ts';
import { troubleSigns } from './trouble-signs.ts';
import type { KubeObject, World } from './worlds.ts';

export const secretName = 'app';
export const values = {
  'db-password': 'd'.repeat(20),
  'admin-password': 'g'.repeat(20),
  'session-key': 's'.repeat(32),
};

const base64 = (text: string) => Buffer.from(text).toString('base64');
const mergePatch = 'application/merge-patch+json';

const heldUp = ['lacks-configmap', 'ends', 'lacks-volume', 'not-let-in'];

/** All of them come, on a busy machine late. */
const troubleMs = 300_000;

/** A database, a Grafana and a worker that live on one Secret, and an Argo CD beside them that says it runs. */
export class RightsShop {
  readonly namespace: string;
  readonly argocd: string;
  readonly journal: string;
  readonly owners: RightsOwners;
  readonly #world: World;
  #kept = 0;
  #isTroubled = false;

  constructor(world: World, isSandbox: boolean) {
    this.#world = world;
    this.namespace = world.namespace;
    this.argocd = `${world.namespace}-argocd`;
    this.journal = `${world.namespace}-journal`;
    this.owners = new RightsOwners(world, secretName, isSandbox);
  }

  /** The stack file, with each kind of check that needs a right of its own. */
  stack(): string {
    const password = (key: string) => ({ secret: secretName, key });
    return JSON.stringify({
      version: 1,
      name: this.namespace,
      namespaces: [this.namespace],
      argocd: { namespace: this.argocd },
      secrets: [{ name: secretName, keys: Object.fromEntries(Object.keys(values).map((key) => [key, {}])) }],
      components: [
        {
          name: 'db',
          workload: 'Deployment/db',
          checks: [{ kind: 'postgres-login', user: { value: 'postgres' }, password: password('db-password') }],
        },
        {
          name: 'grafana',
          workload: 'Deployment/grafana',
          checks: [
            { kind: 'http', service: 'grafana', port: 3000, path: '/api/health' },
            {
              kind: 'http',
              service: 'grafana',
              port: 3000,
              path: '/api/org',
              basicAuth: { user: { value: 'admin' }, password: password('admin-password') },
            },
            { kind: 'endpoints', service: 'grafana' },
          ],
        },
        { name: 'worker', workload: 'Deployment/worker' },
      ],
    });
  }

  /** The same with what is held up as components, which verify then has to explain. */
  troubledStack(): string {
    const { components, ...stack } = JSON.parse(this.stack()) as { components: object[] };
    const held = heldUp.map((name) => ({ name, workload: `Deployment/${name}` }));
    return JSON.stringify({ ...stack, components: [...components, ...held] });
  }

  backup(): string {
    return Object.entries(values)
      .map(([key, value]) => `${key.toUpperCase().replaceAll('-', '_')}='${value}'`)
      .join('\n');
  }

  async deploy(): Promise<void> {
    await this.#create('/api/v1/namespaces', { metadata: { name: this.argocd } });
    await this.#must('PATCH', `/api/v1/namespaces/${this.namespace}`, {
      metadata: { labels: { 'c2l.dev/dr-drill': 'allowed' } },
    });
    await this.writeSecret(values);
    await this.#service('grafana', 3000);
    await this.#deployment('db', {
      image: postgresImage,
      command: undefined,
      ports: [{ containerPort: 5432 }],
      env: [secretEnv('POSTGRES_PASSWORD', secretName, 'db-password')],
      readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
    });
    await this.#deployment('grafana', {
      image: 'grafana/grafana:11.3.0',
      command: undefined,
      ports: [{ containerPort: 3000 }],
      env: [secretEnv('GF_SECURITY_ADMIN_PASSWORD', secretName, 'admin-password')],
      readinessProbe: { httpGet: { path: '/api/health', port: 3000 }, periodSeconds: 1 },
    });
    await this.#deployment('worker', { env: [secretEnv('SESSION_KEY', secretName, 'session-key')] });
    await this.#create(`/apis/apps/v1/namespaces/${this.argocd}/statefulsets`, {
      metadata: { name: 'argocd-application-controller' },
      spec: {
        serviceName: 'argocd',
        replicas: 0,
        selector: { matchLabels: { app: 'argocd' } },
        template: { metadata: { labels: { app: 'argocd' } }, spec: { containers: [container('main')] } },
      },
    });
    await this.ready('db', 'grafana', 'worker');
  }

  /** Pods that are held up by each thing that an audit looks at closer, and stores that it then asks for. */
  async deployTrouble(): Promise<void> {
    if (!this.#isTroubled) await this.#createTrouble();
    this.#isTroubled = true;
    for (const [what, isSeen] of troubleSigns) {
      await this.#world.eventually(
        `a pod shows ${what}`,
        async () => {
          const { body } = await this.#world.send('GET', 'pods');
          return isSeen(body['items'] as KubeObject[]) ? true : undefined;
        },
        troubleMs,
      );
    }
  }

  async #createTrouble(): Promise<void> {
    await this.#deployment('lacks-configmap', { envFrom: [{ configMapRef: { name: 'nowhere' } }] });
    await this.#deployment('ends', { command: ['sh', '-c', 'echo no license found; exit 1'] });
    await this.#create('persistentvolumeclaims', {
      metadata: { name: 'unbound' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'nobody-provides-it',
        resources: { requests: { storage: '1Gi' } },
      },
    });
    await this.#deployment(
      'lacks-volume',
      { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'unbound' } }] },
    );
    await this.#deployment('not-let-in', {}, { readinessGates: [{ conditionType: 'example.test/let-in' }] });
    for (const kind of ['SecretStore', 'ClusterSecretStore']) {
      await this.#create(`/apis/external-secrets.io/v1/namespaces/${this.namespace}/externalsecrets`, {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: kind.toLowerCase() },
        spec: {
          refreshInterval: '1h',
          secretStoreRef: { name: 'nowhere', kind },
          target: { name: `${kind.toLowerCase()}-target` },
          data: [{ secretKey: 'key', remoteRef: { key: 'key' } }],
        },
      });
    }
  }

  /** What the Secret is to hold, as if it had always been so. */
  async writeSecret(
    data: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.#world.send('DELETE', `secrets/${secretName}`);
    const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
    await this.#create('secrets', { metadata: { name: secretName, annotations }, data: encoded });
  }

  /** Gives a key another value in a later second than the one in which a workload began. */
  async outdate(workload: string, data: Readonly<Record<string, string>>, key: string): Promise<void> {
    const annotations = { 'c2l.dev/key-changed-at': JSON.stringify({ [key]: 'creationTimestamp' }) };
    await this.#world.eventually('the Secret is younger than what uses it', async () => {
      await this.writeSecret(data, annotations);
      const { body: secret } = await this.#world.send('GET', `secrets/${secretName}`);
      const { body: pods } = await this.#world.send('GET', `pods?labelSelector=app%3D${workload}`);
      const items = pods['items'] as { metadata: { deletionTimestamp?: string }; status?: object }[];
      const text = JSON.stringify(items.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
      const started = [...text.matchAll(/"startedAt":"([^"]+)"/g)].map(([, at = '']) => at);
      const { creationTimestamp = '' } = secret.metadata;
      return started.length > 0 && started.every((at) => at < creationTimestamp) ? true : undefined;
    });
  }

  /** Its pod is another one, which the Secret as it is now holds up. */
  async beginAnew(workload: string): Promise<void> {
    const path = `pods?labelSelector=app%3D${workload}`;
    type Held = { metadata: { uid: string } };
    const pods = async () => (await this.#world.send('GET', path)).body['items'] as Held[];
    const before = (await pods()).map(({ metadata }) => metadata.uid);
    await this.#world.send('DELETE', path);
    await this.#world.eventually('another pod takes its place, and is held up', async () => {
      const all = await pods();
      const isOther = all.length > 0 && all.every(({ metadata }) => !before.includes(metadata.uid));
      return isOther && JSON.stringify(all).includes('CreateContainerConfigError') ? true : undefined;
    });
  }

  async deleteSecret(): Promise<void> {
    await this.#world.send('DELETE', `secrets/${secretName}`);
  }

  /** As c2l keeps one before it writes. */
  async keepRevision(data: Readonly<Record<string, string>>): Promise<void> {
    this.#kept += 1;
    const keptAt = new Date(Date.UTC(2026, 0, this.#kept)).toISOString();
    await this.#create('secrets', {
      metadata: {
        name: `${secretName}.c2l-${keptAt.replaceAll(/[-:.]/g, '').toLowerCase()}`,
        labels: { 'c2l.dev/revision-of': secretName },
        annotations: { 'c2l.dev/secret-name': secretName, 'c2l.dev/kept-at': keptAt },
      },
      type: 'c2l.dev/revision',
      immutable: true,
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
    });
  }

  async removeRevisions(): Promise<void> {
    const { body } = await this.#world.send('GET', 'secrets?fieldSelector=type%3Dc2l.dev%2Frevision');
    for (const { metadata } of body['items'] as { metadata: { name: string } }[]) {
      await this.#world.send('DELETE', `secrets/${metadata.name}`);
    }
  }

  /** Everything that a command could have changed, to be compared. */
  async written(): Promise<string[]> {
    const paths = [
      'secrets',
      'pods',
      `/apis/apps/v1/namespaces/${this.namespace}/deployments`,
      `/api/v1/namespaces/${this.journal}/secrets`,
    ];
    const seen: string[] = [];
    for (const path of paths) {
      const { body } = await this.#world.send('GET', path);
      for (const { metadata } of (body['items'] ?? []) as { metadata: Record<string, unknown> }[]) {
        const isSecret = path.endsWith('secrets');
        const { name, uid, generation, resourceVersion } = metadata;
        seen.push([path, name, uid, isSecret ? resourceVersion : generation].join(' '));
      }
    }
    return [...seen, ...(await this.owners.written())].sort();
  }

  async remove(): Promise<void> {
    for (const name of [this.argocd, this.journal]) await this.#world.send('DELETE', `/api/v1/namespaces/${name}`);
  }

  async ready(...names: string[]): Promise<void> {
    for (const name of names) {
      await this.#world.eventually(`${name} is ready`, async () => {
        const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments/${name}`;
        const { body } = await this.#world.send('GET', path);
        const status = body['status'] as { readyReplicas?: number; observedGeneration?: number } | undefined;
        return status?.readyReplicas === 1 ? true : undefined;
      });
    }
  }

  async #service(name: string, port: number): Promise<void> {
    await this.#create('services', { metadata: { name }, spec: { selector: { app: name }, ports: [{ port }] } });
  }

  async #deployment(name: string, fields: object, podSpec: object = {}): Promise<void> {
    const labels = { app: name };
    const pod = { terminationGracePeriodSeconds: 0, containers: [container('main', fields)], ...podSpec };
    await this.#create(`/apis/apps/v1/namespaces/${this.namespace}/deployments`, {
      metadata: { name },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    });
  }

  async #create(path: string, object: object): Promise<void> {
    await this.#must('POST', path, object);
  }

  async #must(method: string, path: string, object: object): Promise<void> {
    const { status, text } = await this.#world.send(method, path, object, method === 'PATCH' ? mergePatch : undefined);
    expect({ path, status, text: status > 201 ? text : '' }).toEqual({ path, status, text: '' });
  }
}
