import { destinationOf } from '../../core/argocd/application-objects.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { componentCourses, type ComponentCourse, type CourseLook } from '../../core/drill/component-course.ts';
import { componentStates } from '../../core/workloads/component-states.ts';
import { podState } from '../../core/workloads/pod-state.ts';
import { runningState, type RunningState } from '../observe/running-state.ts';
import type { Session } from '../session.ts';
import type { AttentiveOnlooker } from './drill-onlookers.ts';

export interface Noticed {
  /** From the fault on. */
  readonly firstPodMs?: number;
  readonly argocdMs?: number;
  /** By the names of the other onlookers; absent who noticed nothing. */
  readonly others: ReadonlyMap<string, number>;
  readonly components: readonly ComponentCourse[];
}

const lookEveryMs = 500;

export interface LookOnOptions {
  readonly begun: number;
  readonly namespace: string;
  readonly before: Snapshot;
  readonly onlookers: readonly AttentiveOnlooker[];
}

/** Looks on while others recover: when the first new pod is ready, and when Argo CD and others say that something is wrong. */
export function lookOn(
  session: Session,
  { begun, namespace, before, onlookers }: LookOnOptions,
): { end(): Promise<Noticed> } {
  const { cluster, deps, scope, stack } = session;
  const { clock } = deps;
  const stop = new AbortController();
  const uidsBefore = new Set(before.pods.items.map(({ metadata }) => metadata.uid ?? ''));
  const looks: CourseLook[] = [];
  const others = new Map<string, number>();
  let seen: Omit<Noticed, 'components' | 'others'> = {};
  const askOthers = async (): Promise<void> => {
    await Promise.all(
      onlookers
        .filter(({ name }) => !others.has(name))
        .map(async (onlooker) => {
          if (await onlooker.noticesNews()) others.set(onlooker.name, Math.round(clock.monotonic() - begun));
        }),
    );
  };
  const look = async (): Promise<void> => {
    const [running, applications] = await Promise.all([
      runningState(cluster, { all: false, namespaces: [namespace] }),
      cluster.list('applications', scope.argocdNamespace),
    ]);
    const afterMs = Math.round(clock.monotonic() - begun);
    const fresh = running.pods.items.filter(({ metadata }) => !uidsBefore.has(metadata.uid ?? ''));
    if (isWhole(running)) looks.push({ atMs: afterMs, states: componentStates({ ...before, ...running }, stack) });
    if (seen.firstPodMs === undefined && fresh.some((pod) => podState(pod).state === 'ready')) {
      seen = { ...seen, firstPodMs: afterMs };
    }
    const unwell =
      applications.state === 'present' &&
      applications.value.some(
        (each) => destinationOf(each) === namespace && (each.status?.health?.status ?? 'Healthy') !== 'Healthy',
      );
    if (seen.argocdMs === undefined && unwell) seen = { ...seen, argocdMs: afterMs };
  };
  const repeat = async (each: () => Promise<void>): Promise<void> => {
    while (!stop.signal.aborted) {
      await each();
      await clock.sleep(lookEveryMs, stop.signal).catch(() => undefined);
    }
  };
  // Beside each other: who answers late must not make the cluster look late.
  const running = Promise.all([repeat(look), ...(onlookers.length === 0 ? [] : [repeat(askOthers)])]);
  return {
    end: async () => {
      stop.abort();
      await running;
      // What became ready since the last look is not missed.
      await look();
      return { ...seen, others, components: componentCourses(looks) };
    },
  };
}

/** A part that could not be read would look as if it were gone. */
function isWhole(running: RunningState): boolean {
  return Object.values(running).every(({ gaps, isServed = true }) => gaps.length === 0 && isServed);
}
