import type { ClusterReader } from '../../cluster-ports.ts';
import type { Listed, Resource } from '../../core/cluster/kubernetes.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import type {
  ArgoCdSnapshot,
  Gap,
  Listing,
  SecretWritersSnapshot,
  StoresSnapshot,
  Snapshot,
} from '../../core/cluster/snapshot.ts';
import { storeRef } from '../../core/owners/secret-writers.ts';
import { nothingReadable, type Scope } from '../session.ts';

/**
 * Reads everything that decisions need, in parallel. What cannot be read becomes a gap of the snapshot; only when
 * nothing at all could be read it throws `nothing-readable`.
 */
export async function observe(cluster: ClusterReader, scope: Scope, now: Date): Promise<Snapshot> {
  const list = <R extends Resource>(resource: R): Promise<Listing<Listed[R]>> =>
    listEverywhere(resource, scope, (namespace) => cluster.list(resource, namespace));

  const [missingNamespaces, listings, writers, argocd] = await Promise.all([
    findMissingNamespaces(cluster, scope),
    allOf({
      secrets: listEverywhere('secrets', scope, (namespace) => cluster.listSecrets(namespace)),
      pods: list('pods'),
      deployments: list('deployments'),
      statefulSets: list('statefulsets'),
      daemonSets: list('daemonsets'),
      replicaSets: list('replicasets'),
      jobs: list('jobs'),
      cronJobs: list('cronjobs'),
      services: list('services'),
      serviceAccounts: list('serviceaccounts'),
      ingresses: list('ingresses'),
      events: list('events'),
    }),
    observeWriters(cluster, scope),
    observeArgoCd(cluster, scope.argocdNamespace),
  ]);
  const namespaces = scope.all ? namespacesOf(Object.values(listings)) : scope.namespaces;
  const snapshot: Snapshot = {
    takenAt: now.toISOString(),
    namespaces,
    missingNamespaces,
    ...listings,
    writers,
    argocd,
  };
  refuseBlindness(cluster, snapshot);
  return snapshot;
}

/** `Promise.all` for a record. */
async function allOf<T extends object>(promises: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const entries = Object.entries(promises).map(async ([key, promise]) => [key, await promise] as const);
  return Object.fromEntries(await Promise.all(entries)) as { [K in keyof T]: Awaited<T[K]> };
}

async function findMissingNamespaces(cluster: ClusterReader, scope: Scope): Promise<string[]> {
  const answers = await Promise.all(scope.expectedNamespaces.map((name) => cluster.namespaceExists(name)));
  return scope.expectedNamespaces.filter((_, index) => answers[index]?.state === 'absent');
}

/** One list of each looked-at namespace, joined. */
export async function listEverywhere<T>(
  resource: string,
  scope: Pick<Scope, 'all' | 'namespaces'>,
  read: (namespace: string | undefined) => Promise<Observed<readonly T[]>>,
): Promise<Listing<T>> {
  const places = scope.all ? [undefined] : scope.namespaces;
  const answers = await Promise.all(places.map((namespace) => read(namespace)));
  return toListing(resource, places, answers);
}

function toListing<T>(
  resource: string,
  places: readonly (string | undefined)[],
  answers: readonly Observed<readonly T[]>[],
): Listing<T> {
  const items: T[] = [];
  const gaps: Gap[] = [];
  for (const [index, answer] of answers.entries()) {
    if (answer.state === 'present') for (const item of answer.value) items.push(item);
    if (answer.state === 'unreadable') {
      gaps.push({ resource, namespace: places[index] ?? '', cause: answer.cause, reason: answer.reason });
    }
  }
  const isServed = !answers.some(({ state }) => state === 'absent');
  return { items, gaps, ...(isServed ? {} : { isServed }) };
}

/** What c2l may have paused. */
export async function observePausable(
  cluster: ClusterReader,
  scope: Scope,
): Promise<{ argocd: Pick<ArgoCdSnapshot, 'applications'>; writers: Pick<SecretWritersSnapshot, 'externalSecrets'> }> {
  const { argocdNamespace } = scope;
  const [externalSecrets, applications] = await Promise.all([
    listEverywhere('externalsecrets', scope, (namespace) => cluster.list('externalsecrets', namespace)),
    cluster.list('applications', argocdNamespace),
  ]);
  return {
    argocd: { applications: toListing('applications', [argocdNamespace], [applications]) },
    writers: { externalSecrets },
  };
}

const nothing = { items: [], gaps: [] };

async function observeWriters(cluster: ClusterReader, scope: Scope): Promise<SecretWritersSnapshot> {
  const list = <R extends Resource>(resource: R): Promise<Listing<Listed[R]>> =>
    listEverywhere(resource, scope, (namespace) => cluster.list(resource, namespace));
  const [externalSecrets, sealedSecrets] = await Promise.all([list('externalsecrets'), list('sealedsecrets')]);
  const kinds = new Set(externalSecrets.items.map((external) => storeRef(external).kind));
  return { externalSecrets, ...(await observeStores(cluster, scope, kinds)), sealedSecrets };
}

/** Only of the kinds that something names. */
export async function observeStores(
  cluster: ClusterReader,
  scope: Scope,
  kinds: ReadonlySet<string>,
): Promise<StoresSnapshot> {
  const [secretStores, clusterSecretStores] = await Promise.all([
    kinds.has('SecretStore')
      ? listEverywhere('secretstores', scope, (namespace) => cluster.list('secretstores', namespace))
      : nothing,
    kinds.has('ClusterSecretStore')
      ? listEverywhere('clustersecretstores', { ...scope, all: true }, () => cluster.list('clustersecretstores'))
      : nothing,
  ]);
  return { secretStores, clusterSecretStores };
}

async function observeArgoCd(cluster: ClusterReader, namespace: string): Promise<ArgoCdSnapshot> {
  const [applications, deployments, statefulSets] = await Promise.all([
    cluster.list('applications', namespace),
    cluster.list('deployments', namespace),
    cluster.list('statefulsets', namespace),
  ]);
  return {
    installed: applications.state !== 'absent',
    namespace,
    applications: toListing('applications', [namespace], [applications]),
    deployments: toListing('deployments', [namespace], [deployments]),
    statefulSets: toListing('statefulsets', [namespace], [statefulSets]),
  };
}

function namespacesOf(listings: readonly Listing<{ readonly metadata: { readonly namespace?: string } }>[]): string[] {
  const names = new Set<string>();
  for (const { items } of listings) {
    for (const { metadata } of items) if (metadata.namespace !== undefined) names.add(metadata.namespace);
  }
  return [...names].sort();
}

function refuseBlindness(cluster: ClusterReader, snapshot: Snapshot): void {
  const essential = [snapshot.secrets, snapshot.pods, snapshot.deployments, snapshot.statefulSets];
  const firstGap = essential.flatMap(({ gaps }) => gaps)[0];
  const isBlind = essential.every(({ items, gaps }) => items.length === 0 && gaps.length > 0);
  if (isBlind && firstGap !== undefined) throw nothingReadable(cluster, firstGap.reason);
}
