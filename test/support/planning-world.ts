import type { ContainerStatus, Pod, PodSpec } from '../../src/core/cluster/kubernetes-pod.ts';
import type { Deployment, ReplicaSet, StatefulSet } from '../../src/core/cluster/kubernetes.ts';
import type { Secret } from '../../src/core/cluster/secret.ts';
import type { Listing, Snapshot } from '../../src/core/cluster/snapshot.ts';
import { SecretValue } from '../../src/core/secrets/secret-value.ts';

export const namespace = 'shop';

/** A value changed at `change`: what began before holds the old one. */
export const before = '2026-01-01T00:00:10Z';
export const change = '2026-01-01T00:00:20Z';
export const after = '2026-01-01T00:00:30Z';
export const token: Needs = { env: [['app', 'token']] };

/** A value of the given length that is nobody's secret. */
export function text(length: number): string {
  return 'v'.repeat(length);
}

export function listing<T>(items: readonly T[]): Listing<T> {
  return { items, gaps: [] };
}

export function emptySnapshot(namespace: string): Snapshot {
  const empty = listing<never>([]);
  return {
    takenAt: '2026-01-01T00:00:00.000Z',
    namespaces: [namespace],
    missingNamespaces: [],
    secrets: empty,
    pods: empty,
    deployments: empty,
    statefulSets: empty,
    daemonSets: empty,
    replicaSets: empty,
    jobs: empty,
    cronJobs: empty,
    services: empty,
    serviceAccounts: empty,
    ingresses: empty,
    events: empty,
    writers: { externalSecrets: empty, secretStores: empty, clusterSecretStores: empty, sealedSecrets: empty },
    argocd: {
      installed: false,
      namespace: 'argocd',
      applications: empty,
      deployments: empty,
      statefulSets: empty,
    },
  };
}

export function secret(
  namespace: string,
  name: string,
  values: Readonly<Record<string, string>>,
  changedAt: Readonly<Record<string, string>> = {},
): Secret {
  return {
    metadata: { name, namespace, resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' },
    type: 'Opaque',
    immutable: false,
    data: new Map(Object.entries(values).map(([key, value]) => [key, SecretValue.fromText(value)])),
    keyChangedAt: new Map(Object.entries(changedAt)),
    keyAddedAt: new Map(),
    keyDoubtedAt: new Map(),
    exposedKeys: [],
    otherOwners: [],
    writers: [],
  };
}

/** What the one container of a pod takes: pairs of Secret and key. */
export interface Needs {
  readonly env?: readonly (readonly [secret: string, key: string])[];
  /** Like `env`, marked optional. */
  readonly optionalEnv?: readonly (readonly [secret: string, key: string])[];
  readonly envFrom?: readonly string[];
  readonly subPath?: string;
  readonly volume?: string;
  readonly pull?: readonly string[];
}

export function podSpec({ env = [], optionalEnv = [], envFrom = [], subPath, volume, pull = [] }: Needs): PodSpec {
  const mounted = subPath ?? volume;
  return {
    containers: [
      {
        name: 'main',
        env: [
          ...env.map(([name, key]) => ({ name: `VALUE_${key}`, valueFrom: { secretKeyRef: { name, key } } })),
          ...optionalEnv.map(([name, key]) => ({
            name: `OPTIONAL_${key}`,
            valueFrom: { secretKeyRef: { name, key, optional: true } },
          })),
        ],
        envFrom: envFrom.map((name) => ({ secretRef: { name } })),
        volumeMounts:
          mounted === undefined
            ? []
            : [{ name: 'files', mountPath: '/files', ...(subPath === undefined ? {} : { subPath: 'key' }) }],
      },
    ],
    volumes: mounted === undefined ? [] : [{ name: 'files', secret: { secretName: mounted } }],
    imagePullSecrets: pull.map((name) => ({ name })),
  };
}

export function deployment(namespace: string, name: string, needs: Needs, ready = 0): Deployment {
  return {
    metadata: { name, namespace, uid: `${name}-uid`, generation: 1 },
    spec: { replicas: 1, template: { metadata: { labels: { app: name } }, spec: podSpec(needs) } },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready },
  };
}

export function replicaSet(namespace: string, deploymentName: string): ReplicaSet {
  return {
    metadata: {
      name: `${deploymentName}-rs`,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deploymentName,
          uid: `${deploymentName}-uid`,
          controller: true,
        },
      ],
    },
  };
}

export function statefulSet(namespace: string, name: string, needs: Needs, updateRevision = 'r1'): StatefulSet {
  return {
    metadata: { name, namespace, uid: `${name}-uid`, generation: 1 },
    spec: { replicas: 1, template: { metadata: { labels: { app: name } }, spec: podSpec(needs) } },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 0, currentRevision: 'r1', updateRevision },
  };
}

/** Where the one container of a pod stands. */
export type Standing =
  { readonly waiting: string; readonly message?: string } | { readonly running: string; readonly isUnready?: true };

export interface PodParts {
  readonly namespace: string;
  readonly name: string;
  readonly needs: Needs;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly standing: Standing;
  readonly createdAt?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export function pod({ namespace, name, needs, owner, standing, createdAt, labels = {} }: PodParts): Pod {
  const isRunning = 'running' in standing;
  const status: ContainerStatus = {
    name: 'main',
    ready: isRunning && standing.isUnready !== true,
    state: isRunning
      ? { running: { startedAt: standing.running } }
      : {
          waiting: {
            reason: standing.waiting,
            ...(standing.message === undefined ? {} : { message: standing.message }),
          },
        },
  };
  return {
    metadata: {
      name,
      namespace,
      uid: `${name}-uid`,
      labels,
      creationTimestamp: createdAt ?? '2026-01-01T00:00:00Z',
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: `${owner.name}-uid`, controller: true }] }),
    },
    spec: podSpec(needs),
    status: {
      phase: isRunning ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: status.ready ? 'True' : 'False' }],
      containerStatuses: [status],
    },
  };
}
