import { expect, test } from '@jest/globals';
import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  cronJob,
  deployment,
  keyEnv,
  namespace,
  owner,
  secret,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const takes = (...keys: readonly string[]) => ({
  containers: [container('main', { env: keys.map((key) => keyEnv('app', key, key === 'o')) })],
});

/** The last run of the CronJob `nightly`, with its pod where one is left. */
function failed(
  condition: { at?: string; reason?: string; message?: string },
  status?: Pod['status'],
  spec = takes('k'),
): Parts {
  const { at, ...why } = condition;
  return {
    ...cronJob('nightly', { spec }),
    jobs: [
      {
        metadata: {
          name: 'nightly-1',
          namespace,
          uid: 'Job-nightly-1',
          creationTimestamp: '2026-01-01T01:00:00Z',
          ownerReferences: [owner('CronJob', 'nightly')],
        },
        spec: { template: { spec } },
        status: {
          conditions: [{ type: 'Failed', status: 'True', ...(at !== undefined && { lastTransitionTime: at }), ...why }],
        },
      },
    ],
    ...(status && {
      pods: [
        {
          metadata: { name: 'nightly-1-x', namespace, uid: 'pod-x', ownerReferences: [owner('Job', 'nightly-1')] },
          spec,
          status,
        },
      ],
    }),
  };
}

const over = (...statuses: Parameters<typeof pending>[1]): NonNullable<Pod['status']> => ({
  ...pending([], statuses),
  phase: 'Failed',
});
const runs = (...parts: readonly Parts[]): string[] =>
  told(diagnose(snapshotOf(...parts)).filter(({ code }) => code === 'cronjob-run-failed'));
const whole = secret('app', ['k', 'l']);
const limit = { at: '2026-01-01T01:05:00Z', reason: 'BackoffLimitExceeded', message: 'Job has reached the limit' };
const deadline = { at: '2026-01-01T01:05:00Z', reason: 'DeadlineExceeded' };

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'all that a Job says',
    [failed(limit), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded) [kubectl -n shop describe job nightly-1]',
    ],
  ],
  [
    'a reason alone',
    [failed(deadline), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: DeadlineExceeded [kubectl -n shop describe job nightly-1]',
    ],
  ],
  [
    'words alone',
    [failed({ message: 'it was ended' }), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed: it was ended [kubectl -n shop describe job nightly-1]',
    ],
  ],
  [
    'nothing',
    [failed({}), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed [kubectl -n shop describe job nightly-1]',
    ],
  ],
  [
    'how its container ended',
    [failed(limit, over(ended('main', 3))), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded); container main ended with exit code 3 [kubectl -n shop logs job/nightly-1 --all-containers]',
    ],
  ],
  [
    'what its container said',
    [
      failed(
        limit,
        over({ name: 'main', ready: false, state: { terminated: { exitCode: 3, message: 'no such table' } } }),
      ),
      whole,
    ],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded); container main ended with exit code 3; it says: no such table [kubectl -n shop logs job/nightly-1 --all-containers]',
    ],
  ],
  [
    'how the container ended that failed',
    [failed(limit, over(running('main'), ended('side', 4))), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded); container side ended with exit code 4 [kubectl -n shop logs job/nightly-1 --all-containers]',
    ],
  ],
  [
    'nothing of a container that did not end',
    [failed(limit, over(waiting('main', 'CrashLoopBackOff'))), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded) [kubectl -n shop logs job/nightly-1 --all-containers]',
    ],
  ],
  [
    'nothing of a container that ended well',
    [failed(limit, over(ended('main', 0))), whole],
    [
      'warning cronjob-run-failed: the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 01:05:00 UTC: Job has reached the limit (BackoffLimitExceeded) [kubectl -n shop logs job/nightly-1 --all-containers]',
    ],
  ],
])('a run that failed is told with %s', (_, parts, expected) => {
  expect(runs(...parts)).toEqual(expected);
});

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'a key that it lacks',
    [failed(deadline), secret('app', [])],
    ['secret-key-missing/shop/app/k', 'c2l fix-secrets -n shop'],
  ],
  [
    'two keys that it lacks',
    [failed(deadline, undefined, takes('k', 'l')), secret('app', [])],
    ['secret-key-missing/shop/app/k', 'secret-key-missing/shop/app/l', 'c2l fix-secrets -n shop'],
  ],
  [
    'no key that it can do without',
    [failed(deadline, undefined, takes('o')), deployment('web', { spec: takes('k') }), secret('app', [])],
    ['kubectl -n shop describe job nightly-1'],
  ],
  [
    'no key that another lacks',
    [failed(deadline), deployment('web', { spec: takes('l') }), secret('app', ['k'])],
    ['kubectl -n shop describe job nightly-1'],
  ],
  [
    'a key that another lacks as well',
    [failed(deadline), deployment('api', { spec: takes('k') }), secret('app', [])],
    ['secret-key-missing/shop/app/k', 'c2l fix-secrets -n shop'],
  ],
  [
    'no key, when a pod of it has begun',
    [failed(limit), secret('app', [])],
    ['kubectl -n shop describe job nightly-1'],
  ],
])('a run that failed is put down to %s', (_, parts, expected) => {
  const found = diagnose(snapshotOf(...parts)).filter(({ code }) => code === 'cronjob-run-failed');

  expect(found.flatMap(({ causes, fix }) => [...causes, fix])).toEqual(expected);
});
