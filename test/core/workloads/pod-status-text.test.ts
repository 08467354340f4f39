import { expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { podStatusText } from '../../../src/core/workloads/pod-status-text.ts';
import { container } from '../../support/builders.ts';
import { ended, running, waiting } from '../../support/pod-statuses.ts';

const leaving = { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z' };
const spec = { containers: [container('a'), container('b')] };
const inits = { ...spec, initContainers: [container('first'), container('proxy', { restartPolicy: 'Always' })] };
const conditions = (...types: readonly string[]) => types.map((type) => ({ type, status: 'True' }));
const of = (status: Pod['status'], more: Partial<Pod> = {}): Pod => ({
  metadata: { name: 'p' },
  spec,
  ...(status && { status }),
  ...more,
});
const main = (...containerStatuses: readonly ContainerStatus[]) => ({ phase: 'Running', containerStatuses });
const gate = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' };
const unfit = { ...gate, reason: 'Unschedulable' };

test.each<[string, Pod]>([
  ['Unknown', of(undefined)],
  ['Pending', of({ phase: 'Pending' })],
  ['Evicted', of({ phase: 'Failed', reason: 'Evicted' })],
  ['SchedulingGated', of({ phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }, gate] })],
  ['Pending', of({ phase: 'Pending', conditions: [unfit, { ...gate, type: 'Other' }] })],
  ['Terminating', of({ phase: 'Running' }, { metadata: leaving })],
  ['Unknown', of({ phase: 'Running', reason: 'NodeLost' }, { metadata: leaving })],
  ['NodeLost', of({ phase: 'Running', reason: 'NodeLost' })],
  ['Completed', of({ phase: 'Succeeded', containerStatuses: [ended('a', 0, 'Completed')] }, { metadata: leaving })],
  ['Error', of({ phase: 'Failed', containerStatuses: [ended('a', 1, 'Error')] }, { metadata: leaving })],
  ['ExitCode:0', of(main(ended('a', 0)))],
  ['ExitCode:3', of(main(ended('a', 3)))],
  ['Signal:9', of(main({ name: 'a', state: { terminated: { exitCode: 137, signal: 9 } } }))],
  ['NotReady', of(main(ended('a', 0, 'Completed'), running('b', true)))],
  ['Running', of({ ...main(ended('a', 0, 'Completed'), running('b', true)), conditions: conditions('Ready') })],
  ['Completed', of(main(ended('a', 0, 'Completed'), running('b')))],
  ['Completed', of(main(ended('a', 0, 'Completed'), { name: 'b', ready: true }))],
  ['Error', of(main(ended('a', 1, 'Error'), running('b', true)))],
  ['ErrImagePull', of(main(running('a', true), waiting('b', 'ErrImagePull')))],
  [
    'Init:0/2',
    of(
      { phase: 'Pending', initContainerStatuses: [running('first'), waiting('proxy', 'PodInitializing')] },
      { spec: inits },
    ),
  ],
  [
    'Init:1/2',
    of(
      { phase: 'Pending', initContainerStatuses: [ended('first', 0), waiting('proxy', 'PodInitializing')] },
      { spec: inits },
    ),
  ],
  [
    'Init:ErrImagePull',
    of({ phase: 'Pending', initContainerStatuses: [waiting('first', 'ErrImagePull')] }, { spec: inits }),
  ],
  ['Init:Error', of({ phase: 'Pending', initContainerStatuses: [ended('first', 1, 'Error')] }, { spec: inits })],
  [
    'Init:1/2',
    of(
      { phase: 'Pending', initContainerStatuses: [ended('first', 0), { ...running('proxy'), started: false }] },
      { spec: inits },
    ),
  ],
  [
    'Init:0/2',
    of({ phase: 'Pending', initContainerStatuses: [{ ...running('first'), started: true }] }, { spec: inits }),
  ],
  ['Pending', of({ phase: 'Pending', initContainerStatuses: [ended('first', 0), running('proxy')] }, { spec: inits })],
  [
    'Init:0/2',
    of(
      {
        phase: 'Pending',
        initContainerStatuses: [running('first')],
        containerStatuses: [waiting('a', 'ErrImagePull')],
      },
      { spec: inits },
    ),
  ],
  [
    'ErrImagePull',
    of(
      {
        phase: 'Pending',
        conditions: conditions('Initialized'),
        initContainerStatuses: [running('first')],
        containerStatuses: [waiting('a', 'ErrImagePull')],
      },
      { spec: inits },
    ),
  ],
])('kubectl would print %s', (text, pod) => {
  expect(podStatusText(pod)).toBe(text);
});
