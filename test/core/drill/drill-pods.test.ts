import { describe, expect, test } from '@jest/globals';
import type { Secret } from '../../../src/core/cluster/secret.ts';
import { consumers, outdatedPods, podsText } from '../../../src/core/drill/drill-pods.ts';
import type { SecretFault } from '../../../src/core/drill/secret-fault.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import {
  barePod,
  container,
  deployment,
  job,
  keyEnv,
  mounting,
  namespace,
  secret,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const uses = (name: string, ...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment(name, { spec: { containers: [container(name, { env })] } });

const web = uses('web', keyEnv('app', 'password'), keyEnv('app', 'note', true), keyEnv('other', 'token'));

const volumeMounts = [{ name: 'data', mountPath: '/var/lib/postgresql/data' }];

const database = (volumes: readonly object[]): Parts =>
  statefulSet('db', {
    spec: {
      containers: [container('db', { image: 'postgres:16', env: [keyEnv('app', 'password')], volumeMounts })],
      volumes: volumes as never,
    },
  });

const volatile = database([{ name: 'data', emptyDir: {} }]);

function fault(
  does: SecretFault['does'],
  extra: Partial<Secret> = {},
  keys: readonly string[] = ['password'],
): SecretFault {
  const [built] = secret('app', ['password'], extra).secrets ?? [];
  if (built === undefined) throw new Error('no Secret was built');
  return { secret: built, does, keys, isForPulls: false };
}

describe('pods that start anew for a fault', () => {
  const found = (faults: readonly SecretFault[], ...parts: readonly Parts[]) => {
    const { evict, keep } = consumers(faults, workloads(snapshotOf(...parts)), undefined);
    return { evict: podsText(evict), keep: keep.map(({ pod, reason }) => `${pod.name} ${reason}`) };
  };

  test('are those that take what is broken, and no others', () => {
    expect(
      found([fault('lost')], web, uses('api', keyEnv('other', 'token')), uses('notes', keyEnv('app', 'note'))),
    ).toEqual({
      evict: 'pod/web-5c6d-0',
      keep: [],
    });
    expect(consumers([fault('lost')], workloads(snapshotOf(web)), undefined).evict).toEqual([
      {
        pod: { kind: 'Pod', namespace, name: 'web-5c6d-0' },
        uid: 'pod-web-5c6d-0',
        workload: { kind: 'Deployment', namespace, name: 'web' },
      },
    ]);
  });

  test('are no pods that can do without it, and none that lie elsewhere', () => {
    expect(found([fault('lost')], uses('web', keyEnv('app', 'password', true)))).toEqual({ evict: '', keep: [] });
    expect(found([fault('lost', { metadata: { name: 'app', namespace: 'elsewhere' } })], web)).toEqual({
      evict: '',
      keep: [],
    });
  });

  test('are those that take all of it', () => {
    const envFrom = [{ secretRef: { name: 'app' } }];
    expect(
      found([fault('keys-lost')], deployment('web', { spec: { containers: [container('web', { envFrom })] } })).evict,
    ).toBe('pod/web-5c6d-0');
  });

  test('are those that pull with what is broken, where that is the fault', () => {
    const pulls = deployment('web', { spec: { imagePullSecrets: [{ name: 'app' }] } });
    expect(found([fault('lost')], pulls).evict).toBe('');
    expect(found([{ ...fault('lost'), isForPulls: true }], pulls).evict).toBe('pod/web-5c6d-0');
    expect(found([{ ...fault('lost'), isForPulls: true }], deployment('web')).evict).toBe('');
  });

  test('are none whose data would be lost, that count a failure, or that nobody starts again', () => {
    const spec = { containers: [container('c', { env: [keyEnv('app', 'password')] })] };
    expect(found([fault('lost')], volatile, job('once', { spec }), barePod('alone', spec))).toEqual({
      evict: '',
      keep: expect.arrayContaining([
        'db-0 its data lies in the pod, and would be lost with it',
        'once-0 its Job counts a deleted pod as a failure',
        'alone no controller would start it again',
      ]),
    });
  });
});

test('pods that use another key or Secret, or credentials alone, stay', () => {
  const spec = { containers: [container('c', { env: [keyEnv('other', 'password'), keyEnv('app', 'note')] })] };
  const token = deployment('token', {
    spec: mounting({ name: 't', projected: { sources: [{ secret: { name: 'other' } }] } }),
  });
  const pulls = deployment('pulls', { spec: { imagePullSecrets: [{ name: 'app' }] } });
  const all = workloads(snapshotOf(deployment('web', { spec }), token, pulls));
  const evicted = (...faults: readonly SecretFault[]): string => podsText(consumers(faults, all, undefined).evict);
  expect(evicted(fault('lost'))).toBe('');
  const pulled = { ...fault('lost'), isForPulls: true };
  expect(evicted(pulled, fault('lost'))).toBe('pod/pulls-5c6d-0');
  const elsewhere = fault('lost', { metadata: { name: 'registry', namespace } });
  expect(evicted({ ...elsewhere, isForPulls: true })).toBe('');
  expect(evicted(fault('lost', { metadata: { name: 'other', namespace } }))).toBe('pod/token-5c6d-0, pod/web-5c6d-0');
});

describe('pods that hold other values than the Secrets now', () => {
  const since = '2026-01-02T00:00:00Z';
  const began = (parts: Parts, creationTimestamp: string): Parts => ({
    ...parts,
    pods: (parts.pods ?? []).map((pod) => ({ ...pod, metadata: { ...pod.metadata, creationTimestamp } })),
  });
  const found = (changed: readonly string[], ...parts: readonly Parts[]): string =>
    podsText(outdatedPods(snapshotOf(...parts), undefined, { changed: new Set(changed), since }));

  test.each<[string, readonly string[], Parts, string]>([
    ['began since and take what changed', ['shop/app/password'], began(web, since), 'pod/web-5c6d-0'],
    ['began before', ['shop/app/password'], began(web, '2026-01-01T23:59:59Z'), ''],
    ['take another key', ['shop/app/unused'], began(web, since), ''],
    ['take a key of that name elsewhere', ['other/app/password'], began(web, since), ''],
    [
      'take all of the Secret',
      ['shop/app/unused'],
      began(
        deployment('web', { spec: { containers: [container('web', { envFrom: [{ secretRef: { name: 'app' } }] })] } }),
        since,
      ),
      'pod/web-5c6d-0',
    ],
    [
      'pull with it',
      ['shop/app/x'],
      began(deployment('web', { spec: { imagePullSecrets: [{ name: 'app' }] } }), since),
      '',
    ],
    [
      'take all of another Secret',
      ['shop/app/unused', 'shop/other/token'],
      began(
        deployment('web', { spec: { containers: [container('web', { envFrom: [{ secretRef: { name: 'more' } }] })] } }),
        since,
      ),
      '',
    ],
    ['take one of two that changed', ['shop/other/x', 'shop/app/password'], began(web, since), 'pod/web-5c6d-0'],
    ['would lose their data', ['shop/app/password'], began(volatile, since), ''],
  ])('are told where they %s', (_, changed, parts, told) => {
    expect(found(changed, parts)).toBe(told);
  });
});
