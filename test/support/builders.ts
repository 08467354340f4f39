import type { ObjectMeta, OwnerReference } from '../../src/core/cluster/kubernetes-metadata.ts';
import type { Container, EnvVar, Pod, PodSpec, Volume } from '../../src/core/cluster/kubernetes-pod.ts';
import type { Listed } from '../../src/core/cluster/kubernetes.ts';
import type { Secret } from '../../src/core/cluster/secret.ts';
import type { Gap, Listing, Snapshot } from '../../src/core/cluster/snapshot.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';
import { stackSchema } from '../../src/core/stack/stack-schema.ts';
import type { Stack } from '../../src/core/stack/stack.ts';
import { readyStatus } from './pod-statuses.ts';

export const namespace = 'shop';

/** A part of a cluster; `snapshotOf` joins parts. */
export interface Parts {
  readonly secrets?: readonly Secret[];
  readonly pods?: readonly Pod[];
  readonly deployments?: readonly Listed['deployments'][];
  readonly statefulSets?: readonly Listed['statefulsets'][];
  readonly daemonSets?: readonly Listed['daemonsets'][];
  readonly replicaSets?: readonly Listed['replicasets'][];
  readonly jobs?: readonly Listed['jobs'][];
  readonly cronJobs?: readonly Listed['cronjobs'][];
  readonly services?: readonly Listed['services'][];
  readonly serviceAccounts?: readonly Listed['serviceaccounts'][];
  readonly ingresses?: readonly Listed['ingresses'][];
  readonly events?: readonly Listed['events'][];
  readonly externalSecrets?: readonly Listed['externalsecrets'][];
  readonly secretStores?: readonly Listed['secretstores'][];
  readonly clusterSecretStores?: readonly Listed['clustersecretstores'][];
  readonly sealedSecrets?: readonly Listed['sealedsecrets'][];
  readonly applications?: readonly Listed['applications'][];
  readonly argocdDeployments?: readonly Listed['deployments'][];
  readonly argocdStatefulSets?: readonly Listed['statefulsets'][];
  /** Of the namespace that Argo CD runs in, looked at by whoever names them. */
  readonly argocdSecrets?: { readonly items?: readonly Secret[]; readonly lacksOwn?: boolean };
  readonly gaps?: readonly Gap[];
  readonly missingNamespaces?: readonly string[];
}

/** Joins parts into a snapshot. Two objects of one kind and name are a mistake of the test. */
export function snapshotOf(...parts: readonly Parts[]): Snapshot {
  const gaps = parts.flatMap((part) => part.gaps ?? []);
  const argocdSecrets = parts.find((part) => part.argocdSecrets)?.argocdSecrets;
  const missingNamespaces = parts.flatMap((part) => part.missingNamespaces ?? []);
  const list = <T extends { readonly metadata: ObjectMeta }>(
    resource: string,
    pick: (part: Parts) => readonly T[] | undefined,
    isArgoCd = false,
  ): Listing<T> => {
    const items = parts.flatMap((part) => pick(part) ?? []);
    refuseDuplicates(resource, items);
    return {
      items,
      gaps: gaps.filter((gap) => gap.resource === resource && (gap.namespace === 'argocd') === isArgoCd),
    };
  };
  return {
    takenAt: '2026-01-02T03:04:05.000Z',
    namespaces: [namespace],
    missingNamespaces,
    secrets: list('secrets', (part) => part.secrets),
    pods: list('pods', (part) => part.pods),
    deployments: list('deployments', (part) => part.deployments),
    statefulSets: list('statefulsets', (part) => part.statefulSets),
    daemonSets: list('daemonsets', (part) => part.daemonSets),
    replicaSets: list('replicasets', (part) => part.replicaSets),
    jobs: list('jobs', (part) => part.jobs),
    cronJobs: list('cronjobs', (part) => part.cronJobs),
    services: list('services', (part) => part.services),
    serviceAccounts: list('serviceaccounts', (part) => part.serviceAccounts),
    ingresses: list('ingresses', (part) => part.ingresses),
    events: list('events', (part) => part.events),
    writers: {
      externalSecrets: list('externalsecrets', (part) => part.externalSecrets),
      secretStores: list('secretstores', (part) => part.secretStores),
      clusterSecretStores: list('clustersecretstores', (part) => part.clusterSecretStores),
      sealedSecrets: list('sealedsecrets', (part) => part.sealedSecrets),
    },
    argocd: {
      installed: parts.some((part) => part.applications ?? part.argocdDeployments ?? part.argocdStatefulSets),
      namespace: 'argocd',
      applications: list('applications', (part) => part.applications, true),
      deployments: list('deployments', (part) => part.argocdDeployments, true),
      statefulSets: list('statefulsets', (part) => part.argocdStatefulSets, true),
      ...(argocdSecrets && {
        secrets: { items: [], lacksOwn: false, ...argocdSecrets, gaps: gaps.filter(isArgoCdSecretGap) },
      }),
    },
  };
}

