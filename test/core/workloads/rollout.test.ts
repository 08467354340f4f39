import { expect, test } from '@jest/globals';
import type { DaemonSet, Deployment, StatefulSet } from '../../../src/core/cluster/kubernetes.ts';
import { rolloutState } from '../../../src/core/workloads/rollout.ts';

const metadata = { name: 'w', namespace: 'shop', generation: 2 };
const template = { spec: { containers: [] } };
const deadline = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
const quota = 'pods "w-1" is forbidden: exceeded quota: few';
const all = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };

test.each<[string, Deployment['status'], string, string]>([
  ['all new and available', all, 'done', '3 of 3 pods are available'],
  [
    'refused by a quota',
    { ...all, updatedReplicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', message: quota }] },
    'stuck',
    `1 of 3 new pods are created: ${quota}`,
  ],
  [
    'refused earlier, and created since',
    { ...all, conditions: [{ type: 'ReplicaFailure', status: 'True', message: quota }] },
    'done',
    '3 of 3 pods are available',
  ],
  [
    'not yet seen by its controller',
    { ...all, observedGeneration: 1 },
    'progressing',
    'its controller has not seen the last change yet',
  ],
  [
    'past its deadline',
    { ...all, updatedReplicas: 1, conditions: deadline },
    'stuck',
    'it exceeded its progress deadline',
  ],
  [
    'past the deadline of an older change',
    { ...all, observedGeneration: 1, conditions: deadline },
    'progressing',
    'its controller has not seen the last change yet',
  ],
  ['short of new pods', { ...all, updatedReplicas: 1 }, 'progressing', '1 of 3 new pods are created'],
  ['left with old pods', { ...all, replicas: 4 }, 'progressing', '1 old pod is still to end'],
  ['short of available pods', { ...all, availableReplicas: 2 }, 'progressing', '2 of 3 new pods are available'],
  ['without a status', undefined, 'progressing', 'its controller has not seen the last change yet'],
])('a Deployment that is %s', (_, status, state, detail) => {
  const object: Deployment = { metadata, spec: { replicas: 3, template }, ...(status && { status }) };

  expect(rolloutState({ type: 'Deployment', object })).toEqual({ state, detail });
});

test('a Deployment that is scaled to 0 is done', () => {
  const object: Deployment = { metadata, spec: { replicas: 0, template }, status: { observedGeneration: 2 } };

  expect(rolloutState({ type: 'Deployment', object }).state).toBe('done');
});

const revisions = { currentRevision: 'w-2', updateRevision: 'w-2' };
const midway = { currentRevision: 'w-1', updateRevision: 'w-2' };

test.each<[string, StatefulSet['status'], StatefulSet['spec']['updateStrategy'], string, string]>([
  ['all ready at one revision', { ...all, ...revisions }, undefined, 'done', '3 of 3 pods are ready'],
  [
    'never observed',
    { ...all, observedGeneration: 0 },
    undefined,
    'progressing',
    'its controller has not seen the last change yet',
  ],
  ['short of ready pods', { ...all, readyReplicas: 2 }, undefined, 'progressing', '2 of 3 pods are ready'],
  ['between revisions', { ...all, ...midway, updatedReplicas: 1 }, undefined, 'progressing', '1 of 3 pods are updated'],
  [
    'updated down to its partition',
    { ...all, ...midway, updatedReplicas: 1 },
    { rollingUpdate: { partition: 2 } },
    'done',
    '3 of 3 pods are ready',
  ],
  [
    'not yet down to its partition',
    { ...all, ...midway, updatedReplicas: 1 },
    { rollingUpdate: { partition: 1 } },
    'progressing',
    '1 of 2 pods are updated',
  ],
  [
    'updated only on deletion',
    { ...all, ...midway, updatedReplicas: 0 },
    { type: 'OnDelete' },
    'done',
    '3 of 3 pods are ready',
  ],
])('a StatefulSet that is %s', (_, status, updateStrategy, state, detail) => {
  const spec = { replicas: 3, template, ...(updateStrategy && { updateStrategy }) };
  const object: StatefulSet = { metadata, spec, ...(status && { status }) };

  expect(rolloutState({ type: 'StatefulSet', object })).toEqual({ state, detail });
});

const nodes = { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };

test.each<[string, DaemonSet['status'], string, string, string]>([
  ['on every node', nodes, 'RollingUpdate', 'done', '2 of 2 pods are available'],
  [
    'short of updated pods',
    { ...nodes, updatedNumberScheduled: 1 },
    'RollingUpdate',
    'progressing',
    '1 of 2 pods are updated',
  ],
  [
    'updated only on deletion',
    { ...nodes, updatedNumberScheduled: 1 },
    'OnDelete',
    'done',
    '2 of 2 pods are available',
  ],
  [
    'short of available pods',
    { ...nodes, numberAvailable: 0 },
    'RollingUpdate',
    'progressing',
    '0 of 2 pods are available',
  ],
  [
    'not yet seen by its controller',
    { ...nodes, observedGeneration: 1 },
    'RollingUpdate',
    'progressing',
    'its controller has not seen the last change yet',
  ],
])('a DaemonSet that is %s', (_, status, type, state, detail) => {
  const object: DaemonSet = { metadata, spec: { template, updateStrategy: { type } }, ...(status && { status }) };

  expect(rolloutState({ type: 'DaemonSet', object })).toEqual({ state, detail });
});
