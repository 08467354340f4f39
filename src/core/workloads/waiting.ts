import type { ComponentState } from '../audit/component-state.ts';
import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, type ObjectRef } from '../cluster/kubernetes.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { podNeed } from '../secrets/pod-need.ts';
import { secretsView, type SecretsView } from '../secrets/secrets-view.ts';
import type { Stack } from '../stack/stack.ts';
import { componentStates } from './component-states.ts';
import { dependencyGraph, dependents } from './dependencies.ts';
import { isAboutConfigMap } from './kubelet-message.ts';
import { lostNodeObstacle, lostNodes } from './lost-nodes.ts';
import { containerStatuses } from './pod-state.ts';
import { isRollable, rolloutState } from './rollout.ts';
import { briefMs, containerRuns, defaultSteadyMs, steadiness } from './steadiness.ts';
import { workloadsById, type Workload } from './workloads.ts';

/** What is waited for. */
export interface Awaited {
  readonly stack: Stack | undefined;
  /** Ids of the workloads that must be ready. */
  readonly ids: ReadonlySet<string>;
  /** Ids of those of them whose last change of the template must have arrived too. */
  readonly rollouts: ReadonlySet<string>;
  readonly time: AwaitedTime;
}

export interface AwaitedTime {
  /** The time of day, as far as this machine knows it. */
  readonly now: number;
  /** For how long a run of a container was seen ready, by its id. */
  readonly seenMs: (id: string) => number;
}

/** One thing that is waited for, at one moment. */
export interface AwaitedState extends ComponentState {
  /** Why time alone will not make it ready. */
  readonly hopeless?: string;
}

/**
 * With a stack all its components; without one what was touched or is on its way by itself, what depends on it, and
 * what it depends on. Other things that are broken would only be waited for in vain.
 */
export function awaitedIds(snapshot: Snapshot, stack: Stack | undefined, touched: readonly ObjectRef[]): Set<string> {
  const states = componentStates(snapshot, stack);
  if (stack !== undefined) return new Set([...states.map(({ object }) => refId(object)), ...touched.map(refId)]);
  const graph = dependencyGraph(snapshot);
  const onTheirWay = states.filter(({ state }) => state === 'waiting').map(({ object }) => object);
  const ids = new Set([...touched, ...dependents(graph, ...touched), ...onTheirWay].map(refId));
  // A set hands out what is added to it while it is walked: dependencies of dependencies come too.
  for (const id of ids) for (const need of graph.dependsOn.get(id) ?? []) ids.add(need);
  return ids;
}

/** Where everything that is waited for stands, by the rules of `componentStates`. */
export function awaitedStates(snapshot: Snapshot, { stack, ids, rollouts, time }: Awaited): AwaitedState[] {
  const declared = componentStates(snapshot, stack);
  const known = new Set(declared.map(({ object }) => refId(object)));
  const others = stack === undefined ? [] : componentStates(snapshot).filter(({ object }) => !known.has(refId(object)));
  const found = workloadsById(snapshot);
  const view = secretsView(snapshot);
  return [...declared, ...others]
    .filter(({ object }) => ids.has(refId(object)))
    .map((state) => {
      const id = refId(state.object);
      const workload = found.get(id);
      const rolled = rollouts.has(id) ? withRollout(state, workload) : state;
      const seen = betweenTwoEnds(rolled, workload, time);
      const hopeless = seen.state === 'ready' ? undefined : hopelessReason(snapshot, seen, { workload, view });
      return hopeless === undefined ? seen : { ...seen, hopeless };
    });
}

function withRollout(state: ComponentState, workload: Workload | undefined): ComponentState {
  if (workload === undefined || state.state !== 'ready') return state;
  if (!isRollable(workload)) return state;
  const rollout = rolloutState(workload);
  if (rollout.state === 'done') return state;
  return { ...state, state: rollout.state === 'stuck' ? 'stuck' : 'waiting', detail: rollout.detail };
}

/** What ends again and again is ready in between: it is believed once it outlived the run before. */
function betweenTwoEnds(state: ComponentState, workload: Workload | undefined, time: AwaitedTime): ComponentState {
  if (workload === undefined || state.state !== 'ready') return state;
  const again = containerRuns(workload.pods).filter(({ lastedBeforeMs = Infinity }) => lastedBeforeMs < briefMs);
  const { missingMs, detail } = steadiness(again, { steadyMs: defaultSteadyMs, ...time });
  return missingMs === 0 ? state : { ...state, state: 'waiting', detail: `${state.detail}, but ${detail}` };
}

function hopelessReason(
  snapshot: Snapshot,
  { state, detail }: ComponentState,
  { workload, view }: { readonly workload: Workload | undefined; readonly view: SecretsView },
): string | undefined {
  // Argo CD creates what is missing when its earlier waves are healthy; without it nobody does.
  if (state === 'missing') return snapshot.argocd.applications.items.length > 0 ? undefined : detail;
  for (const pod of workload?.pods ?? []) {
    const reason = podHopeless(pod, view);
    if (reason !== undefined) return `${pod.metadata.name} ${reason}`;
  }
  const held = workload === undefined ? undefined : lostNodeObstacle(workload, lostNodes(snapshot), snapshot);
  return held === undefined ? undefined : `${detail}, and ${held}`;
}

function podHopeless(pod: Pod, view: SecretsView): string | undefined {
  const waiting = containerStatuses(pod).flatMap(({ state }) => state?.waiting ?? []);
  const refused = waiting.find(({ reason, message }) => isLasting(reason, message));
  if (refused !== undefined) return `is ${refused.reason ?? 'refused'}: ${refused.message ?? ''}`;
  // A pull that fails for another reason than a missing Secret may be the registry's passing trouble.
  const isPull = waiting.some(({ reason }) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff');
  const need = podNeed(pod, view);
  return need.need === 'values' && (!isPull || /Secret \S+$/.test(need.reason)) ? need.reason : undefined;
}

function isLasting(reason: string | undefined, message = ''): boolean {
  if (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') return true;
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') return /not found|does not exist/i.test(message);
  return reason === 'CreateContainerConfigError' && isAboutConfigMap(message);
}

/** Whether nothing that is not ready yet can still become it: each is without hope or waits for one that is. */
export function isOver(states: readonly AwaitedState[]): boolean {
  const byName = new Map(states.map((state) => [state.component, state]));
  const isLost = (state: AwaitedState, seen: ReadonlySet<string>): boolean => {
    if (state.hopeless !== undefined) return true;
    return state.dependsOn.some((name) => {
      const dependency = byName.get(name);
      if (dependency === undefined || dependency.state === 'ready' || seen.has(name)) return false;
      return isLost(dependency, new Set([...seen, name]));
    });
  };
  const open = states.filter(({ state }) => state !== 'ready');
  return open.length > 0 && open.every((state) => isLost(state, new Set([state.component])));
}

const shown = 2;

/** For the line that changes: how many are ready, and what holds the next ones up. */
export function waitingText(states: readonly AwaitedState[]): string {
  const open = states.filter(({ state }) => state !== 'ready');
  const openNames = new Set(open.map(({ component }) => component));
  const next = open.filter(({ dependsOn }) => !dependsOn.some((name) => openNames.has(name)));
  const told = next.slice(0, shown).map(({ component, detail }) => `${component}: ${detail}`);
  const more = open.length - told.length;
  return [
    // Of one alone its own words say more.
    ...(states.length === 1 && told.length === 1 ? [] : [`${states.length - open.length} of ${states.length} ready`]),
    ...told,
    ...(more > 0 ? [`${more} more`] : []),
  ].join('; ');
}
