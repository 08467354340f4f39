import type { NewObject } from '../../../src/sandbox/store/stored-object.ts';

/** A cluster of a given number of pods, as a benchmark's words describe it; the same number gives the same cluster. */
export interface GeneratedCluster {
  readonly namespaces: readonly NewObject[];
  readonly secrets: readonly NewObject[];
  readonly deployments: readonly NewObject[];
  readonly pods: readonly NewObject[];
  /** `namespace/secret/key` of every key that a pod wants and no Secret has. */
  readonly missing: readonly string[];
}

const namespaceCount = 25;
const secretCount = 1000;
const keyCount = 20;
const deploymentCount = 1000;
const containerCount = 2;
const referenceCount = 8;
/** By which namespaces of a benchmark are known on a cluster that holds others too. */
export const benchmarkLabel = 'c2l.dev/benchmark';
/** Every pod of this number wants a key that is missing. */
const brokenEvery = 50;

interface Reference {
  readonly secret: string;
  readonly key: string;
}

function two(index: number): string {
  return String(index).padStart(2, '0');
}

function namespaceName(index: number): string {
  return `c2l-bench-${two(index % namespaceCount)}`;
}

/** A different slice of the namespace's Secrets and keys for each consumer. */
function references(consumer: number, container: number, missing?: string): Reference[] {
  return Array.from({ length: referenceCount }, (_, index) => {
    const turn = consumer * containerCount * referenceCount + container * referenceCount + index;
    const secret = `secret-${two(turn % (secretCount / namespaceCount))}`;
    const isMissing = missing !== undefined && container === 1 && index === 5;
    return { secret, key: isMissing ? missing : `key-${two((turn * 7) % keyCount)}` };
  });
}

function podSpec(consumer: number, missing?: string): object {
  const containers = Array.from({ length: containerCount }, (_, container) => ({
    name: container === 0 ? 'app' : 'worker',
    image: 'registry.example/team/service:1.27.3',
    env: references(consumer, container, missing).map(({ secret, key }, index) => ({
      name: `SETTING_${String(index)}`,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    resources: { requests: { cpu: '1m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    ports: [{ containerPort: 8080 + container, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 + container }, periodSeconds: 10 },
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  }));
  return { containers, automountServiceAccountToken: false, restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' };
}

function labels(name: string): Record<string, string> {
  return { app: name, 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'generated' };
}

function deployment(index: number): NewObject {
  const name = `deployment-${String(index)}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: namespaceName(index), labels: labels(name) },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: labels(name) }, spec: podSpec(index) },
    },
  };
}

function secret(index: number): NewObject {
  const value = (key: number): string =>
    Buffer.from(`generated value ${String(index)} of ${String(key)}`).toString('base64');
  const data = Array.from({ length: keyCount }, (_, key) => [`key-${two(key)}`, value(key)] as const);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `secret-${two(Math.floor(index / namespaceCount))}`,
      namespace: namespaceName(index),
      labels: labels(`secret-${String(index)}`),
    },
    type: 'Opaque',
    data: Object.fromEntries(data),
  };
}

function pod(index: number, missing?: string): NewObject {
  const name = `service-${String(index)}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespaceName(index), labels: labels(name) },
    // No scheduler takes it, so that no kubelet has to carry it.
    spec: { ...podSpec(index, missing), schedulingGates: [{ name: benchmarkLabel }] },
  };
}

function missingKey(index: number): string | undefined {
  return index % brokenEvery === 0 ? `absent-${String(index)}` : undefined;
}

export function generatedCluster(podCount: number): GeneratedCluster {
  const indices = Array.from({ length: podCount }, (_, index) => index);
  return {
    namespaces: Array.from({ length: namespaceCount }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespaceName(index), labels: { [benchmarkLabel]: 'size' } },
    })),
    secrets: Array.from({ length: secretCount }, (_, index) => secret(index)),
    deployments: Array.from({ length: deploymentCount }, (_, index) => deployment(index)),
    pods: indices.map((index) => pod(index, missingKey(index))),
    missing: indices.flatMap((index) => {
      const key = missingKey(index);
      const place = key === undefined ? undefined : references(index, 1, key)[5];
      return place === undefined ? [] : [`${namespaceName(index)}/${place.secret}/${place.key}`];
    }),
  };
}
