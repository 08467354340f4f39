import { expect, test } from '@jest/globals';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { snapshotOf, statefulSet, type Parts } from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

/** A StatefulSet of two with a newer template, which its pods may run already. */
function newer(updateStrategy: string, ...current: readonly boolean[]): Parts {
  const { statefulSets = [], pods = [] } = statefulSet('db', { replicas: 2 });
  return {
    statefulSets: statefulSets.map((each) => ({
      ...each,
      spec: { ...each.spec, updateStrategy: { type: updateStrategy } },
      status: { ...each.status, updateRevision: 'db-2', readyReplicas: 2 },
    })),
    pods: pods.map((pod, index) => ({
      ...pod,
      metadata: {
        ...pod.metadata,
        labels: { ...pod.metadata.labels, 'controller-revision-hash': current[index] === true ? 'db-2' : 'db-1' },
      },
    })),
  };
}

const stuck = pending([], [waiting('db', 'ContainerCreating')]);
const withPod = (parts: Parts, index: number, status: object): Parts => ({
  ...parts,
  pods: (parts.pods ?? []).map((pod, each) => (each === index ? { ...pod, status } : pod)),
});

test.each<[string, Parts, readonly string[]]>([
  [
    'no pod runs',
    newer('OnDelete', false, false),
    [
      'info rollout-waits-for-delete: statefulset/db has a newer template that 2 pods do not run: its update strategy is OnDelete [kubectl -n shop delete pod db-0]',
    ],
  ],
  [
    'one pod does not run',
    newer('OnDelete', true, false),
    [
      'info rollout-waits-for-delete: statefulset/db has a newer template that 1 pod does not run: its update strategy is OnDelete [kubectl -n shop delete pod db-1]',
    ],
  ],
  ['every pod runs', newer('OnDelete', true, true), []],
  ['its controller brings', newer('RollingUpdate', false, false), []],
  [
    'a pod that serves nobody does not run',
    withPod(newer('OnDelete', false, false), 1, stuck),
    [
      'info rollout-waits-for-delete: statefulset/db has a newer template that 2 pods do not run: its update strategy is OnDelete [kubectl -n shop delete pod db-1]',
    ],
  ],
  [
    'a pod that serves nobody runs',
    withPod(newer('OnDelete', false, true), 1, stuck),
    [
      'info rollout-waits-for-delete: statefulset/db has a newer template that 1 pod does not run: its update strategy is OnDelete [kubectl -n shop delete pod db-0]',
    ],
  ],
  [
    'a pod that ends again and again does not run',
    withPod(newer('OnDelete', true, false), 1, pending([], [waiting('db', 'CrashLoopBackOff')])),
    [
      'error rollout-held-by-old-pod: statefulset/db is not ready: pod db-1, container db is CrashLoopBackOff; it still runs the older template and must go before the newer one is tried [kubectl -n shop delete pod db-1]',
    ],
  ],
])('a newer template that %s', (_, parts, expected) => {
  expect(told(diagnose(snapshotOf(parts)))).toEqual(expected);
});