function isArgoCdSecretGap({ resource, namespace: place }: Gap): boolean {
  return resource === 'secrets' && place === 'argocd';
}

function refuseDuplicates(resource: string, items: readonly { readonly metadata: ObjectMeta }[]): void {
  const seen = new Set<string>();
  for (const { metadata } of items) {
    const id = `${resource} ${metadata.namespace ?? ''}/${metadata.name}`;
    if (seen.has(id)) throw new Error(`the test builds ${id} twice`);
    seen.add(id);
  }
}

export function gap(resource: string, place = namespace): Gap {
  return { resource, namespace: place, cause: 'forbidden', reason: `listing ${resource} is forbidden` };
}

/** Values are made from the key, long enough for every rule of the tests. */
export function secret(name: string, keys: readonly string[], extra: Partial<Secret> = {}): Parts {
  return secretWith(name, Object.fromEntries(keys.map((key) => [key, valueOf(key)])), extra);
}

export function valueOf(key: string): string {
  return `canary-of-${key}-`.padEnd(48, 'x');
}

export function secretWith(name: string, data: Readonly<Record<string, string>>, extra: Partial<Secret> = {}): Parts {
  const built: Secret = {
    metadata: { name, namespace },
    type: 'Opaque',
    immutable: false,
    data: new Map(Object.entries(data).map(([key, value]) => [key, SecretValue.fromText(value)])),
    keyChangedAt: new Map(),
    keyDoubtedAt: new Map(),
    keyAddedAt: new Map(),
    exposedKeys: [],
    otherOwners: [],
    writers: [],
    ...extra,
  };
  return { secrets: [built] };
}

/** With credentials for these registries. */
export function pullSecretFor(name: string, ...entries: readonly string[]): Parts {
  const pullCredentials = { state: 'readable', entries } as const;
  return secret(name, ['.dockerconfigjson'], { type: 'kubernetes.io/dockerconfigjson', pullCredentials });
}

/** The snapshot without one key of a Secret. */
export function withoutKey(snapshot: Snapshot, secretName: string, key: string): Snapshot {
  const items = snapshot.secrets.items.map((item) =>
    item.metadata.name === secretName
      ? { ...item, data: new Map([...item.data].filter(([other]) => other !== key)) }
      : item,
  );
  return { ...snapshot, secrets: { ...snapshot.secrets, items } };
}

export function keyEnv(secretName: string, key: string, optional?: boolean): EnvVar {
  const secretKeyRef = { name: secretName, key, ...(optional === undefined ? {} : { optional }) };
  return { name: key.toUpperCase().replaceAll('-', '_'), valueFrom: { secretKeyRef } };
}

export function container(name: string, extra: Partial<Container> = {}): Container {
  return { name, image: 'busybox:1.36', ...extra };
}

/** A pod spec whose one container mounts every volume. */
export function mounting(...volumes: readonly Volume[]): PodSpec {
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  return { containers: [container('mounting', { volumeMounts })], volumes };
}

export interface WorkloadOptions {
  readonly spec?: Partial<PodSpec>;
  readonly replicas?: number;
  /** What its pods say of themselves; ready where it is left out, no pods at all where it is `none`. */
  readonly pods?: 'none' | Pod['status'];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Built {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: PodSpec;
  };
  readonly replicas: number;
  readonly ready: number;
}

function build(kind: string, name: string, options: WorkloadOptions): Built {
  const spec: PodSpec = { containers: [container(name)], ...options.spec };
  const { replicas = 1 } = options;
  const { labels = {}, annotations = {} } = options;
  return {
    metadata: { name, namespace, uid: `${kind}-${name}`, generation: 1, labels, annotations },
    spec,
    template: { metadata: { labels: { app: name } }, spec },
    replicas,
    ready: options.pods === undefined ? replicas : 0,
  };
}

