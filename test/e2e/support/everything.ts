import type { KubeObject, TestCluster } from './cluster.ts';
import { namespace, pods } from './stack.ts';

interface ApiResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

async function groupVersions(cluster: TestCluster): Promise<string[]> {
  const { text } = await cluster.send('GET', '/apis');
  const { groups } = JSON.parse(text) as { groups: { preferredVersion: { groupVersion: string } }[] };
  return ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
}

async function collections(cluster: TestCluster, base: string): Promise<string[]> {
  const { status, text } = await cluster.send('GET', base);
  if (status !== 200) return [];
  return (JSON.parse(text) as { resources: ApiResource[] }).resources
    .filter(({ namespaced, verbs, name }) => namespaced && verbs.includes('list') && !name.includes('/'))
    .map(({ name }) => `${base}/namespaces/${namespace}/${name}`);
}

/** A Secret's data is where values belong; its annotations and managed fields are not. */
function visible(path: string, object: KubeObject): object {
  return path.endsWith('/secrets') ? { ...object, data: {} } : object;
}

/** Every object of every kind in the stack's namespace, events and annotations included, as text. */
export async function everyObject(cluster: TestCluster): Promise<string> {
  const bases = await groupVersions(cluster);
  const paths = (await Promise.all(bases.map((base) => collections(cluster, base)))).flat();
  const lists = await Promise.all(
    paths.map(async (path) => (await cluster.list(path)).map((object) => visible(path, object))),
  );
  return JSON.stringify(lists.flat());
}

/** The logs of every container of the stack's pods. */
export async function everyLog(cluster: TestCluster): Promise<string> {
  const paths = (await pods(cluster)).flatMap(({ metadata, spec }) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(
      ({ name }) => `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log?container=${name}`,
    ),
  );
  return (await Promise.all(paths.map(async (path) => (await cluster.send('GET', path)).text))).join('\n');
}
