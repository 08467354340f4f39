import { describe, expect, test } from '@jest/globals';
import type { Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { findingPages } from '../../../src/core/finding-pages/finding-pages.ts';
import { barePod, container, keyEnv, secret, snapshotOf, statefulSet, type Parts } from '../../support/builders.ts';
import { pending, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const startedAt = '2026-01-02T03:00:00Z';
const runs = {
  ...pending([], [{ ...running('main', true), state: { running: { startedAt } } }]),
  conditions: [{ type: 'Ready', status: 'True' }],
};
const never = pending([], [waiting('main', 'ImagePullBackOff')]);
const lost = 'its data is on an emptyDir and would be lost';

/** A PostgreSQL with its data on a volume, by default one that goes with its pod. */
function database(volume: object = { emptyDir: {} }): PodSpec {
  const mount = { name: 'data', mountPath: '/var/lib/postgresql/data' };
  const env = [keyEnv('app', 'token')];
  return {
    containers: [container('main', { image: 'postgres:16', env, volumeMounts: [mount] })],
    volumes: [{ name: 'data', ...volume }],
  };
}

/** A newer template than the pod's. */
function behind(type: string, status: Pod['status'], spec = database()): Parts {
  const { statefulSets = [], pods = [] } = statefulSet('db', { spec, pods: status });
  return {
    statefulSets: statefulSets.map((each) => ({
      ...each,
      spec: { ...each.spec, updateStrategy: { type } },
      status: { ...each.status, updateRevision: 'db-2' },
    })),
    pods: pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'controller-revision-hash': 'db-1' } },
    })),
  };
}

function advice(code: string, ...parts: readonly Parts[]): string {
  return told(diagnose(snapshotOf(...parts)))
    .filter((line) => line.includes(code))
    .join('\n');
}

describe('what would lose the data of a database is not advised', () => {
  const again = secret('app', ['token'], {
    metadata: { name: 'app', namespace: 'shop', creationTimestamp: '2026-01-02T03:00:01Z' },
  });
  const changed = secret('app', ['token'], { keyChangedAt: new Map([['token', '2026-01-02T03:00:01Z']]) });
  const claim = database({ persistentVolumeClaim: { claimName: 'data' } });

  test('where it may run with an older value: the plan of a restart tells the ways to go on', () => {
    expect(advice('environment-stale', again, statefulSet('db', { spec: database(), pods: runs }))).toContain(
      `whether it does cannot be told; ${lost} by a restart [c2l restart -n shop --affected-by secret/app:token --dry-run]`,
    );
    expect(advice('environment-stale', again, statefulSet('db', { spec: claim, pods: runs }))).toContain(
      'whether it does cannot be told [kubectl -n shop rollout restart statefulset db]',
    );
  });

  test('where it surely does, by a controller or by none', () => {
    const plan = `${lost} by a restart [c2l restart -n shop --affected-by secret/app --dry-run]`;
    expect(advice('environment-stale', changed, statefulSet('db', { spec: database(), pods: runs }))).toContain(plan);
    expect(advice('environment-stale', changed, barePod('db', database(), runs))).toContain(plan);
  });

  test('where its strategy leaves it to people to delete it', () => {
    expect(advice('rollout-waits-for-delete', changed, behind('OnDelete', runs))).toContain(
      `${lost} with a pod: save it before you delete one [kubectl -n shop describe pod db-0]`,
    );
  });

  test('where its broken pod holds up a newer template, unless it never ran', () => {
    const crashing = pending([], [{ ...waiting('main', 'CrashLoopBackOff'), restartCount: 4 }]);
    expect(advice('rollout-held-by-old-pod', changed, behind('RollingUpdate', crashing))).toContain(
      `${lost} with it: save it first [kubectl -n shop describe pod db-0]`,
    );
    expect(advice('rollout-held-by-old-pod', changed, behind('RollingUpdate', never))).toContain(
      'must go before the newer one is tried [kubectl -n shop delete pod db-0]',
    );
  });
});

test('every page that tells how to replace a pod by hand tells what goes with it', () => {
  const replacing = Object.entries(findingPages).filter(([code, page]) => {
    const lines = page.fixByHand.flatMap((each) => (typeof each === 'string' ? [] : each.lines));
    return !code.startsWith('argocd') && lines.some((line) => /rollout restart|delete pod\b/.test(line));
  });
  expect(replacing.length).toBeGreaterThan(3);
  for (const [code, { fixByHand }] of replacing)
    expect([code, JSON.stringify(fixByHand)]).toEqual([code, expect.stringContaining('emptyDir')]);
});
