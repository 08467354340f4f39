import type { NewObject } from '../store/stored-object.ts';

export const argocdNamespace = 'argocd';

/** Which workloads of the stack each Application deploys, in the order of their sync waves. */
const applications: Readonly<Record<string, readonly string[]>> = {
  postgres: ['postgres-auth', 'postgres', 'redis-tunnel-state'],
  'api-backend': ['api-backend'],
  'web-frontend': ['web'],
  monitoring: ['grafana', 'prometheus', 'alertmanager'],
};

/** What Argo CD itself consists of, so far as it matters whether it works. */
export function argocdInstallation(): NewObject[] {
  const argocd = 'quay.io/argoproj/argocd:v3.2.11';
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: argocdNamespace } },
    ownSecret(),
    workload('StatefulSet', 'argocd-application-controller', { image: argocd, port: 8082 }),
    workload('Deployment', 'argocd-repo-server', { image: argocd, port: 8081 }),
    workload('Deployment', 'argocd-redis', { image: 'redis:7-alpine', port: 6379 }),
    workload('Deployment', 'argocd-server', { image: argocd, port: 8080 }),
  ];
}

/** As argocd-server leaves it after its first start. */
function ownSecret(): NewObject {
  const values = { 'server.secretkey': 'signs nothing in the sandbox', 'admin.password': 'opens nothing here' };
  const data = Object.entries(values).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'argocd-secret',
      namespace: argocdNamespace,
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
    type: 'Opaque',
    data: Object.fromEntries(data),
  };
}

function workload(
  kind: 'Deployment' | 'StatefulSet',
  name: string,
  { image, port }: { image: string; port: number },
): NewObject {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' };
  const container = {
    name: name.replace('argocd-', ''),
    image,
    ports: [{ containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 10 },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: argocdNamespace, labels },
    spec: {
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

function applicationOf({ kind, metadata }: NewObject): string | undefined {
  const isDeployed = ['Deployment', 'StatefulSet', 'Service'].includes(kind);
  const found = Object.entries(applications).find(([, names]) => names.includes(metadata.name ?? ''));
  return isDeployed ? found?.[0] : undefined;
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The object as Argo CD applies it: with the mark that says which Application it belongs to. */
export function tracked(object: NewObject): NewObject {
  const application = applicationOf(object);
  if (application === undefined) {
    return object;
  }
  const { kind, metadata, apiVersion } = object;
  const id = `${application}:${groupOf(apiVersion)}/${kind}:${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  const annotations = { ...metadata.annotations, 'argocd.argoproj.io/tracking-id': id };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** The Applications that deploy these objects, as they are before Argo CD has looked at their health. */
export function applicationsFor(objects: readonly NewObject[], namespace: string): NewObject[] {
  return Object.keys(applications).map((name) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: argocdNamespace },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.test/cloudtolocalllm.git', path: `k8s/${name}`, targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    status: {
      sync: { status: 'Synced' },
      resourceHealthSource: 'appTree',
      resources: objects
        .filter((object) => applicationOf(object) === name)
        .map(({ kind, apiVersion, metadata }) => ({
          ...(groupOf(apiVersion) !== '' && { group: groupOf(apiVersion) }),
          version: apiVersion.split('/').at(-1),
          kind,
          namespace: metadata.namespace,
          name: metadata.name,
          status: 'Synced',
        })),
    },
  }));
}