export function owner(kind: string, name: string): OwnerReference {
  return { apiVersion: 'apps/v1', kind, name, uid: `${kind}-${name}`, controller: true };
}

export function deployment(name: string, options: WorkloadOptions = {}): Parts {
  const { metadata, template, replicas, ready, spec } = build('Deployment', name, options);
  const replicaSet = {
    metadata: { name: `${name}-5c6d`, namespace, ownerReferences: [owner('Deployment', name)] },
  };
  const status = { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: ready };
  return {
    deployments: [{ metadata, spec: { replicas, template }, status: { ...status, availableReplicas: ready } }],
    replicaSets: [replicaSet],
    pods: podsOf(options, replicas, (index) => ({
      name: `${name}-5c6d-${index}`,
      by: owner('ReplicaSet', `${name}-5c6d`),
      spec,
      labels: { app: name, 'pod-template-hash': '5c6d' },
    })),
  };
}

export function statefulSet(name: string, options: WorkloadOptions = {}): Parts {
  const { metadata, template, replicas, ready, spec } = build('StatefulSet', name, options);
  const revisions = { currentRevision: `${name}-1`, updateRevision: `${name}-1` };
  const status = { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: ready, ...revisions };
  return {
    statefulSets: [{ metadata, spec: { replicas, template }, status }],
    pods: podsOf(options, replicas, (index) => ({
      name: `${name}-${index}`,
      by: owner('StatefulSet', name),
      spec,
      labels: { app: name, 'controller-revision-hash': `${name}-1` },
    })),
  };
}

export function daemonSet(name: string, options: WorkloadOptions = {}): Parts {
  const { metadata, template, replicas, ready, spec } = build('DaemonSet', name, options);
  const counts = { desiredNumberScheduled: replicas, updatedNumberScheduled: replicas };
  return {
    daemonSets: [
      {
        metadata,
        spec: { template },
        status: { observedGeneration: 1, ...counts, numberReady: ready, numberAvailable: ready },
      },
    ],
    pods: podsOf(options, replicas, (index) => ({
      name: `${name}-${index}`,
      by: owner('DaemonSet', name),
      spec,
      labels: { app: name },
    })),
  };
}

export function job(name: string, options: WorkloadOptions & { readonly finished?: boolean } = {}): Parts {
  const { metadata, template, replicas, spec } = build('Job', name, options);
  const conditions = options.finished === true ? [{ type: 'Complete', status: 'True' }] : [];
  return {
    jobs: [{ metadata, spec: { template, suspend: replicas === 0 }, status: { conditions } }],
    pods: podsOf(options, replicas, (index) => ({
      name: `${name}-${index}`,
      by: owner('Job', name),
      spec,
      labels: {},
    })),
  };
}

export function cronJob(name: string, options: WorkloadOptions = {}): Parts {
  const { metadata, template } = build('CronJob', name, options);
  return { cronJobs: [{ metadata, spec: { suspend: false, jobTemplate: { spec: { template } } } }] };
}

interface PodParts {
  readonly name: string;
  readonly by: OwnerReference;
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

function podsOf(options: WorkloadOptions, replicas: number, parts: (index: number) => PodParts): Pod[] {
  if (options.pods === 'none') return [];
  return Array.from({ length: replicas }, (_, index) => {
    const { name, by, spec, labels } = parts(index);
    const metadata = { name, namespace, uid: `pod-${name}`, labels, ownerReferences: [by] };
    return { metadata, spec, status: options.pods === 'none' ? {} : (options.pods ?? readyStatus(spec)) };
  });
}

/** A pod without a controller. */
export function barePod(name: string, spec: Partial<PodSpec> = {}, status?: Pod['status']): Parts {
  const complete: PodSpec = { containers: [container(name)], ...spec };
  const metadata = { name, namespace, uid: `pod-${name}` };
  return { pods: [{ metadata, spec: complete, status: status ?? readyStatus(complete) }] };
}

export function service(name: string, selector: Readonly<Record<string, string>> = { app: name }): Parts {
  return { services: [{ metadata: { name, namespace }, spec: { selector, ports: [{ port: 80 }] } }] };
}

export function stackOf(stack: {
  readonly secrets?: unknown;
  readonly components?: unknown;
  readonly argocd?: unknown;
}): Stack {
  return stackSchema.parse({ version: 1, name: 'shop', namespaces: [namespace], ...stack });
}
