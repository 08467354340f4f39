import { expect, test } from '@jest/globals';
import type { DaemonSet, Deployment, StatefulSet } from '../../../src/core/cluster/kubernetes.ts';
import {
  isBehindTemplate,
  isBeingRenewed,
  restartedAt,
  restartUnderWay,
} from '../../../src/core/workloads/rollout-under-way.ts';
import { isHeldBack, isOnDelete, rolloutState } from '../../../src/core/workloads/rollout.ts';
import { workloads, type Workload } from '../../../src/core/workloads/workloads.ts';
import { daemonSet, deployment, job, snapshotOf, statefulSet, type Parts } from '../../support/builders.ts';

function only(parts: Parts): Workload {
  const [workload] = workloads(snapshotOf(parts));
  if (workload === undefined) throw new Error('the test builds none');
  return workload;
}

const at = '2026-01-02T03:00:00Z';
const restarted = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } };
const ofDeployment = (spec: Partial<Deployment['spec']>, status: object = {}): Parts => {
  const { deployments = [], ...rest } = deployment('w', { replicas: 2 });
  return {
    ...rest,
    deployments: deployments.map((each) => ({
      ...each,
      spec: { ...each.spec, ...spec },
      status: { ...each.status, ...status },
    })),
  };
};
const ofStatefulSet = (spec: Partial<StatefulSet['spec']>, status: object = {}): Parts => {
  const { statefulSets = [], ...rest } = statefulSet('w', { replicas: 2 });
  return {
    ...rest,
    statefulSets: statefulSets.map((each) => ({
      ...each,
      spec: { ...each.spec, ...spec },
      status: { ...each.status, ...status },
    })),
  };
};
const ofDaemonSet = (spec: Partial<DaemonSet['spec']>, status: object = {}): Parts => {
  const { daemonSets = [], ...rest } = daemonSet('w', { replicas: 2 });
  return {
    ...rest,
    daemonSets: daemonSets.map((each) => ({
      ...each,
      spec: { ...each.spec, ...spec },
      status: { ...each.status, ...status },
    })),
  };
};
const newer = { updateRevision: 'w-2' };
const onDelete = { updateStrategy: { type: 'OnDelete' } };
const rolling = { updateStrategy: { type: 'RollingUpdate' } };
const partition = (from: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: from } } });
const oneOld = { updatedNumberScheduled: 1 };

/** Whether an older template is kept, whether each pod waits to be deleted, which pods are behind, which are about to be renewed. */
test.each<[string, Parts, readonly [held: boolean, onDelete: boolean, behind: number, renewed: number]]>([
  ['a Deployment that is whole', ofDeployment({}), [false, false, 0, 0]],
  ['a paused Deployment that is whole', ofDeployment({ paused: true }), [false, false, 0, 0]],
  ['a paused Deployment with an old pod', ofDeployment({ paused: true }, { updatedReplicas: 1 }), [true, false, 0, 0]],
  ['a Deployment with an old pod', ofDeployment({}, { updatedReplicas: 1 }), [false, false, 0, 0]],
  ['a StatefulSet that is whole', ofStatefulSet(rolling), [false, false, 0, 0]],
  ['a StatefulSet with a newer template', ofStatefulSet(rolling, newer), [false, false, 2, 2]],
  ['a StatefulSet of no strategy with a newer template', ofStatefulSet({}, newer), [false, false, 2, 2]],
  ['a StatefulSet on deletion', ofStatefulSet(onDelete, newer), [true, true, 0, 0]],
  ['a StatefulSet on deletion that is whole', ofStatefulSet(onDelete), [false, true, 0, 0]],
  ['a StatefulSet with a partition', ofStatefulSet(partition(1), newer), [true, false, 1, 1]],
  ['a StatefulSet with a partition of nothing', ofStatefulSet(partition(0), newer), [false, false, 2, 2]],
  [
    'a StatefulSet of which no revision is told',
    ofStatefulSet(rolling, { updateRevision: undefined, currentRevision: undefined }),
    [false, false, 0, 0],
  ],
  ['a DaemonSet that is whole', ofDaemonSet(rolling), [false, false, 0, 0]],
  ['a DaemonSet with an old pod', ofDaemonSet(rolling, oneOld), [false, false, 0, 2]],
  ['a DaemonSet of no strategy with an old pod', ofDaemonSet({}, oneOld), [false, false, 0, 2]],
  ['a DaemonSet on deletion with an old pod', ofDaemonSet(onDelete, oneOld), [true, true, 0, 0]],
  ['a DaemonSet on deletion that is whole', ofDaemonSet(onDelete), [false, true, 0, 0]],
  ['a DaemonSet with a pod that is not available', ofDaemonSet(rolling, { numberAvailable: 1 }), [false, false, 0, 0]],
  ['a Job', job('w'), [false, false, 0, 0]],
])('%s', (_, parts, expected) => {
  const workload = only(parts);
  const count = (is: (of: Workload, pod: Workload['pods'][number]) => boolean): number =>
    workload.pods.filter((pod) => is(workload, pod)).length;

  expect([isHeldBack(workload), isOnDelete(workload), count(isBehindTemplate), count(isBeingRenewed)]).toEqual(
    expected,
  );
});

