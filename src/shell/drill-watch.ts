import { podState } from '../core/pod-state.ts';
import type { Session } from './session.ts';

export interface Noticed {
  /** From the fault on. */
  readonly firstPodMs?: number;
  readonly argocdMs?: number;
}

const lookEveryMs = 500;

/** Looks on while others recover: when the first new pod is ready, and when Argo CD says that something is wrong. */
export function lookOn(
  session: Session,
  {
    begun,
    namespace,
    uidsBefore,
  }: { readonly begun: number; readonly namespace: string; readonly uidsBefore: ReadonlySet<string> },
): { end(): Promise<Noticed> } {
  const { cluster, deps, scope } = session;
  const { clock } = deps;
  const stop = new AbortController();
  let seen: Noticed = {};
  const look = async (): Promise<void> => {
    const [pods, applications] = await Promise.all([
      cluster.list('pods', namespace),
      cluster.list('applications', scope.argocdNamespace),
    ]);
    const afterMs = Math.round(clock.monotonic() - begun);
    const fresh =
      pods.state === 'present' ? pods.value.filter(({ metadata }) => !uidsBefore.has(metadata.uid ?? '')) : [];
    if (seen.firstPodMs === undefined && fresh.some((pod) => podState(pod).state === 'ready')) {
      seen = { ...seen, firstPodMs: afterMs };
    }
    const unwell =
      applications.state === 'present' &&
      applications.value.some(
        ({ spec, status }) =>
          spec?.destination?.namespace === namespace && (status?.health?.status ?? 'Healthy') !== 'Healthy',
      );
    if (seen.argocdMs === undefined && unwell) seen = { ...seen, argocdMs: afterMs };
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await look();
      await clock.sleep(lookEveryMs, stop.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    end: async () => {
      stop.abort();
      await running;
      // What became ready since the last look is not missed.
      await look();
      return seen;
    },
  };
}
