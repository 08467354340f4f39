import { describe, expect, test } from '@jest/globals';

import type { Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { lackText, podNeed, type PodNeed } from '../../../src/core/secrets/pod-need.ts';
import { secretReferences } from '../../../src/core/secrets/references.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { container, keyEnv, mounting, namespace, secret, snapshotOf, type Parts } from '../../support/builders.ts';

const born = '2026-01-01T00:00:10Z';
const since = '2026-01-01T00:00:20Z';
const earlier = '2026-01-01T00:00:00Z';

type State = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']>;

function podOf(spec: PodSpec, states: readonly State[], phase = 'Pending'): Pod {
  const containerStatuses = states.map((state, index) => {
    return { name: spec.containers[index]?.name ?? '', ready: false, restartCount: 0, state };
  });
  return {
    metadata: { name: 'web-0', namespace, uid: 'u', creationTimestamp: born },
    spec,
    status: { phase, containerStatuses },
  };
}

const waiting = (reason: string, message?: string): State => ({ waiting: { reason, ...(message && { message }) } });
const at = (name: string, creationTimestamp: string): Partial<Secret> => ({
  metadata: { name, namespace, creationTimestamp },
});
const mountFailed = (message: string): Parts => ({
  events: [
    {
      metadata: { name: 'e', namespace },
      reason: 'FailedMount',
      message,
      involvedObject: { kind: 'Pod', namespace, name: 'web-0', uid: 'u' },
      lastTimestamp: since,
    },
  ],
});

function need(pod: Pod, ...parts: readonly Parts[]): PodNeed {
  return podNeed(pod, secretsView(snapshotOf({ pods: [pod] }, ...parts)));
}

const app = secret('app', ['token'], at('app', earlier));
const env: PodSpec = { containers: [container('c', { env: [keyEnv('app', 'token')] })] };
const two: PodSpec = { containers: [container('c', { env: [keyEnv('app', 'token')] }), container('d')] };

describe('a pod that waits for a Secret', () => {
  const lacking = waiting('CreateContainerConfigError', "couldn't find key token in Secret shop/app");

  test.each<[string, Pod, readonly Parts[], PodNeed]>([
    ['needs the Secret', podOf(env, [lacking]), [], { need: 'values', reason: 'still lacks Secret app' }],
    [
      'needs the key',
      podOf(env, [lacking]),
      [secret('app', [])],
      { need: 'values', reason: 'still lacks key token of Secret app' },
    ],
    ['is replaced', podOf(env, [lacking]), [app], { need: 'replace', reason: 'its keys are there now' }],
    [
      'is replaced, beside another container that waits for something else',
      podOf(two, [waiting('ContainerCreating'), lacking]),
      [app],
      { need: 'replace', reason: 'its keys are there now' },
    ],
  ])('%s', (_, pod, parts, expected) => {
    expect(need(pod, ...parts)).toEqual(expected);
  });

  test.each(['ContainerCreating', 'PodInitializing'])('or its mount, in the state %s, is judged by it', (reason) => {
    const mounts = mounting({ name: 'v', secret: { secretName: 'app' } });
    const failed = mountFailed('MountVolume.SetUp failed: references non-existent secret key: token');
    const pod = podOf({ ...mounts, containers: [...mounts.containers, container('d')] }, [
      waiting(reason),
      waiting('CrashLoopBackOff'),
    ]);
    expect(need(podOf(mounts, [waiting(reason)]), app, failed).need).toBe('replace');
    expect(need(podOf(mounts, [waiting('Other')]), app, failed).need).toBe('nothing');
    expect(need(pod, app, failed).need).not.toBe('values');
  });

  test.each([
    ['CreateContainerConfigError', 'configmap "app" not found'],
    ['RunContainerError', 'secret "app" not found'],
  ])('is not one that says %s: %s', (reason, message) => {
    expect(need(podOf(env, [waiting(reason, message)]), app).need).toBe('nothing');
  });
});

describe('what a pod lacks', () => {
  const lackOf = (spec: Partial<PodSpec>, ...parts: readonly Parts[]) => {
    const references = secretReferences({ kind: 'Pod', namespace, name: 'p' }, { containers: [], ...spec });
    return lackText(references, secretsView(snapshotOf(...parts)));
  };
  const gone = 'still lacks Secret app';

  test.each<[string, Partial<PodSpec>, string | undefined]>([
    ['env', env, gone],
    ['optional env', { containers: [container('c', { env: [keyEnv('app', 'token', true)] })] }, undefined],
    ['envFrom', { containers: [container('c', { envFrom: [{ secretRef: { name: 'app' } }] })] }, gone],
    ['volume', mounting({ name: 'v', secret: { secretName: 'app' } }), gone],
    ['projected-volume', mounting({ name: 'v', projected: { sources: [{ secret: { name: 'app' } }] } }), gone],
    ['csi', mounting({ name: 'v', csi: { driver: 'd', nodePublishSecretRef: { name: 'app' } } }), gone],
    ['imagePullSecrets', { imagePullSecrets: [{ name: 'app' }] }, undefined],
  ])('by %s', (_, spec, lack) => {
    expect(lackOf(spec)).toBe(lack);
  });

  test('is the first of it', () => {
    const spec = { containers: [container('c', { env: [keyEnv('app', 'token'), keyEnv('other', 'a')] })] };
    expect(lackOf(spec, app)).toBe('still lacks Secret other');
    expect(lackOf(spec, app, secret('other', ['a']))).toBeUndefined();
  });
});

describe('a pod that cannot pull its image', () => {
  const spec: PodSpec = {
    ...env,
    imagePullSecrets: [{ name: 'old' }, { name: 'registry' }],
  };
  const old = secret('old', ['.dockerconfigjson'], at('old', earlier));
  const came = secret('registry', ['.dockerconfigjson'], at('registry', since));
  const here = secret('registry', ['.dockerconfigjson'], at('registry', earlier));
  const newer = secret('app', ['token'], at('app', since));

  test.each<[string, string, readonly Parts[], PodNeed]>([
    [
      'ErrImagePull',
      'its Secret is not there',
      [old],
      { need: 'values', reason: 'still lacks image pull Secret registry' },
    ],
    [
      'ImagePullBackOff',
      'its Secret came',
      [old, came],
      { need: 'replace', reason: 'its image pull Secret is there now' },
    ],
    [
      'ErrImagePull',
      'another Secret came',
      [old, here, newer],
      { need: 'values', reason: 'ErrImagePull: the image cannot be pulled, and not for want of a Secret' },
    ],
  ])('%s, where %s', (reason, _, parts, expected) => {
    expect(need(podOf(spec, [waiting(reason)]), ...parts)).toEqual(expected);
  });
});

describe('a pod that crashes', () => {
  const crashed = waiting('CrashLoopBackOff');

  test.each<[string, readonly Parts[], PodNeed]>([
    ['lacks a value', [], { need: 'values', reason: 'still lacks Secret app' }],
    [
      'has one that is newer',
      [secret('app', ['token'], at('app', since))],
      { need: 'replace', reason: 'CrashLoopBackOff, and key token of Secret app is newer than the pod' },
    ],
    ['has none that is', [app], { need: 'nothing', reason: 'CrashLoopBackOff' }],
  ])('and %s', (_, parts, expected) => {
    expect(need(podOf(env, [crashed]), ...parts)).toEqual(expected);
  });
});

test.each<[Partial<NonNullable<Pod['status']>>, PodNeed]>([
  [
    { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    { need: 'nothing', reason: 'healthy' },
  ],
  [
    {
      initContainerStatuses: [
        { name: 'wait', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
      ],
    },
    { need: 'dependency', reason: 'Init:0/1' },
  ],
])('a pod of %j', (status, expected) => {
  const spec: PodSpec = 'conditions' in status ? env : { ...env, initContainers: [container('wait')] };
  const isReady = 'conditions' in status;
  const pod = podOf(spec, [isReady ? { running: { startedAt: born } } : waiting('PodInitializing')], 'Pending');
  const containerStatuses = pod.status?.containerStatuses?.map((each) => ({ ...each, ready: isReady })) ?? [];
  expect(need({ ...pod, status: { ...pod.status, containerStatuses, ...status } }, app)).toEqual(expected);
});