test('a pod of which no revision is told is not behind', () => {
  const workload = only(ofStatefulSet(rolling, newer));
  const [pod] = workload.pods;

  expect(pod && isBehindTemplate(workload, { ...pod, metadata: { name: 'w-0' } })).toBe(false);
});

test.each<[string, Parts, string | undefined, string | undefined]>([
  ['a Deployment that nobody restarted', ofDeployment({}, { updatedReplicas: 1 }), undefined, undefined],
  [
    'a Deployment that is being restarted',
    ofDeployment({ template: { ...restarted, spec: { containers: [] } } }, { updatedReplicas: 1 }),
    at,
    '1 of 2 new pods are created',
  ],
  [
    'a Deployment that was restarted',
    ofDeployment({ template: { ...restarted, spec: { containers: [] } } }),
    at,
    undefined,
  ],
  [
    'a Deployment without annotations',
    ofDeployment({ template: { metadata: {}, spec: { containers: [] } } }),
    undefined,
    undefined,
  ],
  ['a Deployment without metadata', ofDeployment({ template: { spec: { containers: [] } } }), undefined, undefined],
  ['a Job', job('w'), undefined, undefined],
])('when somebody restarted %s', (_, parts, when, underWay) => {
  expect(restartedAt(only(parts))).toBe(when);
  expect(restartUnderWay(only(parts))).toBe(underWay);
  expect(restartedAt(undefined)).toBeUndefined();
});

const progress = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
const elsewhere = { type: 'Available', status: 'False', reason: 'ProgressDeadlineExceeded' };

test.each<[string, Parts, string]>([
  [
    'a Deployment that makes progress',
    ofDeployment({}, { conditions: [progress, elsewhere] }),
    'done 2 of 2 pods are available',
  ],
  [
    'a Deployment past its deadline, told beside others',
    ofDeployment({}, { conditions: [elsewhere, { ...progress, reason: 'ProgressDeadlineExceeded' }] }),
    'stuck it exceeded its progress deadline',
  ],
  ['a Deployment with old pods', ofDeployment({}, { replicas: 4 }), 'progressing 2 old pods are still to end'],
  [
    'a Deployment that is refused without a word',
    ofDeployment({}, { updatedReplicas: 0, conditions: [progress, { type: 'ReplicaFailure', status: 'True' }] }),
    'stuck 0 of 2 new pods are created: the API server refuses them',
  ],
  [
    'a Deployment that is refused no more',
    ofDeployment({}, { updatedReplicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'False' }, progress] }),
    'progressing 0 of 2 new pods are created',
  ],
  ['a DaemonSet of no strategy', ofDaemonSet({}, oneOld), 'progressing 1 of 2 pods are updated'],
])('the rollout of %s', (_, parts, expected) => {
  const workload = only(parts);
  if (workload.type !== 'Deployment' && workload.type !== 'DaemonSet') throw new Error('the test builds neither');
  const { state, detail } = rolloutState(workload);

  expect(`${state} ${detail}`).toBe(expected);
});
