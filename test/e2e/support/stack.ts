import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, TestCluster } from './cluster.ts';
import { keptKeys } from './values.ts';
import { bindEmptyVolumes, claimsOf, freeVolumes } from './volumes.ts';
import { until } from './wait.ts';

export const namespace = 'cloudtolocalllm';
export const secretName = 'cloudtolocalllm-secrets';
const ours = { 'app.kubernetes.io/managed-by': 'c2l-e2e' };
const collections: Readonly<Record<string, string>> = {
  ConfigMap: 'api/v1/namespaces/NS/configmaps',
  Secret: 'api/v1/namespaces/NS/secrets',
  Service: 'api/v1/namespaces/NS/services',
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
  StatefulSet: 'apis/apps/v1/namespaces/NS/statefulsets',
};

/** Where objects of a kind live, by default in the stack's namespace. */
export function collection(kind: string, place = namespace): string {
  const path = collections[kind];
  if (path === undefined) throw new Error(`the manifests hold a ${kind}, which the suite cannot deploy`);
  return `/${path.replace('NS', place)}`;
}

/** The published manifests but for the namespace itself. */
export function manifests(): KubeObject[] {
  const folder = new URL('../../../manifests/cloudtolocalllm/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')))
    .map((document) => document.toJS() as KubeObject)
    .filter(({ kind }) => kind !== 'Namespace');
}

export function secret(name: string, type: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, stringData };
}

/** Removes the stack and makes its volumes usable again. Refuses a namespace that this suite did not make. */
export async function removeStack(cluster: TestCluster): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const found = await cluster.get(path);
  if (found !== undefined) {
    if (found.metadata.labels?.['app.kubernetes.io/managed-by'] !== ours['app.kubernetes.io/managed-by']) {
      throw new Error(`namespace ${namespace} was not made by this suite: remove it by hand if it may be deleted`);
    }
    await cluster.remove(path);
    await until('namespace deleted', async () => ((await cluster.get(path)) ? undefined : true), { within: 120_000 });
  }
  await freeVolumes(cluster, namespace);
}

/** Everything but `postgres`, with a Secret that holds only the keys that the outage left, and one that nobody reads. */
export async function deployIncident(cluster: TestCluster, values: Readonly<Record<string, string>>): Promise<void> {
  await removeStack(cluster);
  await cluster.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: ours },
  });
  const objects = manifests();
  await bindEmptyVolumes(cluster, namespace, objects.flatMap(claimsOf));
  const kept = Object.fromEntries(keptKeys.map((key) => [key, values[key]!]));
  const auths = JSON.stringify({ auths: {} });
  await cluster.create(collection('Secret'), secret(secretName, 'Opaque', { ...kept, unused: 'nobody' }));
  await cluster.create(
    collection('Secret'),
    secret('regcred', 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': auths }),
  );
  for (const object of objects) {
    if (object.metadata.name !== 'postgres') await cluster.create(collection(object.kind!), object);
  }
}

/** What Argo CD's next wave would bring. */
export async function deployPostgres(cluster: TestCluster): Promise<void> {
  for (const object of manifests()) {
    if (object.metadata.name === 'postgres') await cluster.create(collection(object.kind!), object);
  }
}

export async function pods(cluster: TestCluster): Promise<KubeObject[]> {
  return cluster.list(`/api/v1/namespaces/${namespace}/pods`);
}

/** The one live pod of a component. */
export async function pod(cluster: TestCluster, app: string): Promise<KubeObject | undefined> {
  const all = await cluster.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`);
  return all.find(({ metadata }) => metadata.deletionTimestamp === undefined);
}
