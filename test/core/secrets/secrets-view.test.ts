import { describe, expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { secretReferences } from '../../../src/core/secrets/references.ts';
import { secretsView } from '../../../src/core/secrets/secrets-view.ts';
import { isCurrent, valuesInUse } from '../../../src/core/secrets/value-age.ts';
import {
  container,
  keyEnv,
  mounting,
  namespace,
  secretWith,
  snapshotOf,
  valueOf,
  type Parts,
} from '../../support/builders.ts';

const before = '2026-01-01T00:00:05Z';
const created = '2026-01-01T00:00:10Z';
const start = '2026-01-01T00:00:20Z';
const since = '2026-01-01T00:00:30Z';

function secretOf(
  name: string,
  data: Readonly<Record<string, string>>,
  parts: Partial<Secret> = {},
  place = namespace,
): Secret {
  const metadata = { name, namespace: place, creationTimestamp: created };
  return secretWith(name, data, { metadata, ...parts }).secrets![0]!;
}

function revision(of: string, stamp: string, data: Readonly<Record<string, string>>, place = namespace): Secret {
  const annotations = { 'c2l.dev/secret-name': of };
  const metadata = { name: `${of}.c2l-${stamp}`, namespace: place, creationTimestamp: created, annotations };
  return secretOf(of, data, { type: 'c2l.dev/revision', metadata });
}

test('of a key the value is known that was kept last, of the Secret that is meant', () => {
  const secrets = [
    revision('app', '1z', { k: 'oldest', l: 'only' }),
    revision('app', '3z', { m: 'newest' }),
    revision('app', '2z', { k: 'newer' }),
    revision('site', '4z', { k: 'of another' }),
    revision('app', '5z', { k: 'elsewhere' }, 'other'),
  ];
  const view = secretsView(snapshotOf({ secrets }));
  const kept = (place: string, name: string, key: string) => view.keptValue(place, name, key)?.reveal();
  expect([kept(namespace, 'app', 'k'), kept(namespace, 'app', 'l'), kept(namespace, 'app', 'm')]).toEqual([
    'newer',
    'only',
    'newest',
  ]);
  expect([kept(namespace, 'site', 'k'), kept('other', 'app', 'k')]).toEqual(['of another', 'elsewhere']);
  expect([kept(namespace, 'app', 'x'), kept(namespace, 'gone', 'k')]).toEqual([undefined, undefined]);
});

const lacks = 'MountVolume.SetUp failed: references non-existent secret key: k';
const event = (parts: object, at = since): Parts => ({
  events: [
    {
      metadata: { name: `e${at}`, namespace },
      reason: 'FailedMount',
      message: lacks,
      involvedObject: { kind: 'Pod', namespace, name: 'web-0', uid: 'u' },
      lastTimestamp: at,
      ...parts,
    },
  ],
});
const mountedPod: Pod = {
  metadata: { name: 'web-0', namespace, uid: 'u', creationTimestamp: created },
  spec: mounting({ name: 'v', secret: { secretName: 'app' } }),
  status: {
    phase: 'Pending',
    containerStatuses: [
      { name: 'mounting', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
    ],
  },
};

test.each<[string, Parts, number]>([
  ['one of its own', event({}), 1],
  ['none of another reason', event({ reason: 'Pulling' }), 0],
  ['none of another pod', event({ involvedObject: { kind: 'Pod', namespace, name: 'web-0', uid: 'w' } }), 0],
  ['none that tells no pod', event({ involvedObject: { kind: 'Pod', namespace, name: 'web-0' } }), 0],
])('failures of its mounts are told of a pod: %s', (_, parts, told) => {
  const view = secretsView(snapshotOf({ pods: [mountedPod] }, parts));
  expect(view.mountFailures(mountedPod)).toEqual(Array.from({ length: told }, () => lacks));
  const metadata = { name: 'web-0', namespace };
  expect(view.mountFailures({ ...mountedPod, metadata })).toEqual([]);
});

describe('beside a pod that held kubelet to the Secret before', () => {
  const spec = { containers: [container('c', { env: [keyEnv('app', 'k')] })], nodeName: 'n' };
  const podOf = (name: string, startedAt: string): Pod => ({
    metadata: { name, namespace, uid: name, creationTimestamp: startedAt },
    spec,
    status: {
      phase: 'Running',
      startTime: startedAt,
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: { startedAt } } }],
    },
  });
  const own = podOf('own', start);
  const references = secretReferences({ kind: 'Pod', namespace, name: 'own' }, spec);
  const outdated =
    'may run with an older value of key k of Secret app, which was created again while pod/old on its node held kubelet to the old one';

  test.each<[string, Partial<Secret>, object]>([
    ['may hold what that held', { immutable: true }, { outdated }],
    [
      'may hold what was there before a change',
      { immutable: true, keyChangedAt: new Map([['k', created]]) },
      { outdated },
    ],
    ['may lack a key that came with it', { immutable: true, keyAddedAt: new Map([['k', created]]) }, { outdated }],
    ['holds what stayed the same', { immutable: true, keyChangedAt: new Map([['l', created]]) }, {}],
    ['holds what is there, where that can be changed', {}, {}],
    ['holds nothing of a key that is gone', { immutable: true, data: new Map() }, {}],
  ])('another %s', (_, parts, expected) => {
    const app = secretOf(
      'app',
      { k: valueOf('k'), l: valueOf('l') },
      { lastWrite: { manager: 'm', at: created }, ...parts },
    );
    const view = secretsView(snapshotOf({ secrets: [app], pods: [podOf('old', before), own] }));
    expect(valuesInUse(own, references, view)).toEqual(expected);
    const alone = secretsView(snapshotOf({ secrets: [app], pods: [own] }));
    expect(valuesInUse(own, references, alone)).toEqual({});
    expect([view, alone].map((each) => isCurrent(own, { reference: references[0]!, startedAt: start }, each))).toEqual([
      !('outdated' in expected),
      true,
    ]);
  });

  test('a value that was put back as it was is trusted, whoever wrote it with others', () => {
    const times = new Map([['k', since]]);
    const app = secretOf('app', { k: 'same' }, { keyAddedAt: times, keyDoubtedAt: times });
    const view = (kept: string) =>
      secretsView(snapshotOf({ secrets: [app, revision('app', '1z', { k: kept })], pods: [own] }));
    expect(valuesInUse(own, references, view('same'))).toEqual({
      trusted: 'began with the value of key k of Secret app that was put back',
    });
    expect(valuesInUse(own, references, view('another'))).toEqual({
      doubted: {
        text: 'may run with an older value of key k of Secret app, which was put back since',
        subject: 'secret/app:k',
        isEven: false,
      },
    });
  });
});
