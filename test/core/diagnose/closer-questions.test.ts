import { expect, test } from '@jest/globals';
import type { ContainerStatus, Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../src/core/cluster/kubernetes.ts';
import { closerQuestions, type CloserQuestions } from '../../../src/core/diagnose/closer-questions.ts';
import {
  barePod,
  container,
  deployment,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  type Parts,
  type WorkloadOptions,
} from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';

const nothing: CloserQuestions = {
  configMapNamespaces: [],
  claimNamespaces: [],
  nodes: false,
  logs: [],
  namespaces: [],
  sealing: false,
};

const warning = (reason: string, message = ''): Parts => {
  const event: KubernetesEvent = {
    metadata: { name: 'e', namespace },
    type: 'Warning',
    reason,
    message,
    involvedObject: { kind: 'Pod', namespace, name: 'p', uid: 'pod-p' },
  };
  return { events: [event] };
};

const main = (...statuses: readonly ContainerStatus[]): NonNullable<Pod['status']> => pending([], statuses);
const unscheduled = (message: string): NonNullable<Pod['status']> => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});
const backingOff = (terminated: { exitCode: number; reason?: string }): ContainerStatus => ({
  ...waiting('p', 'CrashLoopBackOff'),
  lastState: { terminated },
});
const needing = (name: string): WorkloadOptions => ({
  spec: { containers: [container('c', { env: [keyEnv(name, 'k')] })] },
});
const needsKey = deployment('web', needing('app'));
const sealed: Parts = { sealedSecrets: [{ metadata: { name: 'app', namespace } }] };
const about = (object: Partial<KubernetesEvent['involvedObject']>, type = 'Warning'): Parts => ({
  events: (warning('NodeNotReady').events ?? []).map((event) => ({
    ...event,
    type,
    involvedObject: { ...event.involvedObject, ...object },
  })),
});
const unknown = (): Parts => ({
  pods: (barePod('p', { nodeName: 'n' }, main(running('p'))).pods ?? []).map((pod) => ({
    ...pod,
    metadata: { name: 'p', namespace },
  })),
});
const live = (...statuses: readonly ContainerStatus[]): NonNullable<Pod['status']> => ({
  ...main(...statuses),
  phase: 'Running',
});
const refused = waiting('p', 'CreateContainerConfigError', 'secret "app" not found');
const wanting = (name = 'cm'): Partial<PodSpec> => ({
  containers: [container('p', { envFrom: [{ configMapRef: { name } }] })],
});
const wanted = { configMapNamespaces: [namespace] };
const log = { namespace, pod: 'p', container: 'p' };

