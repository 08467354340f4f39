import type { ClusterReader } from '../../cluster-ports.ts';
import type { Listed, Resource } from '../../core/cluster/kubernetes.ts';
import type { Observed } from '../../core/cluster/observed.ts';
import type { CloserLook, Gap, Snapshot } from '../../core/cluster/snapshot.ts';
import { closerQuestions, containerId, type LogPlace } from '../../core/diagnose/closer-questions.ts';
import { lastWords } from '../../core/last-words.ts';
import { controllerAmong, controllerNamespaces } from '../../core/owners/sealing-controllers.ts';
import type { Stack } from '../../core/stack/stack.ts';
import { readNamedSecrets } from './read-named-secrets.ts';

/** Reads what only a first look can tell to be needed. Of a healthy cluster that may be listed this is nothing. */
export async function lookCloser(
  cluster: ClusterReader,
  snapshot: Snapshot,
  stack: Stack | undefined,
  knownEnding: ReadonlyMap<string, string> = new Map(),
): Promise<Snapshot> {
  const seen = { ...snapshot, secrets: await readNamedSecrets(cluster, snapshot, stack) };
  const questions = closerQuestions(seen, stack);
  const gaps: Gap[] = [];
  const [configMaps, claims, nodes, words, ending, sealingController] = await Promise.all([
    Promise.all(questions.configMapNamespaces.map((place) => listed(cluster, 'configmaps', place, gaps))),
    Promise.all(questions.claimNamespaces.map((place) => listed(cluster, 'persistentvolumeclaims', place, gaps))),
    questions.nodes ? listed(cluster, 'nodes', undefined, gaps) : undefined,
    Promise.all(questions.logs.map((place) => logWords(cluster, seen, place, gaps))),
    Promise.all(questions.namespaces.map((name) => endOf(cluster, name))),
    questions.sealing ? findSealingController(cluster, seen) : undefined,
  ]);
  const closer: CloserLook = {
    configMaps: configMaps.flatMap((items) => items ?? []),
    configMapNamespaces: new Set(questions.configMapNamespaces.filter((_, index) => configMaps[index] !== undefined)),
    claims: claims.flatMap((items) => items ?? []),
    nodes: nodes ?? [],
    lastWords: new Map(words.flatMap((each) => (each === undefined ? [] : [each]))),
    endingNamespaces: new Map([...knownEnding, ...ending.flatMap((each) => (each === undefined ? [] : [each]))]),
    ...(sealingController === undefined ? {} : { sealingController }),
    gaps,
  };
  return { ...seen, closer };
}

/** With the nodes, where a pod that is silent or does not end points at one; without the right to, all stays as it is. */
export async function withNodes(cluster: ClusterReader, snapshot: Snapshot): Promise<Snapshot> {
  if (!closerQuestions(snapshot).nodes) return snapshot;
  const nodes = await cluster.list('nodes', undefined);
  return nodes.state === 'present' ? { ...snapshot, closer: { ...nothingCloser, nodes: nodes.value } } : snapshot;
}

const nothingCloser: CloserLook = {
  configMaps: [],
  configMapNamespaces: new Set(),
  claims: [],
  nodes: [],
  lastWords: new Map(),
  endingNamespaces: new Map(),
  gaps: [],
};

async function listed<R extends Resource>(
  cluster: ClusterReader,
  resource: R,
  namespace: string | undefined,
  gaps: Gap[],
): Promise<readonly Listed[R][] | undefined> {
  return valueOf(await cluster.list(resource, namespace), { resource, namespace: namespace ?? '' }, gaps);
}

/** Few may look there, and it hides nothing: the command to type then is as kubeseal takes it by itself. */
async function findSealingController(cluster: ClusterReader, { services }: Snapshot): Promise<string | undefined> {
  const seen = controllerAmong(services.items);
  if (seen !== undefined) return seen;
  const answers = await Promise.all(controllerNamespaces.map((name) => cluster.list('services', name)));
  return controllerAmong(answers.flatMap((answer) => (answer.state === 'present' ? answer.value : [])));
}

/** Few may read namespaces, and without it nothing is hidden: what is not ready is told all the same. */
async function endOf(cluster: ClusterReader, name: string): Promise<readonly [string, string] | undefined> {
  const answer = await cluster.readNamespace(name);
  const since = answer.state === 'present' ? answer.value.deletionTimestamp : undefined;
  return since === undefined ? undefined : [name, since];
}

/** What is not known to be free of values is not kept. */
async function logWords(
  cluster: ClusterReader,
  { secrets }: Snapshot,
  place: LogPlace,
  gaps: Gap[],
): Promise<readonly [string, string] | undefined> {
  const { namespace } = place;
  if (secrets.gaps.some((gap) => gap.namespace === namespace || gap.namespace === '')) return undefined;
  const log = valueOf(await cluster.readLog(place), { resource: 'pods/log', namespace }, gaps);
  const own = secrets.items.filter(({ metadata }) => metadata.namespace === namespace);
  const words = lastWords(
    log ?? '',
    own.flatMap(({ data }) => [...data.values()]),
  );
  return words === undefined ? undefined : [containerId(place), words];
}

function valueOf<T>(answer: Observed<T>, place: Pick<Gap, 'resource' | 'namespace'>, gaps: Gap[]): T | undefined {
  if (answer.state === 'unreadable') gaps.push({ ...place, cause: answer.cause, reason: answer.reason });
  return answer.state === 'present' ? answer.value : undefined;
}
