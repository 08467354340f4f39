import { apiTime } from '../api/api-time.ts';
import { asPod, isReady, isTerminating } from '../kubelet/kubelet-pod.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Controller, ControlPlane } from './control-plane.ts';
import { nameSuffix } from './names.ts';
import { controlledBy, controllerOf, createPod } from './owned-pods.ts';
import type { StoredTemplate } from './owned-pods.ts';
import { quotaRefusal, refusedRetryMs } from './pod-quota.ts';
import { WorkQueue } from './work-queue.ts';

interface JobSpec {
  readonly suspend?: boolean;
  readonly backoffLimit?: number;
  readonly template: StoredTemplate;
}

interface JobStatus {
  readonly startTime?: string;
  readonly conditions?: readonly object[];
}

interface Tally {
  readonly active: number;
  readonly ready: number;
  readonly failed: number;
  readonly succeeded: number;
}

const firstRetryMs = 10_000;

/** Runs the pod of a Job until it has succeeded once or failed too often. */
export function jobController(plane: ControlPlane): Controller {
  const retryAt = new Map<string, number>();
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    const job = plane.store.get('jobs', namespace, name);
    if (!job || isEnded(job) || isTerminating(job)) {
      return;
    }
    const tally = tallyOf(plane, job);
    if (wantsPod(job, tally)) {
      const now = plane.clock.now().getTime();
      const attempt = `${job.metadata.uid}/${String(tally.failed)}`;
      const due = retryAt.get(attempt) ?? now + (tally.failed === 0 ? 0 : firstRetryMs * 2 ** (tally.failed - 1));
      retryAt.set(attempt, due);
      if (due <= now) {
        if (start(plane, job) === 'refused') {
          queue.add(namespace, name, refusedRetryMs);
        }
      } else {
        queue.add(namespace, name, due - now);
      }
    }
    writeStatus(plane, job);
  });
  return {
    observe({ resource, object }) {
      const { namespace = '', name } = object.metadata;
      if (resource === 'jobs') {
        queue.add(namespace, name);
      }
      const owner = resource === 'pods' ? controllerOf(object) : undefined;
      if (owner?.kind === 'Job') {
        queue.add(namespace, owner.name);
      }
    },
  };
}

function isEnded(job: StoredObject): boolean {
  return (job['status'] as JobStatus | undefined)?.conditions !== undefined;
}

function tallyOf(plane: ControlPlane, job: StoredObject): Tally {
  const pods = controlledBy(plane, job, 'pods').map(asPod);
  const failed = pods.filter(({ status }) => status?.phase === 'Failed').length;
  const succeeded = pods.filter(({ status }) => status?.phase === 'Succeeded').length;
  return { active: pods.length - failed - succeeded, ready: pods.filter(isReady).length, failed, succeeded };
}

function wantsPod(job: StoredObject, { active, failed, succeeded }: Tally): boolean {
  const { suspend = false, backoffLimit = 6 } = job['spec'] as JobSpec;
  return active === 0 && succeeded === 0 && failed <= backoffLimit && !suspend;
}

function start(plane: ControlPlane, job: StoredObject): 'started' | 'refused' {
  const { template } = job['spec'] as JobSpec;
  const { namespace = '', name, uid } = job.metadata;
  const refusal = quotaRefusal(plane, namespace, `${name}-${nameSuffix()}`);
  if (refusal !== undefined) {
    record(plane, job, 'Warning', 'FailedCreate', `Error creating: ${refusal}`);
    return 'refused';
  }
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const pod = createPod(plane, job, { template, labels });
  record(plane, job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  return 'started';
}

function writeStatus(plane: ControlPlane, job: StoredObject): void {
  const { backoffLimit = 6 } = job['spec'] as JobSpec;
  const { namespace, name } = job.metadata;
  const { active, ready, failed, succeeded } = tallyOf(plane, job);
  const now = apiTime(plane.clock.now());
  const done = succeeded > 0;
  const conditions = done
    ? ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods', now)
    : ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', now);
  plane.store.mutate('jobs', namespace, name, (draft) => {
    draft['status'] = {
      startTime: (draft['status'] as JobStatus | undefined)?.startTime ?? now,
      ready,
      terminating: 0,
      ...(active > 0 && { active }),
      ...(failed > 0 && { failed }),
      ...(done && { succeeded, completionTime: now }),
      ...((done || failed > backoffLimit) && { conditions }),
    };
  });
  if (done) {
    record(plane, job, 'Normal', 'Completed', 'Job completed');
  } else if (failed > backoffLimit) {
    record(plane, job, 'Warning', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
}

function ended(type: string, reason: string, message: string, at: string): object[] {
  return [{ type, status: 'True', reason, message, lastProbeTime: at, lastTransitionTime: at }];
}

type Recorded = [type: 'Normal' | 'Warning', reason: string, message: string];

function record(plane: ControlPlane, job: StoredObject, ...[type, reason, message]: Recorded): void {
  plane.events.record(job, { type, reason, message, component: 'job-controller' });
}
