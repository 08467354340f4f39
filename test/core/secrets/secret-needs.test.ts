import { describe, expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Snapshot } from '../../../src/core/cluster/snapshot.ts';
import { isCurrent, secretNeeds, takesEveryKey } from '../../../src/core/secrets/secret-needs.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import {
  container,
  daemonSet,
  deployment,
  gap,
  keyEnv,
  namespace,
  secret,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

/** Each Secret with its keys, `!` behind what cannot be done without, and the ways in which it is taken. */
function told(snapshot: Snapshot, stack?: Stack): string[] {
  return secretNeeds(snapshot, stack).map(({ namespace: place, name, keys, vias, isTakenWhole, gap: why }) => {
    const named = keys.map(({ key, isNeeded, declared }) => `${key}${isNeeded ? '!' : ''}${declared ? '*' : ''}`);
    return [
      `${place}/${name}`,
      named.join(','),
      [...vias].join(','),
      isTakenWhole ? 'whole' : '',
      why?.reason ?? '',
    ].join('|');
  });
}

const takes = (name: string, ...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment(name, { spec: { containers: [container('c', { env })] } });
const pulls = (name: string, secretName: string): Parts =>
  deployment(name, { spec: { imagePullSecrets: [{ name: secretName }] } });

describe('what Secrets are needed for', () => {
  test('is joined from all that takes them, with what the stack declares', () => {
    const whole = deployment('whole', {
      spec: { containers: [container('c', { envFrom: [{ secretRef: { name: 'b' } }] })] },
    });
    const stack = stackOf({
      secrets: [
        { name: 'b', keys: { z: {}, y: { required: false } } },
        { name: 'd', keys: {} },
      ],
    });
    const snapshot = snapshotOf(
      takes('one', keyEnv('b', 'x', true), keyEnv('a', 'k')),
      takes('two', keyEnv('b', 'x')),
      whole,
      pulls('three', 'c'),
    );
    expect(told(snapshot, stack)).toEqual([
      'shop/a|k!|env||',
      'shop/b|x!,y*,z*|env,envFrom|whole|',
      'shop/c||imagePullSecrets||',
      'shop/d||||',
    ]);
  });

  test('is told of Ingresses too, whose references come by name', () => {
    const ingress = (name: string) => ({ metadata: { name, namespace }, spec: { tls: [{ secretName: 'cert' }] } });
    const needs = secretNeeds(snapshotOf({ ingresses: [ingress('b'), ingress('a')] }), undefined);
    expect(needs.flatMap(({ references }) => references.map(({ name, key }) => `${name} ${key}`))).toEqual([
      'a tls.crt',
      'a tls.key',
      'b tls.crt',
      'b tls.key',
    ]);
  });

  test('is not known of what could not be read, by its name or its namespace', () => {
    const named = { ...gap('secrets'), name: 'a', reason: 'of a' };
    const snapshot = snapshotOf(takes('one', keyEnv('a', 'k'), keyEnv('b', 'k'), keyEnv('c', 'k')), secret('c', ['k']));
    const gapped = (...gaps: readonly object[]) =>
      told({ ...snapshot, secrets: { ...snapshot.secrets, gaps: gaps as never } });
    expect(gapped(named)).toEqual(['shop/a|k!|env||of a', 'shop/b|k!|env||', 'shop/c|k!|env||']);
    expect(gapped({ ...named, namespace: 'other' })).toEqual(['shop/a|k!|env||', 'shop/b|k!|env||', 'shop/c|k!|env||']);
    expect(gapped({ ...gap('secrets', ''), reason: 'of all' })).toEqual([
      'shop/a|k!|env||of all',
      'shop/b|k!|env||of all',
      'shop/c|k!|env||',
    ]);
    const [first, , third] = secretNeeds(snapshot, undefined);
    expect([first?.secret, third?.secret?.metadata.name, 'gap' in first!]).toEqual([undefined, 'c', false]);
  });

  test('holds pull Secrets of a ServiceAccount once, be they in its pods as well', () => {
    const account = { metadata: { name: 'default', namespace }, imagePullSecrets: [{ name: 'registry' }] };
    const { pods = [], ...parts } = takes('one', keyEnv('a', 'k'));
    const admitted = pods.map((pod) => ({ ...pod, spec: { ...pod.spec, imagePullSecrets: [{ name: 'registry' }] } }));
    const other = {
      ...account,
      metadata: { ...account.metadata, name: 'other' },
      imagePullSecrets: [{ name: 'unused' }],
    };
    const needs = secretNeeds(snapshotOf(parts, { pods: admitted, serviceAccounts: [account, other] }), undefined);
    expect(needs.map(({ name, references }) => [name, references.map(({ via }) => via)])).toEqual([
      ['a', ['env']],
      ['registry', ['serviceAccount']],
    ]);
  });

  test('holds what admission added to a pod beside what its template has', () => {
    const { pods = [], ...parts } = takes('one', keyEnv('a', 'k'), keyEnv('a', 'l'));
    const places = [
      container('c', { env: [keyEnv('a', 'k'), keyEnv('a', 'k', true), keyEnv('a', 'l')] }),
      container('d', { env: [keyEnv('a', 'k')] }),
    ];
    const injected = pods.map((pod) => ({
      ...pod,
      spec: { containers: places, initContainers: [container('c', { env: [keyEnv('a', 'k')] })] },
    }));
    const [need] = secretNeeds(snapshotOf(parts, { pods: injected }), undefined);
    expect(
      need?.references.map(({ container: of, init, key, optional }) => [of, init === true, key, optional]),
    ).toEqual([
      ['c', false, 'k', false],
      ['c', false, 'l', false],
      ['c', true, 'k', false],
      ['c', false, 'k', true],
      ['d', false, 'k', false],
    ]);
  });

  test('of the Secret of the monitoring is declared as of the one that it shared', () => {
    const monitoring = { components: ['seen'], from: 'app', secret: 'own' };
    const components = [{ name: 'seen', workload: 'Deployment/seen' }];
    const secrets = [{ name: 'app', keys: { k: { format: { minLength: 3 } }, l: {}, m: {} } }];
    const monitored = { components, secrets, monitoring };
    const stack = stackOf(monitored);
    const user = takes('seen', keyEnv('own', 'k'), keyEnv('own', 'x'));
    expect(told(snapshotOf(user), stack)).toEqual(['shop/app|k*,l*,m*|||', 'shop/own|k!*,x!|env||']);
    const own = { name: 'own', keys: { k: { format: { minLength: 9 } } } };
    const declaring = stackOf({ ...monitored, secrets: [...secrets, own] });
    const [, copy] = secretNeeds(snapshotOf(user), declaring);
    expect(copy?.keys[0]?.declared?.format?.minLength).toBe(9);
    expect(told(snapshotOf(user), stackOf({ components, secrets }))).toEqual([
      'shop/app|k*,l*,m*|||',
      'shop/own|k!,x!|env||',
    ]);
    expect(told(snapshotOf({}), stack)).toEqual(['shop/app|k*,l*,m*|||']);
  });
});

test.each([
  ['envFrom', true],
  ['volume', true],
  ['projected-volume', true],
  ['csi', false],
  ['imagePullSecrets', false],
] as const)('by %s every key is taken: %s', (via, isWhole) => {
  expect(takesEveryKey({ via })).toBe(isWhole);
  expect(takesEveryKey({ via, key: 'k' })).toBe(false);
});

describe('a pod is of the newest template', () => {
  const current = (parts: Parts, labels: Readonly<Record<string, string>>): boolean => {
    const [workload] = workloads(snapshotOf(parts));
    const pod: Pod = { metadata: { name: 'p', namespace, labels }, spec: { containers: [] }, status: {} };
    return isCurrent(workload!, pod);
  };
  const paused = (status: object, generation = 2): Parts => {
    const [built] = deployment('web').deployments ?? [];
    const metadata = { ...built!.metadata, generation };
    return { deployments: [{ ...built!, metadata, spec: { ...built!.spec, paused: true }, status }] };
  };
  const behindOne = deployment('web').deployments![0]!;
  const behind = { replicas: 1, updatedReplicas: 0, observedGeneration: 2 };
  const agents = daemonSet('agent', { annotations: { 'deprecated.daemonset.template.generation': '3' } });

  test.each<[string, Parts, Readonly<Record<string, string>>, boolean]>([
    ['of a StatefulSet, by its revision', statefulSet('db'), { 'controller-revision-hash': 'db-1' }, true],
    ['of a StatefulSet, by another', statefulSet('db'), { 'controller-revision-hash': 'db-0' }, false],
    ['of a StatefulSet, by none', statefulSet('db'), {}, true],
    ['of a DaemonSet, by its generation', agents, { 'pod-template-generation': '3' }, true],
    ['of a DaemonSet, by another', agents, { 'pod-template-generation': '2' }, false],
    ['of a DaemonSet, by a hash', agents, { 'controller-revision-hash': 'x' }, true],
    ['of a DaemonSet that tells none', daemonSet('agent'), { 'pod-template-generation': '2' }, true],
    ['of a Deployment', deployment('web'), { 'controller-revision-hash': 'x', 'pod-template-generation': '1' }, true],
    ['of one that is not paused, and counts none', { deployments: [{ ...behindOne, status: behind }] }, {}, true],
    ['of one that is paused, and counts none', paused(behind), {}, false],
    ['of one that is paused, and counts some', paused({ ...behind, updatedReplicas: 1 }), {}, true],
    ['of one that is paused, and has none', paused({ ...behind, replicas: 0 }), {}, true],
    ['of one that is paused, and was not looked at since', paused(behind, 3), {}, true],
    ['of one that is paused, and tells nothing', paused({}), {}, true],
  ])('%s', (_, parts, labels, expected) => {
    expect(current(parts, labels)).toBe(expected);
  });
});
