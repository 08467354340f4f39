import type { Unreadable } from '../../core/cluster/observed.ts';
import type { Snapshot } from '../../core/cluster/snapshot.ts';
import { needGaps } from '../../core/cluster/unreadable.ts';
import { diagnose } from '../../core/diagnose/diagnose.ts';
import { secretNeeds } from '../../core/secrets/secret-needs.ts';
import { planChecks, type PlannedCheck } from '../../core/verify/checks.ts';
import { apiServerTarget, checkTargets, gapTargets, secretTargets } from '../../core/watch/cluster-targets.ts';
import type { Observation, Target } from '../../core/watch/targets.ts';
import { createLiveView } from '../observe/live-view.ts';
import { observe } from '../observe/observe.ts';
import type { Session } from '../session.ts';
import { attemptInTime } from '../verify/attempt-check.ts';
import type { CheckWorld } from '../verify/attempt.ts';
import { RefusedLogins } from '../verify/refused-logins.ts';

/** What was seen of the cluster in one round. */
export interface ClusterSight {
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
  readonly isPartial: boolean;
}

/** Looks at the API server, and through it at every check of verify once, whatever became of the others. */
export function createClusterWatch(session: Session): () => Promise<ClusterSight> {
  const refused = new RefusedLogins();

  const look = async (check: PlannedCheck, snapshot: Snapshot, world: CheckWorld): Promise<Observation> => {
    const { clock } = session.deps;
    const at = clock.monotonic();
    const { outcome, detail } = await refused.attempt(check, { snapshot, at }, () =>
      attemptInTime(check, world, session.deps),
    );
    return { id: check.id, outcome, detail, durationMs: clock.monotonic() - at };
  };

  return async () => {
    const { cluster, stack, scope, deps } = session;
    const api = await lookAtApiServer(session);
    if (api.outcome !== 'pass') return { targets: [apiServerTarget], observations: [api], isPartial: true };
    const snapshot = await observe(cluster, scope, deps.clock.now());
    const checks = planChecks(snapshot, stack);
    const needs = secretNeeds(snapshot, stack);
    const secrets = secretTargets(needs, diagnose(snapshot, stack));
    const gaps = gapTargets(needGaps(snapshot));
    const view = createLiveView({ cluster, scope, clock: deps.clock }, snapshot);
    const looks = await Promise.all(checks.map((check) => look(check, snapshot, { cluster, stack, view })));
    return {
      targets: [apiServerTarget, ...secrets.targets, ...gaps.targets, ...checkTargets(checks, needs)],
      observations: [api, ...secrets.observations, ...gaps.observations, ...looks],
      isPartial: gaps.targets.length > 0 || secrets.targets.length < needs.length,
    };
  };
}

async function lookAtApiServer({ cluster, deps, scope }: Session): Promise<Observation> {
  const start = deps.clock.monotonic();
  const answer = await cluster.namespaceExists(scope.namespaces[0] ?? cluster.defaultNamespace);
  const durationMs = deps.clock.monotonic() - start;
  return apiServerObservation(answer.state === 'unreadable' ? answer : undefined, durationMs);
}

/** A refusal is an answer of the API server; only one that does not know who asks lets nothing be seen. */
function apiServerObservation(answer: Unreadable | undefined, durationMs: number): Observation {
  const common = { id: apiServerTarget.id, durationMs };
  if (answer === undefined || answer.cause === 'forbidden') return { ...common, outcome: 'pass', detail: 'answers' };
  const isUnknown = answer.cause === 'unauthorized' || answer.cause === 'rate-limited';
  return { ...common, outcome: isUnknown ? 'unreadable' : 'fail', detail: answer.reason };
}