const cases: readonly (readonly [string, readonly Parts[], Partial<CloserQuestions>])[] = [
  ['healthy pods', [barePod('p'), deployment('web')], {}],
  ['a workload without a pod', [deployment('web', { pods: 'none' })], { namespaces: [namespace] }],
  ['a workload that should have none', [deployment('web', { pods: 'none', replicas: 0 })], {}],
  ['a pod that starts', [barePod('p', {}, main(waiting('p', 'ContainerCreating')))], {}],
  [
    'a Secret that is missing',
    [barePod('p', {}, main(waiting('p', 'CreateContainerConfigError', 'secret "configmap" not found')))],
    {},
  ],
  [
    'a ConfigMap that is missing',
    [barePod('p', {}, main(waiting('p', 'CreateContainerConfigError', 'configmap "cm" not found')))],
    { configMapNamespaces: [namespace] },
  ],
  [
    'a ConfigMap that cannot be mounted',
    [
      barePod('p', {}, main(waiting('p', 'ContainerCreating'))),
      warning('FailedMount', 'MountVolume.SetUp failed for volume "v" : configmap "cm" not found'),
    ],
    { configMapNamespaces: [namespace] },
  ],
  ['no room', [barePod('p', {}, unscheduled('0/1 nodes are available: 1 Insufficient cpu.'))], {}],
  [
    'a claim that is not bound',
    [barePod('p', {}, unscheduled('pod has unbound immediate PersistentVolumeClaims'))],
    { claimNamespaces: [namespace] },
  ],
  [
    'a pod that a node was given and never spoke of',
    [barePod('p', { nodeName: 'n' }, { phase: 'Pending', conditions: [] })],
    { nodes: true },
  ],
  ['a pod that no node was given', [barePod('p', {}, { phase: 'Pending', conditions: [] })], {}],
  ['containers as they were before', [barePod('p', { nodeName: 'n' }, main(running('p', true)))], { nodes: true }],
  ['a container that is not ready', [barePod('p', { nodeName: 'n' }, main(running('p')))], {}],
  [
    'an event of its node',
    [barePod('p', { nodeName: 'n' }, main(running('p'))), warning('NodeNotReady', 'Node is not ready')],
    { nodes: true },
  ],
  ['a crash', [barePod('p', {}, main(ended('p', 1, 'Error')))], { logs: [log] }],
  ['a crash before this wait', [barePod('p', {}, main(backingOff({ exitCode: 1 })))], { logs: [log] }],
  ['a program that ended well and too soon', [barePod('p', {}, main(backingOff({ exitCode: 0 })))], {}],
  [
    'a container that was killed for its memory',
    [barePod('p', {}, main(backingOff({ exitCode: 137, reason: 'OOMKilled' })))],
    {},
  ],
  [
    'an init container that crashes',
    [barePod('p', {}, pending([ended('first', 1)], [waiting('p', 'PodInitializing')]))],
    { logs: [{ ...log, container: 'first' }] },
  ],
  [
    'a crash beside a container that lacks a key',
    [barePod('p', {}, main(waiting('other', 'CreateContainerConfigError'), backingOff({ exitCode: 1 })))],
    { logs: [log] },
  ],
  [
    'three replicas that crash, of which one says why',
    [deployment('web', { replicas: 3, pods: main(ended('web', 1)) })],
    { logs: [{ namespace, pod: 'web-5c6d-0', container: 'web' }] },
  ],
  [
    'seven workloads that crash, of which five are enough',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => barePod(name, {}, main(ended(name, 1)))),
    { logs: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ namespace, pod: name, container: name })) },
  ],
  ['a Secret that is sealed, and whole', [needsKey, sealed, secret('app', ['k'])], {}],
  ['a Secret that is sealed, and lacks a key', [needsKey, sealed, secret('app', ['x'])], { sealing: true }],
  ['a sealed Secret that is missing', [needsKey, sealed], { sealing: true }],
  ['a Secret that is missing, beside one that is sealed', [deployment('web', needing('other')), sealed], {}],
  [
    'a Secret that is sealed and whole, beside one that lacks a key',
    [needsKey, deployment('api', needing('b')), sealed, secret('app', ['k']), secret('b', [])],
    {},
  ],
  [
    'a Secret that is sealed and lacks one key of two',
    [
      deployment('web', {
        spec: { containers: [container('c', { env: [keyEnv('app', 'k'), keyEnv('app', 'l')] })] },
      }),
      sealed,
      secret('app', ['k']),
    ],
    { sealing: true },
  ],
  [
    'a Secret that is sealed and lacks a key, beside one that is whole',
    [needsKey, deployment('api', needing('b')), sealed, secret('app', []), secret('b', ['k'])],
    { sealing: true },
  ],
  [
    'a sealed Secret that is missing and taken whole',
    [
      deployment('web', {
        spec: { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] },
      }),
      sealed,
    ],
    { sealing: true },
  ],
  ['a ready pod, whatever was told of its node', [barePod('p', { nodeName: 'n' }), warning('NodeNotReady')], {}],
  ['a pod that is done', [barePod('p', wanting(), { ...main(ended('p', 1)), phase: 'Succeeded' })], {}],
  ['a pod of which nothing is known', [barePod('p', {}, {})], {}],
  ['a ConfigMap behind what it waits for', [barePod('p', wanting(), main(refused))], wanted],
  ['a ConfigMap that every pod has', [barePod('p', wanting('kube-root-ca.crt'), main(refused))], {}],
  [
    'a ConfigMap of what waits, though another runs',
    [barePod('p', wanting(), live(running('q', true), refused))],
    wanted,
  ],
  ['a ConfigMap of what runs', [barePod('p', wanting(), live(running('p')))], {}],
  ['a ConfigMap of what ran before', [barePod('p', wanting(), live(backingOff({ exitCode: 0 })))], {}],
  ['a ConfigMap of what ran before, in a pod that begins', [barePod('p', wanting(), main(running('p')))], wanted],
  [
    'a claim that was not bound, and is by now',
    [
      barePod(
        'p',
        {},
        {
          phase: 'Pending',
          conditions: [
            { type: 'PodScheduled', status: 'True', message: 'persistentvolumeclaim' },
            { type: 'Initialized', status: 'False', message: 'persistentvolumeclaim' },
          ],
        },
      ),
    ],
    {},
  ],
  ['an event of another pod', [barePod('p', { nodeName: 'n' }, main(running('p'))), about({ uid: 'pod-q' })], {}],
  ['an event of what is no pod', [barePod('p', { nodeName: 'n' }, main(running('p'))), about({ kind: 'Node' })], {}],
  ['an event of no pod that is known', [unknown(), about({ uid: undefined as never })], {}],
  ['an event that is no warning', [barePod('p', { nodeName: 'n' }, main(running('p'))), about({}, 'Normal')], {}],
  ['a pod that has failed for good', [barePod('p', {}, { ...main(ended('p', 1)), phase: 'Failed' })], {}],
];

test.each(cases)('of %s', (_, parts, expected) => {
  expect(closerQuestions(snapshotOf(...parts))).toEqual({ ...nothing, ...expected });
});

test('of a pod that is being deleted nothing is asked', () => {
  const { pods = [] } = barePod('p', {}, main(ended('p', 1)));
  const leaving = pods.map((pod) => ({
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' },
  }));

  expect(closerQuestions(snapshotOf({ pods: leaving }))).toEqual(nothing);
});

test('of workloads without a pod no more namespaces are asked about than a person reads', () => {
  const { deployments = [] } = deployment('web', { pods: 'none' });
  const many = Array.from({ length: 12 }, (_, index) =>
    deployments.map((each) => ({ ...each, metadata: { ...each.metadata, namespace: `n${index}` } })),
  );

  expect(closerQuestions(snapshotOf({ deployments: many.flat() })).namespaces).toHaveLength(10);
});
