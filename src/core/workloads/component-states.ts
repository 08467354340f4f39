import type { ComponentState } from '../audit/component-state.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { gapFor } from '../cluster/unreadable.ts';
import type { Finding } from '../findings/findings.ts';
import { listText } from '../list-text.ts';
import { oncePerPair } from '../once-per.ts';
import type { Stack } from '../stack/stack.ts';
import { creationRefusal } from './creation-refusals.ts';
import { componentRef, dependenciesOf, dependencyGraph, type DependencyGraph } from './dependencies.ts';
import { failedRuns } from './failed-runs.ts';
import { endingPods } from './lost-nodes.ts';
import { podStatusText } from './pod-status-text.ts';
import { podEvents, readiness, type Readiness } from './readiness.ts';
import { isHeldBack } from './rollout.ts';
import { workloads, workloadsById, type Workload } from './workloads.ts';

/** The stack's components in its order; without a stack every workload that was found. */
export const componentStates = oncePerPair((snapshot: Snapshot, stack: Stack | undefined): ComponentState[] => {
  const found = workloads(snapshot);
  const byId = workloadsById(snapshot);
  const named = stack ? declaredComponents(stack) : derivedComponents(found);
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const graph = dependencyGraph(snapshot, stack);
  const events = podEvents(snapshot);

  const states = named.map(({ name, id, ref }): ComponentState => {
    const workload = byId.get(id);
    const seen = workload
      ? (endingState(workload, snapshot) ?? stateOf(readiness(workload, events), creationRefusal(workload, snapshot)))
      : absentState(snapshot, ref);
    return {
      component: name,
      object: workload?.ref ?? ref,
      ...seen,
      dependsOn: graph.dependsOn.has(id) ? namedDependencies(graph, ref, names) : [],
    };
  });
  const open = new Set(states.filter(({ state }) => state !== 'ready').map(({ component }) => component));
  return states.map((state) => withAwaited(state, open));
});

/** What only waits says for which of the others that are not ready. */
function withAwaited(seen: ComponentState, open: ReadonlySet<string>): ComponentState {
  const needs = seen.state === 'waiting' ? seen.dependsOn.filter((name) => open.has(name)) : [];
  return needs.length === 0 ? seen : { ...seen, detail: `${seen.detail}, waits for ${listText(needs)}` };
}

/** The same by `refId`, for those who ask for one at a time. */
export const componentStatesById = oncePerPair(
  (snapshot: Snapshot, stack: Stack | undefined): ReadonlyMap<string, ComponentState> =>
    new Map(componentStates(snapshot, stack).map((state) => [refId(state.object), state])),
);

/**
 * The same in the light of a diagnosis: what does not run now is not `ready` where its next start will fail, nor what
 * still runs an older template where the newer one cannot start, nor a CronJob whose work was not done. What does run is
 * told with what its next start lacks.
 */
export function diagnosedStates(
  snapshot: Snapshot,
  stack: Stack | undefined,
  findings: readonly Finding[],
): ComponentState[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const needy = new Set(
    errors.flatMap(({ references = [] }) => references.filter(({ optional }) => !optional).map(refId)),
  );
  const failed = failedRuns(snapshot);
  const lacks = nextStartLacks(findings);
  const byId = workloadsById(snapshot);
  // Few, found again by the object that both have.
  const concerned = new Map(
    [...needy, ...failed.keys()].flatMap((id) => {
      const workload = byId.get(id);
      return workload === undefined ? [] : [[workload.ref, workload]];
    }),
  );
  return componentStates(snapshot, stack).map((seen) => {
    const workload = concerned.get(seen.object);
    if (seen.state !== 'ready') return seen;
    const told =
      workload &&
      diagnosedState(seen, workload, { isNeedy: needy.has(workload.id), hasFailed: failed.has(workload.id) });
    const lack = lacks.get(refId(seen.object));
    const isToBeStopped = lack !== undefined && (told ?? seen).state === 'ready';
    return { ...seen, ...told, ...(isToBeStopped && { detail: `runs now; its next start fails${lack}` }) };
  });
}

/** By `refId` of what runs. */
function nextStartLacks(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const failing = findings.filter(({ code }) => code === 'next-start-fails');
  if (failing.length === 0) return new Map();
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return new Map(
    failing.map(({ object, causes }) => {
      const roots = causes.flatMap((id) => byId.get(id) ?? []);
      const names = roots.map(({ key, secret = '' }) => key ?? `Secret ${secret}`);
      return [refId(object), names.length === 0 ? '' : `: lacks ${listText(names)}`];
    }),
  );
}

function diagnosedState(
  { state, detail }: Seen,
  workload: Workload,
  { isNeedy, hasFailed }: { readonly isNeedy: boolean; readonly hasFailed: boolean },
): Seen {
  const did = hasFailed ? `${detail}, but its last run failed` : detail;
  if (isNeedy && isIdle(workload)) return { state: 'stuck', detail: `${did}, and its next start fails` };
  if (isNeedy && isHeldBack(workload))
    return { state: 'stuck', detail: `${detail} by an older template, and the newer one cannot start` };
  return hasFailed ? { state: 'waiting', detail: did } : { state, detail };
}

function isIdle({ replicas, pods }: Workload): boolean {
  return replicas === 0 && pods.length === 0;
}

interface NamedRef {
  readonly id: string;
  readonly name: string;
  readonly ref: ObjectRef;
}

function declaredComponents(stack: Stack): NamedRef[] {
  return stack.components.map((component) => {
    const ref = componentRef(stack, component);
    return { id: refId(ref), name: component.name, ref };
  });
}

function derivedComponents(found: readonly Workload[]): NamedRef[] {
  const isOneNamespace = new Set(found.map(({ ref }) => ref.namespace)).size <= 1;
  return found.map(({ id, ref }) => ({
    id,
    ref,
    name: isOneNamespace ? refText(ref) : `${ref.namespace}/${refText(ref)}`,
  }));
}

function namedDependencies(graph: DependencyGraph, ref: ObjectRef, names: ReadonlyMap<string, string>): string[] {
  return dependenciesOf(graph, ref).flatMap((need) => names.get(refId(need)) ?? []);
}

type Seen = Pick<ComponentState, 'state' | 'detail'>;

function stateOf({ isReady, detail, worst }: Readiness, refusal: string | undefined): Seen {
  if (isReady) return { state: 'ready', detail };
  if (worst === undefined && refusal !== undefined) return { state: 'stuck', detail: `${detail}: ${refusal}` };
  if (worst === undefined) return { state: 'waiting', detail };
  const { state, text } = worst.state;
  const isStuck = state === 'blocked' || state === 'failing';
  return { state: isStuck ? 'stuck' : 'waiting', detail: `${worst.pod} is ${text}` };
}

/** Where a StatefulSet has no other pod: it makes none before this one is gone. */
function endingState({ ref, pods }: Workload, snapshot: Snapshot): Seen | undefined {
  const [ending] = pods.length === 0 ? endingPods(snapshot, ref) : [];
  return ending && { state: 'waiting', detail: `${ending.metadata.name} is ${podStatusText(ending)}` };
}

function absentState(snapshot: Snapshot, ref: ObjectRef): Seen {
  const gap = gapFor(snapshot, ref);
  return gap ? { state: 'unknown', detail: gap.reason } : { state: 'missing', detail: 'is not in the cluster' };
}
