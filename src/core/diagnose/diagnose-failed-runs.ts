import type { Pod } from '../cluster/kubernetes-pod.ts';
import { refId, refText, type ObjectRef } from '../cluster/kubernetes.ts';
import { refOf } from '../cluster/object-owners.ts';
import type { Finding } from '../findings/findings.ts';
import { newFinding } from '../findings/new-finding.ts';
import { utcText } from '../utc-text.ts';
import { failedRuns, type FailedRun } from '../workloads/failed-runs.ts';
import { failingState, containerStatuses } from '../workloads/pod-state.ts';
import type { Scene } from './diagnosis-scene.ts';
import { howEnded, saidAtEnd } from './troubles/container-end.ts';

/** CronJobs whose work was not done when it was due. Nothing of it waits or retries: it shows nowhere else. */
export function diagnoseFailedRuns(scene: Scene, roots: readonly Finding[]): Finding[] {
  return [...failedRuns(scene.snapshot)].flatMap(([id, run]) => {
    const ref = scene.byId.get(id)?.ref;
    return ref === undefined ? [] : [failedRun(scene, { ref, run, causes: causesOf(run, ref, roots) })];
  });
}

function failedRun(
  scene: Scene,
  { ref, run, causes }: { readonly ref: ObjectRef; readonly run: FailedRun; readonly causes: readonly Finding[] },
): Finding {
  const { job, failure, pod } = run;
  const when = failure.lastTransitionTime === undefined ? '' : ` at ${utcText(failure.lastTransitionTime)}`;
  const look =
    pod === undefined ? `describe job ${job.metadata.name}` : `logs job/${job.metadata.name} --all-containers`;
  return newFinding('cronjob-run-failed', {
    object: ref,
    message: `the last run of ${refText(ref)}, ${refText(refOf('Job', job.metadata))}, failed${when}${whyText(scene, run)}`,
    causes: causes.map(({ id }) => id),
    fix: causes[0]?.fix ?? `kubectl -n ${ref.namespace} ${look}`,
  });
}

function whyText(scene: Scene, { failure: { reason, message }, pod }: FailedRun): string {
  const told = message === undefined ? reason : `${message}${reason === undefined ? '' : ` (${reason})`}`;
  return `${told === undefined ? '' : `: ${told}`}${pod === undefined ? '' : endText(scene, pod)}`;
}

function endText(scene: Scene, pod: Pod): string {
  const name = failingState(pod)?.container;
  const ended = containerStatuses(pod).find((status) => status.name === name)?.state?.terminated;
  if (name === undefined || ended === undefined) return '';
  const said = saidAtEnd(scene, pod, { name, ended });
  return `; container ${name} ended ${howEnded(ended)}${said === undefined ? '' : `; it says: ${said}`}`;
}

/** What keeps a pod from starting ends a Job by its deadline alone: to have failed, a pod must have begun. */
function causesOf({ failure }: FailedRun, ref: ObjectRef, roots: readonly Finding[]): Finding[] {
  if (failure.reason !== 'DeadlineExceeded') return [];
  return roots.filter(
    ({ severity, references = [] }) =>
      severity === 'error' && references.some((place) => !place.optional && refId(place) === refId(ref)),
  );
}
