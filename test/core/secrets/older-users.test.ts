import { expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { keptSecrets } from '../../../src/core/secrets/kept-secrets.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { container, keyEnv, mounting, namespace, secret, snapshotOf } from '../../support/builders.ts';

const before = '2026-01-01T00:00:10Z';
const created = '2026-01-01T00:00:20Z';
const after = '2026-01-01T00:00:30Z';

interface Place {
  readonly node?: string | undefined;
  readonly of?: string;
  readonly optional?: boolean;
  readonly in?: string;
}

function podOf(
  name: string,
  startedAt: string,
  { of = 'app', optional, in: place = namespace, ...rest }: Place = {},
): Pod {
  const node = 'node' in rest ? rest.node : 'n1';
  return {
    metadata: { name, namespace: place, uid: name, creationTimestamp: startedAt },
    spec: { containers: [container('c', { env: [keyEnv(of, 'token', optional)] })], ...(node && { nodeName: node }) },
    status: {
      phase: 'Running',
      startTime: startedAt,
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: { startedAt } } }],
    },
  };
}

const app = (parts: Partial<Secret> = {}, place = namespace): Secret =>
  secret('app', ['token'], {
    immutable: true,
    metadata: { name: 'app', namespace: place, creationTimestamp: created },
    ...parts,
  }).secrets![0]!;

const own = podOf('own', after);

test.each<[string, readonly Pod[], string | undefined]>([
  ['one that began before', [podOf('old', before)], 'old'],
  ['the first of two', [podOf('older', before), podOf('old', before)], 'older'],
  ['none but the pod itself', [], undefined],
  ['none that began after', [podOf('young', after)], undefined],
  ['none on another node', [podOf('far', before, { node: 'n2' })], undefined],
  ['none on no node', [podOf('nowhere', before, { node: undefined })], undefined],
  ['none that takes another Secret', [podOf('stranger', before, { of: 'other' })], undefined],
  ['none that can do without', [podOf('relaxed', before, { optional: true })], undefined],
  ['none of another namespace', [podOf('elsewhere', before, { in: 'other' })], undefined],
])('beside a pod holds the Secret before: %s', (_, others, name) => {
  const changeable = { ...app({ immutable: false }), metadata: { ...app().metadata, name: 'other' } };
  const secrets = [app(), app({}, 'other'), changeable];
  const view = secretsView({
    ...snapshotOf({}),
    secrets: { items: secrets, gaps: [] },
    pods: { items: [own, ...others], gaps: [] },
  });
  expect(view.olderUser(own, app())?.metadata.name).toBe(name);
  expect(view.olderUser(podOf('own', after, { node: undefined }), app())).toBeUndefined();
  expect(view.olderUser(own, app({}, 'other'))).toBeUndefined();
});

test('of a Secret that can be changed kubelet keeps nothing', () => {
  const parts = { secrets: [app({ immutable: false })], pods: [own, podOf('old', before)] };
  const view = secretsView(snapshotOf(parts));
  expect(view.olderUser(own, app({ immutable: false }))).toBeUndefined();
  expect(keptSecrets(podOf('old', before), { need: 'restart', reason: '' }, view)).toEqual([]);
});

const refused = (message: string): Pod => {
  const pod = podOf('own', after);
  const containerStatuses = [
    { name: 'c', ready: false, restartCount: 0, state: { waiting: { reason: 'X', message } } },
  ];
  return { ...pod, status: { ...pod.status, containerStatuses } };
};
const lacks = "couldn't find key token in Secret shop/app";
const asCreated = { lastWrite: { manager: 'c2l', at: created } };
const writtenSince = { lastWrite: { manager: 'c2l', at: after } };

test.each<[string, Pod, 'restart' | 'replace' | 'nothing', Partial<Secret>, readonly string[]]>([
  ['lacks a key that came with it', refused(lacks), 'replace', asCreated, ['app']],
  ['lacks a key that may have come since', refused(lacks), 'replace', writtenSince, []],
  ['lacks a key of one whose last write is not known', refused(lacks), 'replace', {}, []],
  ['lacks a key of one that can be changed', refused(lacks), 'replace', { ...asCreated, immutable: false }, []],
  ['lacks another Secret', refused("couldn't find key token in Secret shop/gone"), 'replace', asCreated, []],
  ['lacks the Secret', refused('secret "app" not found'), 'replace', asCreated, []],
  ['lacks a ConfigMap', refused("couldn't find key token in ConfigMap shop/app"), 'replace', asCreated, []],
  ['cannot mount a key', refused('references non-existent secret key: token'), 'replace', asCreated, ['app']],
  ['needs nothing', refused(lacks), 'nothing', asCreated, []],
  ['began before it', podOf('own', before), 'restart', {}, ['app']],
  ['began after it', own, 'restart', {}, []],
])('a kubelet keeps the old Secret to the harm of a pod that %s', (_, pod, need, parts, names) => {
  const view = secretsView(snapshotOf({ secrets: [app(parts)], pods: [pod] }));
  expect(keptSecrets(pod, { need, reason: '' }, view).map(({ metadata }) => metadata.name)).toEqual(names);
});

test('a pod that no container of mounts it holds none', () => {
  const volume = mounting({ name: 'v', secret: { secretName: 'app' } });
  const mounted = { ...podOf('own', before), spec: { ...volume, nodeName: 'n1' } };
  const status = {
    ...mounted.status,
    containerStatuses: [{ name: 'mounting', ready: true, restartCount: 0, state: { running: { startedAt: before } } }],
  };
  const pods = [
    { ...mounted, status },
    { ...mounted, status, spec: { ...mounted.spec, containers: [container('mounting')] } },
  ];
  const names = pods.map((pod) => {
    const view = secretsView(snapshotOf({ secrets: [app()], pods: [pod] }));
    return keptSecrets(pod, { need: 'restart', reason: '' }, view).map(({ metadata }) => metadata.name);
  });
  expect(names).toEqual([['app'], []]);
});
