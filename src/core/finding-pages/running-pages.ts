import type { FindingCode } from '../findings/findings.ts';
import { dataGoes } from './data-goes.ts';
import type { FindingPage } from './finding-page.ts';

/** Pages of the codes that are about what runs, and runs only because it was started before. */
export const runningPages = {
  'next-start-fails': {
    title: 'a workload runs now, and its next start fails',
    meaning: [
      'A container reads its Secrets when it starts. One that began while a key was still there goes on without it; a crash, an eviction, a node that goes down or a rollout then ends it for good. It is the outage that has not happened yet. The cause is the finding of the key that went missing.',
    ],
    inKubectl: [
      'Nothing: the pod is Running and ready, Argo CD calls the application Healthy.',
      { lines: ['$ kubectl get pods', 'NAME    READY   STATUS    RESTARTS', 'api-0   1/1     Running   0'] },
    ],
    fixWithC2l: ['Restore the key; nothing has to be restarted.', { lines: ['c2l fix-secrets'] }],
    fixByHand: [
      'Put the key back with the value that it had: the running container still has it in its environment. Until then delete no pod and roll nothing out.',
    ],
    safeToIgnore: ['Only where the workload is about to be removed.'],
  },
  'cronjob-run-failed': {
    title: 'the last run of a CronJob failed',
    meaning: [
      'The newest of its Jobs that has ended did not succeed: after as many tries as its `backoffLimit` allows, or at its `activeDeadlineSeconds`. What it was to do, such as a backup, is not done, and nothing tries again before the next time of its schedule. A Job that is still trying is told of by itself.',
      'A run that succeeds later is the end of this finding: one by the schedule, or one begun by hand.',
    ],
    inKubectl: [
      'The list of CronJobs shows when it last ran, not how it ended; that of Jobs does. Argo CD calls the CronJob Degraded once it has ever succeeded, and Healthy before.',
      {
        lines: [
          '$ kubectl get jobs',
          'NAME               STATUS   COMPLETIONS   DURATION   AGE',
          'nightly-29406240   Failed   0/1           9m         9m',
        ],
      },
    ],
    fixWithC2l: [
      'Where a key is missing that its next run needs too, that is a finding of its own:',
      { lines: ['c2l fix-secrets'] },
    ],
    fixByHand: [
      'See why, as far as its pods are kept, and have it run once more:',
      {
        lines: [
          'kubectl -n NAMESPACE describe job JOB',
          'kubectl -n NAMESPACE logs job/JOB --all-containers',
          'kubectl -n NAMESPACE create job NAME-again --from=cronjob/NAME',
        ],
      },
    ],
    safeToIgnore: ['Where the next run makes up for one that is missed, as most cleaning up does.'],
  },
  'environment-stale': {
    title: 'a workload runs with an older value than its Secret holds',
    meaning: [
      'An environment variable, and a file that is mounted by `subPath`, keeps the value of its start. The Secret got another one since. It is a warning where that is known: c2l wrote the key, the API names a writer of this key alone, or an immutable Secret was created again, which is how one changes it. Of any other Secret that was created again it is an info: it may hold what it held, and whether it does cannot be told. So it is where the write and the start are of the same second: Kubernetes tells no finer times.',
    ],
    inKubectl: [
      'Nothing by itself. The time of the write stands in the managed fields, that of the start in the pod:',
      {
        lines: [
          'kubectl get secret NAME --show-managed-fields -o yaml',
          "kubectl get pod NAME -o jsonpath='{.status.containerStatuses[*].state.running.startedAt}'",
        ],
      },
    ],
    fixWithC2l: [
      'It restarts, in the order of the dependencies, what runs with an older value.',
      { lines: ['c2l restart'] },
    ],
    fixByHand: [{ lines: ['kubectl -n NAMESPACE rollout restart deployment NAME'] }, dataGoes],
    safeToIgnore: ['Where the older value is valid until the next rollout, as in a rotation with an overlap.'],
  },
} as const satisfies Partial<Record<FindingCode, FindingPage>>;
