import { refId, type KubernetesEvent, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { lastWords } from '../last-words.ts';
import { redact } from '../redact.ts';
import { secretNeeds, type SecretNeed } from '../secrets/secret-needs.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { Stack } from '../stack/stack.ts';
import { byLevel, dependencyGraph, dependents, type DependencyGraph } from '../workloads/dependencies.ts';
import { byTime, podEvents, readiness, type PodEvents, type Readiness } from '../workloads/readiness.ts';
import { workloads, workloadsById, type Workload } from '../workloads/workloads.ts';
import { creationFailure } from './creation-failure.ts';

/** A snapshot made ready for questions, so that every part of the diagnosis sees the same and nothing is computed twice. */
export interface Scene {
  readonly snapshot: Snapshot;
  readonly stack: Stack | undefined;
  readonly workloads: readonly Workload[];
  /** By `refId`. */
  readonly byId: ReadonlyMap<string, Workload>;
  readonly readiness: ReadonlyMap<string, Readiness>;
  readonly events: PodEvents;
  /** Warnings about any object, oldest first. */
  readonly eventsOf: (ref: ObjectRef) => readonly KubernetesEvent[];
  /** Words of a program in a namespace, without the values of its Secrets; empty where those are not known. */
  readonly redact: (namespace: string, text: string) => string;
  /** The line of a program's words that tells best why it ended, as free of values as `redact` makes it. */
  readonly lastWords: (namespace: string, text: string) => string | undefined;
  readonly graph: DependencyGraph;
  /** Of namespaces that exist. */
  readonly needs: readonly SecretNeed[];
  /** The given objects, dependencies first, and then everything that depends on them, nearest first. */
  readonly blocks: (direct: readonly ObjectRef[]) => readonly ObjectRef[];
  /** A command of c2l that looks at the given namespace: `c2l fix-secrets -n shop`. */
  readonly command: (words: 'fix-secrets' | 'restart' | 'audit -v', namespace: string) => string;
}

export function buildScene(snapshot: Snapshot, stack: Stack | undefined): Scene {
  const found = workloads(snapshot);
  const events = podEvents(snapshot);
  const graph = dependencyGraph(snapshot, stack);
  const missing = new Set(snapshot.missingNamespaces);
  const eventsOf = objectEvents(snapshot);
  return {
    snapshot,
    stack,
    workloads: found,
    byId: workloadsById(snapshot),
    readiness: new Map(
      found.map((workload) => [workload.id, heldBack(workload, eventsOf) ?? readiness(workload, events)]),
    ),
    events,
    eventsOf,
    redact: (namespace, text) => cleaned(snapshot, namespace, (values) => redact(text, values)) ?? '',
    lastWords: (namespace, text) => cleaned(snapshot, namespace, (values) => lastWords(text, values)),
    graph,
    needs: secretNeeds(snapshot, stack).filter(({ namespace }) => !missing.has(namespace)),
    blocks: blocker(graph),
    command: (words, namespace) =>
      stack?.namespaces.includes(namespace) === true ? `c2l ${words}` : `c2l ${words} -n ${namespace}`,
  };
}

/** A Job that may not even create its pod: it never began, and its status says nothing of it. */
function heldBack(workload: Workload, eventsOf: Scene['eventsOf']): Readiness | undefined {
  const { type, replicas, pods } = workload;
  const isHeld =
    type === 'Job' && replicas > 0 && pods.length === 0 && creationFailure(workload, eventsOf) !== undefined;
  return isHeld ? { isReady: false, detail: 'it has no pod' } : undefined;
}

/** Many keys are needed by the same workloads, and what those block is the same each time. */
function blocker(graph: DependencyGraph): Scene['blocks'] {
  const known = new Map<string, readonly ObjectRef[]>();
  return (direct) => {
    const first = byLevel(graph, direct);
    const id = first.map(refId).join(' ');
    const blocks = known.get(id) ?? byLevel(graph, [...first, ...dependents(graph, ...first)]);
    known.set(id, blocks);
    return blocks;
  };
}

function objectEvents({ events }: Snapshot): Scene['eventsOf'] {
  const byObject = new Map<string, KubernetesEvent[]>();
  for (const event of events.items) {
    const { kind = '', namespace = '', name = '' } = event.involvedObject;
    if (kind === 'Pod' || event.type !== 'Warning') continue;
    const id = refId({ kind, namespace, name });
    const list = byObject.get(id);
    if (list) list.push(event);
    else byObject.set(id, [event]);
  }
  return (ref) => (byObject.get(refId(ref)) ?? []).toSorted(byTime);
}

/** Of a namespace whose values are not known nothing is free of them. */
function cleaned(
  { secrets }: Snapshot,
  namespace: string,
  clean: (values: readonly SecretValue[]) => string | undefined,
): string | undefined {
  if (secrets.gaps.some((gap) => gap.namespace === namespace || gap.namespace === '')) return undefined;
  const own = secrets.items.filter(({ metadata }) => metadata.namespace === namespace);
  return clean(own.flatMap(({ data }) => [...data.values()]));
}
