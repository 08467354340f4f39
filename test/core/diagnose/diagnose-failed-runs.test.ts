import { describe, expect, test } from '@jest/globals';
import type { CloserLook } from '../../../src/core/cluster/snapshot.ts';
import { closerQuestions } from '../../../src/core/diagnose/closer-questions.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { diagnosedStates } from '../../../src/core/workloads/component-states.ts';
import {
  container,
  cronJob,
  keyEnv,
  namespace,
  owner,
  secret,
  snapshotOf,
  type Parts,
} from '../../support/builders.ts';
import { ended } from '../../support/pod-statuses.ts';

interface Run {
  readonly name: string;
  readonly born: string;
  /** Undefined while it goes on. */
  readonly end?: 'Complete' | 'Failed';
  readonly at?: string;
  readonly reason?: string;
  readonly message?: string;
}

const spec = { containers: [container('main', { env: [keyEnv('app', 'k')] })] };
const day = (hour: number): string => `2026-01-01T${hour.toString().padStart(2, '0')}:00:00Z`;

/** Of the CronJob `nightly`. */
function runs(...all: readonly Run[]): Parts {
  return {
    jobs: all.map(({ name, born, end, at = born, reason, message }) => ({
      metadata: {
        name,
        namespace,
        uid: `Job-${name}`,
        creationTimestamp: born,
        ownerReferences: [owner('CronJob', 'nightly')],
      },
      spec: { template: { spec } },
      status: {
        conditions:
          end === undefined
            ? []
            : [
                {
                  type: end,
                  status: 'True',
                  lastTransitionTime: at,
                  ...(reason && { reason }),
                  ...(message && { message }),
                },
              ],
      },
    })),
  };
}

const gaveUp = {
  end: 'Failed',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
} as const;
const failed: Run = { name: 'nightly-1', born: day(1), at: day(2), ...gaveUp };
const nightly = cronJob('nightly', { spec });
const held = secret('app', ['k']);

function told(...parts: readonly Parts[]): string[] {
  return diagnose(snapshotOf(nightly, ...parts))
    .filter(({ code }) => code === 'cronjob-run-failed')
    .map(({ severity, message, fix, causes }) => [severity, message, fix, ...causes].join(' | '));
}

const words = `warning | the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 02:00:00 UTC: Job has reached the specified backoff limit (BackoffLimitExceeded)`;

describe('the last run of a CronJob', () => {
  test('that failed is told with its reason', () => {
    expect(told(held, runs(failed))).toEqual([`${words} | kubectl -n shop describe job nightly-1`]);
  });

  const keepingNone = {
    ...runs(failed),
    cronJobs: (nightly.cronJobs ?? []).map((each) => ({ ...each, status: { lastSuccessfulTime: day(5) } })),
  };
  const ofAnother = (runs(failed).jobs ?? []).map((job) => ({
    ...job,
    metadata: { ...job.metadata, ownerReferences: [owner('CronJob', 'other')] },
  }));

  test.each<[situation: string, parts: readonly Parts[]]>([
    ['succeeded', [nightly, runs({ name: 'nightly-1', born: day(1), end: 'Complete' })]],
    ['is the first, and goes on', [nightly, runs({ name: 'nightly-1', born: day(1) })]],
    ['succeeded after one that failed', [nightly, runs(failed, { name: 'by-hand', born: day(3), end: 'Complete' })]],
    ['succeeded, and is gone as its CronJob keeps none', [keepingNone]],
    ['is another CronJob’s', [nightly, { jobs: ofAnother }]],
  ])('is nothing to tell of where it %s', (_, parts) => {
    expect(diagnose(snapshotOf(held, ...parts)).map(({ code }) => code)).not.toContain('cronjob-run-failed');
  });

  test('is the newest that has ended, while another goes on', () => {
    const before: Run = { name: 'nightly-0', born: day(0), end: 'Complete' };
    expect(told(held, runs(before, failed, { name: 'nightly-2', born: day(3) }))).toHaveLength(1);
  });

  test('tells how its pod ended, and what that said', () => {
    const pod = {
      metadata: { name: 'nightly-1-x', namespace, uid: 'p', ownerReferences: [{ ...owner('Job', 'nightly-1') }] },
      spec,
      status: { phase: 'Failed', containerStatuses: [ended('main', 3, 'Error')] },
    };
    const snapshot = snapshotOf(nightly, held, runs(failed), { pods: [pod] });
    const place = { namespace, pod: 'nightly-1-x', container: 'main' };
    expect(closerQuestions(snapshot).logs).toEqual([place]);

    const closer = { lastWords: new Map([['shop/nightly-1-x/main', 'disk full']]), gaps: [] } as unknown as CloserLook;
    const [found] = diagnose({ ...snapshot, closer });
    expect(found?.message).toMatch(/; container main ended with exit code 3; it says: disk full$/);
    expect(found?.fix).toBe('kubectl -n shop logs job/nightly-1 --all-containers');
  });

  test('is put down to a key that it waited for until its deadline, and to none that it began with', () => {
    const late = { ...failed, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
    const fix = 'c2l fix-secrets -n shop';
    expect(told(secret('app', ['x']), runs(late))).toEqual([
      `warning | the last run of cronjob/nightly, job/nightly-1, failed at 2026-01-01 02:00:00 UTC: ${late.message} (DeadlineExceeded) | ${fix} | secret-key-missing/shop/app/k`,
    ]);
    expect(told(secret('app', ['x']), runs(failed))).toEqual([`${words} | kubectl -n shop describe job nightly-1`]);
  });

  test('keeps the CronJob from being called ready', () => {
    const stateOf = (...parts: readonly Parts[]): string[] => {
      const snapshot = snapshotOf(nightly, ...parts);
      return diagnosedStates(snapshot, undefined, diagnose(snapshot)).map(({ state, detail }) => `${state}, ${detail}`);
    };
    expect(stateOf(held, runs(failed))).toEqual(['waiting, runs on its schedule, but its last run failed']);
    expect(stateOf(runs(failed))).toEqual([
      'stuck, runs on its schedule, but its last run failed, and its next start fails',
    ]);
  });

  test('is why Argo CD calls its application Degraded', () => {
    const application = {
      metadata: { name: 'jobs', namespace: 'argocd' },
      spec: { destination: { namespace } },
      status: { health: { status: 'Degraded' }, resources: [{ kind: 'CronJob', namespace, name: 'nightly' }] },
    };
    const parts: Parts = { applications: [application] };
    const found = diagnose(snapshotOf(nightly, held, runs(failed), parts));
    expect(found.find(({ code }) => code === 'argocd-application-unhealthy')?.causes).toEqual([
      'cronjob-run-failed/shop/cronjob/nightly',
    ]);
  });
});
