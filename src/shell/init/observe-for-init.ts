import type { ClusterProbe } from '../../cluster-ports.ts';
import { allGaps } from '../../core/cluster/unreadable.ts';
import { compareText } from '../../core/compare-text.ts';
import { unreadableFindings } from '../../core/diagnose/diagnose-unreadable.ts';
import type { Finding } from '../../core/findings/findings.ts';
import { draftStack, type DraftedStack } from '../../core/init/draft-stack.ts';
import { guessJson } from '../../core/init/guess-checks.ts';
import type { DraftCheck, StackDraft } from '../../core/init/stack-draft.ts';
import { inNamespace, manifestSnapshot, objectsOf } from '../../core/manifests/manifest-snapshot.ts';
import type { Manifest } from '../../core/manifests/manifests.ts';
import { distinctManifests, unreadablePlace } from '../../core/manifests/validate-manifests.ts';
import { mapLimited } from '../../core/map-limited.ts';
import type { Deps } from '../../ports.ts';
import { lookCloser } from '../observe/look-closer.ts';
import { listEverywhere, observe } from '../observe/observe.ts';
import type { Session } from '../session.ts';

/** What a stack file is made from, and everything of it that could not be seen. */
export interface SeenStack extends DraftedStack {
  readonly findings: readonly Finding[];
  readonly namespaces: readonly string[];
  readonly takenAt: string;
}

/** A draft from what runs in a cluster. Reads, and asks each health endpoint once. */
export async function draftFromCluster({ cluster, scope, deps }: Session): Promise<SeenStack> {
  const [first, configMaps] = await Promise.all([
    observe(cluster, scope, deps.clock.now()),
    listEverywhere('configmaps', scope, (namespace) => cluster.list('configmaps', namespace)),
  ]);
  const snapshot = await lookCloser(cluster, first, undefined);
  const { draft, questions } = draftStack(snapshot, configMaps.items);
  return {
    draft: await withHealthAnswers(draft, cluster),
    questions,
    findings: unreadableFindings([...allGaps(snapshot), ...configMaps.gaps]),
    namespaces: snapshot.namespaces,
    takenAt: snapshot.takenAt,
  };
}

/** A draft from manifests; `named` are the namespaces that were asked for. */
export async function draftFromManifests(
  paths: readonly string[],
  named: readonly string[] | undefined,
  { manifestFiles, clock }: Pick<Deps, 'manifestFiles' | 'clock'>,
): Promise<SeenStack> {
  const set = await manifestFiles.read(paths);
  const all = inNamespace(set.manifests, named?.[0] ?? 'default');
  // Applications lie where Argo CD runs, and not where they deploy to.
  const isApplication = ({ content }: Manifest): boolean => content.as === 'applications';
  const { manifests, problems } = distinctManifests(
    all.filter((manifest) => named === undefined || named.includes(manifest.namespace) || isApplication(manifest)),
  );
  const namespaces = named ?? byFrequency(manifests.filter((manifest) => !isApplication(manifest)));
  const takenAt = clock.now().toISOString();
  const snapshot = manifestSnapshot({ manifests, namespaces, stack: undefined, live: undefined, takenAt });
  return {
    ...draftStack(snapshot, objectsOf(manifests, 'configmaps')),
    findings: [...set.problems, ...problems].map(unreadablePlace),
    namespaces,
    takenAt,
  };
}

/** The namespace with the most objects is the stack's own, and its default. */
function byFrequency(manifests: readonly Manifest[]): string[] {
  const counts = new Map<string, number>();
  for (const { namespace } of manifests) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts].sort(([left, a], [right, b]) => b - a || compareText(left, right)).map(([name]) => name);
}

const asksAtOnce = 4;

/** Asks each health endpoint for what it says of the things behind the program. */
async function withHealthAnswers(draft: StackDraft, probe: ClusterProbe): Promise<StackDraft> {
  const components = await mapLimited(draft.components, asksAtOnce, async (component) => {
    const namespace = component.namespace ?? draft.namespaces[0] ?? '';
    return {
      ...component,
      checks: await Promise.all(component.checks.map((check) => withAnswer(check, namespace, probe))),
    };
  });
  return { ...draft, components };
}

async function withAnswer(check: DraftCheck, namespace: string, probe: ClusterProbe): Promise<DraftCheck> {
  if (check.kind !== 'http' || check.basicAuth !== undefined) return check;
  const { service, port, path } = check;
  const answer = await probe.serviceGet({ namespace, service, port, path });
  // An endpoint that is not well now does not say how it answers when it is.
  const json = answer.state === 'present' && answer.value.status === 200 ? guessJson(answer.value.body) : undefined;
  return json === undefined ? check : { ...check, json };
}
