import type { Pod } from '../cluster/kubernetes-pod.ts';
import { type CronJob, type Job, refId } from '../cluster/kubernetes.ts';
import { controllerOf, isFinishedJob, refOf } from '../cluster/object-owners.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareText } from '../compare-text.ts';
import { oncePer } from '../once-per.ts';

/** The last run of a CronJob that ended, where that did not do its work. */
export interface FailedRun {
  readonly job: Job;
  readonly failure: NonNullable<NonNullable<Job['status']>['conditions']>[number];
  /** The newest of its pods that is still there. */
  readonly pod: Pod | undefined;
}

/** By `refId` of the CronJob. A later run that succeeded, by schedule or begun by hand, is the end of it. */
export const failedRuns = oncePer((snapshot: Snapshot): ReadonlyMap<string, FailedRun> => {
  const runs = runsByCronJob(snapshot.jobs.items);
  return new Map(
    snapshot.cronJobs.items.flatMap((cronJob) => {
      const run = lastFailure(cronJob, runs.get(cronJob.metadata.uid ?? '') ?? [], snapshot.pods.items);
      return run === undefined ? [] : [[refId(refOf('CronJob', cronJob.metadata)), run]];
    }),
  );
});

function runsByCronJob(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const byUid = new Map<string, Job[]>();
  for (const job of jobs) {
    const uid = job.metadata.ownerReferences?.find(({ kind }) => kind === 'CronJob')?.uid;
    if (uid === undefined || !isFinishedJob(job)) continue;
    byUid.set(uid, [...(byUid.get(uid) ?? []), job]);
  }
  return byUid;
}

function lastFailure({ status }: CronJob, runs: readonly Job[], pods: readonly Pod[]): FailedRun | undefined {
  const job = runs.toSorted((left, right) => compareText(bornAt(right), bornAt(left)))[0];
  const failure = job?.status?.conditions?.find(({ type, status: is }) => type === 'Failed' && is === 'True');
  if (job === undefined || failure === undefined) return undefined;
  // The Job that succeeded may be gone: some keep none.
  if ((status?.lastSuccessfulTime ?? '') > (failure.lastTransitionTime ?? bornAt(job))) return undefined;
  return { job, failure, pod: newestPod(job, pods) };
}

function newestPod({ metadata }: Job, pods: readonly Pod[]): Pod | undefined {
  const own = pods.filter((pod) => controllerOf(pod.metadata)?.uid === metadata.uid);
  return own.sort((left, right) => compareText(bornAt(right), bornAt(left)))[0];
}

function bornAt({ metadata }: Job | Pod): string {
  return metadata.creationTimestamp ?? '';
}
