import { durationMs } from '../../core/watch/duration.ts';
import { endpointTargets, isLocalOutage, judgeEndpoint } from '../../core/watch/endpoint-targets.ts';
import type { Observation } from '../../core/watch/targets.ts';
import type { Round } from '../../core/watch/watch-round.ts';
import type { WatchSection } from '../../core/watch/watch-schema.ts';
import type { Clock } from '../../ports.ts';
import type { WatchWorld } from '../../watch-ports.ts';
import type { ClusterSight } from './watch-cluster.ts';

export interface LookOptions {
  readonly section: WatchSection;
  readonly world: Pick<WatchWorld, 'getAll'>;
  readonly clock: Clock;
  /** Undefined where the cluster is not watched. */
  readonly cluster: { look(): Promise<ClusterSight> } | undefined;
}

const noCluster: ClusterSight = { targets: [], observations: [], isPartial: false };

/** Looks at everything once. */
export async function lookAround({
  section,
  world,
  clock,
  cluster,
}: LookOptions): Promise<Omit<Round, 'at' | 'elapsedMs'>> {
  const [sight, seen] = await Promise.all([cluster?.look() ?? noCluster, lookAtEndpoints(section, world, clock)]);
  const observations = [...sight.observations, ...seen];
  return {
    targets: [...sight.targets, ...section.endpoints.flatMap(endpointTargets)],
    observations,
    isClusterPartial: sight.isPartial,
    isOffline: await isOffline(observations, section, world),
  };
}

async function lookAtEndpoints(
  { endpoints }: WatchSection,
  world: Pick<WatchWorld, 'getAll'>,
  clock: Clock,
): Promise<Observation[]> {
  const answers = await world.getAll(
    endpoints.map(({ url, timeout, json }) => ({
      url,
      timeoutMs: durationMs(timeout),
      wantsBody: Object.keys(json).length > 0,
    })),
  );
  const now = clock.now();
  return endpoints.flatMap((endpoint, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : judgeEndpoint(endpoint, answer, { now, durationMs: answer.durationMs });
  });
}

/** Whether it is this machine that lacks a connection. Where everything passes nobody need be asked. */
async function isOffline(
  observations: readonly Observation[],
  { connectivity }: WatchSection,
  world: Pick<WatchWorld, 'getAll'>,
): Promise<boolean> {
  if (isLocalOutage(observations)) return true;
  if (connectivity.length === 0 || observations.every(({ outcome }) => outcome === 'pass')) return false;
  const answers = await world.getAll(connectivity.map((url) => ({ url, timeoutMs: 5000, wantsBody: false })));
  return answers.every(({ state }) => state === 'failed');
}
