import { apiTime } from '../api/api-time.ts';
import type { StoredObject } from '../store/stored-object.ts';

export interface DeploymentCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
}

export interface Counts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
}

export interface Rollout {
  readonly replicas: number;
  readonly minAvailable: number;
  readonly progressDeadlineSeconds: number;
  /** The ReplicaSet of the current template, and whether it was made just now. */
  readonly newReplicaSet: string;
  readonly created: boolean;
  readonly counts: Counts;
  /** Why a ReplicaSet cannot create pods. */
  readonly failure: string | undefined;
  readonly now: Date;
}

interface DeploymentStatus extends Partial<Counts> {
  readonly conditions?: readonly DeploymentCondition[];
}

/** The status that the deployment controller writes, from the one before and what it counted. */
export function deploymentStatus(deployment: StoredObject, rollout: Rollout): object {
  const before = (deployment['status'] ?? {}) as DeploymentStatus;
  const { counts, replicas } = rollout;
  const unavailable = Math.max(0, Math.max(replicas, counts.replicas) - counts.availableReplicas);
  const conditions = [progressing(before, rollout), available(before, rollout), ...replicaFailure(before, rollout)];
  return {
    observedGeneration: deployment.metadata.generation,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    conditions,
  };
}

/** How long until a rollout that makes no progress has failed; undefined where none is under way. */
export function untilDeadlineMs(status: unknown, seconds: number, now: Date): number | undefined {
  const condition = conditionOf(status as DeploymentStatus, 'Progressing');
  if (!condition || condition.reason === 'NewReplicaSetAvailable' || condition.status === 'False') {
    return undefined;
  }
  return Date.parse(condition.lastUpdateTime) + seconds * 1000 - now.getTime();
}

function conditionOf(status: DeploymentStatus, type: string): DeploymentCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

function replicaFailure(before: DeploymentStatus, { failure: message, now }: Rollout): DeploymentCondition[] {
  if (message === undefined) {
    return [];
  }
  const old = conditionOf(before, 'ReplicaFailure');
  const wanted = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
  return [old ?? condition(old, wanted, now)];
}

type Wanted = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

function condition(before: DeploymentCondition | undefined, wanted: Wanted, now: Date): DeploymentCondition {
  const at = apiTime(now);
  return {
    ...wanted,
    lastUpdateTime: at,
    lastTransitionTime: before?.status === wanted.status ? before.lastTransitionTime : at,
  };
}

function available(before: DeploymentStatus, { counts, minAvailable, now }: Rollout): DeploymentCondition {
  const old = conditionOf(before, 'Available');
  const enough = counts.availableReplicas >= minAvailable;
  const wanted: Wanted = enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  return old?.status === wanted.status ? old : condition(old, wanted, now);
}

function progressing(before: DeploymentStatus, rollout: Rollout): DeploymentCondition {
  const { counts, replicas, newReplicaSet: name, created, now } = rollout;
  const old = conditionOf(before, 'Progressing');
  const say = (status: string, reason: string, message: string): DeploymentCondition =>
    condition(old, { type: 'Progressing', status, reason, message }, now);
  if (!old || created) {
    return say('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  }
  const settled = counts.replicas === counts.updatedReplicas && old.reason === 'NewReplicaSetAvailable';
  if (settled) {
    return old;
  }
  if (Object.values(counts).every((count) => count === replicas)) {
    return say('True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`);
  }
  if (advanced(before, counts)) {
    return say('True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
  }
  const left = untilDeadlineMs(before, rollout.progressDeadlineSeconds, now);
  if (left !== undefined && left <= 0) {
    return say('False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`);
  }
  return old;
}

function advanced(before: DeploymentStatus, counts: Counts): boolean {
  const old = (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  return (
    counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas < old ||
    counts.readyReplicas > (before.readyReplicas ?? 0) ||
    counts.availableReplicas > (before.availableReplicas ?? 0)
  );
}
