import type { ClusterReader } from '../../cluster-ports.ts';
import type { ObjectMeta } from '../../core/cluster/kubernetes-metadata.ts';
import type { Resource } from '../../core/cluster/kubernetes.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';

/** Every object of a cluster by its resource, namespace and name, without what the server sets by itself. */
export type Everything = ReadonlyMap<string, SecretValue>;

const workloads = ['deployments', 'statefulsets', 'daemonsets'] as const;
const others = [
  'services',
  'serviceaccounts',
  'configmaps',
  'ingresses',
  'cronjobs',
  'persistentvolumeclaims',
  'applications',
  'externalsecrets',
  'secretstores',
  'sealedsecrets',
] as const satisfies readonly Resource[];

/** Those that come and go by themselves, as pods do, are left out. */
export async function readEverything(cluster: ClusterReader): Promise<Everything> {
  const found = await Promise.all([
    readSecrets(cluster),
    ...workloads.map((resource) => readWorkloads(cluster, resource)),
    ...others.map((resource) => readOthers(cluster, resource)),
  ]);
  return new Map(found.flat());
}

/** What is not as it was, by name. */
export function differences(before: Everything, after: Everything): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [`${name} is left over`];
    if (is === undefined) return [`${name} is gone`];
    return was.equals(is) ? [] : [`${name} is not as it was`];
  });
}

type Entries = (readonly [string, SecretValue])[];

async function readSecrets(cluster: ClusterReader): Promise<Entries> {
  const [secrets, drills] = await Promise.all([cluster.listSecrets(), cluster.listDrillSecrets()]);
  return Promise.all(
    [...valueOf(secrets), ...valueOf(drills)].map(async ({ metadata: { namespace, name } }) => {
      const { content } = valueOf(await cluster.copySecret(namespace, name));
      return [`secrets ${namespace}/${name}`, content] as const;
    }),
  );
}

async function readWorkloads(cluster: ClusterReader, resource: (typeof workloads)[number]): Promise<Entries> {
  return Promise.all(
    valueOf(await cluster.list(resource)).map(async ({ metadata: { namespace = '', name } }) => {
      const { content } = valueOf(await cluster.copyWorkload({ resource, namespace, name }));
      return [`${resource} ${namespace}/${name}`, content] as const;
    }),
  );
}

async function readOthers(cluster: ClusterReader, resource: (typeof others)[number]): Promise<Entries> {
  const found = await cluster.list(resource);
  if (found.state === 'absent') return [];
  return valueOf<readonly { readonly metadata: ObjectMeta }[]>(found).map((object) => {
    const { namespace = '', name, labels = {}, annotations = {} } = object.metadata;
    const rest = Object.entries(object).filter(([field]) => field !== 'metadata' && field !== 'status');
    return [`${resource} ${namespace}/${name}`, SecretValue.fromText(JSON.stringify([labels, annotations, rest]))];
  });
}

/** In a cluster of one's own nothing is refused. */
function valueOf<T>(found: Observed<T>): T {
  if (found.state === 'present') return found.value;
  throw new TypeError(found.state === 'absent' ? 'an object went away while it was read' : found.reason);
}
