import type { KubeObject, TestCluster } from './cluster.ts';

interface ApiResource {
  readonly name: string;
  readonly verbs: readonly string[];
}

interface Place {
  readonly namespace?: string;
}

type Whole = KubeObject & Readonly<Record<string, unknown>>;

/** What comes and goes by itself, and what is about nodes and not about objects that people make. */
const passing =
  /^(events|pods|replicasets|endpoints|endpointslices|controllerrevisions|leases|nodes|componentstatuses|apiservices)$/;

/** Written by controllers, or by a restart. */
const own = ['kubectl.kubernetes.io/restartedAt', 'deployment.kubernetes.io/revision'];

/**
 * Every object of every namespace, by kind and name, without what servers and controllers set; of a volume also which
 * one it is and whether it is bound. Of namespaces that others use meanwhile, which `isOurs` tells, nothing.
 */
export async function allObjects(
  cluster: TestCluster,
  isOurs: (namespace: string) => boolean,
): Promise<Map<string, string>> {
  const { groups } = JSON.parse((await cluster.send('GET', '/apis')).text) as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const bases = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(bases.map(async (base) => objectsOf(cluster, base)));
  return new Map(found.flat().filter(([id]) => isOurs(namespaceOf(id))));
}

function namespaceOf(id: string): string {
  return id.split(' ')[1]?.split('/')[0] ?? '';
}

async function objectsOf(cluster: TestCluster, base: string): Promise<[id: string, content: string][]> {
  const { status, text } = await cluster.send('GET', base);
  if (status !== 200) return [];
  const listed = (JSON.parse(text) as { resources: ApiResource[] }).resources.filter(
    ({ name, verbs }) => verbs.includes('list') && !name.includes('/') && !passing.test(name),
  );
  const lists = await Promise.all(
    listed.map(async ({ name }) => {
      const items = (await cluster.list(`${base}/${name}`)) as Whole[];
      return items.map((each): [string, string] => [idOf(name, each), contentOf(name, each)]);
    }),
  );
  return lists.flat();
}

function idOf(resource: string, object: Whole): string {
  return `${resource} ${placeOf(resource, object)}/${object.metadata.name}`;
}

/** Addresses are given to Services and volumes to claims, and come and go with those of every namespace. */
function placeOf(resource: string, { metadata, spec }: Whole): string {
  const { parentRef, claimRef } = (spec ?? {}) as { parentRef?: Place; claimRef?: Place };
  if (resource === 'namespaces') return metadata.name;
  if (resource === 'persistentvolumes') return claimRef?.namespace ?? 'of no claim';
  return (resource === 'ipaddresses' ? parentRef?.namespace : metadata.namespace) ?? '';
}

function contentOf(resource: string, { metadata, status, ...rest }: Whole): string {
  const { labels, annotations, ...more } = metadata as Whole['metadata'] & Readonly<Record<string, unknown>>;
  const kept = { labels, annotations, owners: more['ownerReferences'], finalizers: more['finalizers'] };
  const isVolume = resource.startsWith('persistentvolume');
  return JSON.stringify(settled({ rest, kept, ...(isVolume && { uid: metadata.uid, phase: status?.phase }) }));
}

/** The order of fields says nothing, nor do annotations that are left empty. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !own.includes(key))
    .map(([key, each]): [string, unknown] => [key, settled(each)])
    .filter(([key, each]) => key !== 'annotations' || Object.keys(each ?? {}).length > 0);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].filter((id) => before.get(id) !== after.get(id)).sort();
}
