import { describe, expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { container, deployment, keyEnv, secret, snapshotOf, type Parts } from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';

function of(code: Finding['code'], ...parts: readonly Parts[]): readonly Finding[] {
  return diagnose(snapshotOf(...parts)).filter((finding) => finding.code === code);
}

const needs = (...keys: readonly string[]): Partial<PodSpec> => ({
  containers: [container('main', { env: keys.map((key) => keyEnv('app', key)) })],
});

describe('a workload that runs without what it was started with', () => {
  test('is told with every key, as the effect of each', () => {
    const found = of('next-start-fails', secret('app', ['b']), deployment('web', { spec: needs('a', 'b', 'c') }));

    expect(found).toEqual([
      {
        id: 'next-start-fails/shop/deployment/web',
        code: 'next-start-fails',
        severity: 'warning',
        object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        message:
          'deployment/web runs now, but its next start fails: key a of Secret app and key c of Secret app went missing after it started',
        causes: ['secret-key-missing/shop/app/a', 'secret-key-missing/shop/app/c'],
        blocks: [],
        fix: 'c2l fix-secrets -n shop',
      },
    ]);
  });

  test('is told of a whole Secret', () => {
    const [found] = of('next-start-fails', deployment('web', { spec: needs('a') }));

    expect(found?.message).toBe(
      'deployment/web runs now, but its next start fails: Secret app went missing after it started',
    );
    expect(found?.causes).toEqual(['secret-missing/shop/app']);
  });

  test('is told of an init container that is over: a new pod begins with it', () => {
    const spec = { ...needs(), initContainers: [container('migrate', { env: [keyEnv('app', 'a')] })] };

    expect(of('next-start-fails', secret('app', []), deployment('web', { spec }))).toHaveLength(1);
  });

  test.each<[string, Parts]>([
    [
      'a container that never began',
      deployment('web', { spec: needs('a'), pods: pending([], [waiting('main', 'CreateContainerConfigError')]) }),
    ],
    [
      'another container that runs beside it',
      deployment('web', {
        spec: { containers: [...(needs('a').containers ?? []), container('good')] },
        pods: pending([], [waiting('main', 'CreateContainerConfigError'), running('good')]),
      }),
    ],
    [
      'an init container that failed',
      deployment('web', {
        spec: { ...needs(), initContainers: [container('migrate', { env: [keyEnv('app', 'a')] })] },
        pods: pending([ended('migrate', 1)], [waiting('main', 'PodInitializing')]),
      }),
    ],
    [
      'an optional key',
      deployment('web', { spec: { containers: [container('main', { env: [keyEnv('app', 'a', true)] })] } }),
    ],
  ])('is not told of %s', (_, parts) => {
    expect(of('next-start-fails', secret('app', []), parts)).toEqual([]);
  });
});

describe('a workload that runs with an older value', () => {
  const startedAt = '2026-01-02T03:00:00Z';
  const pods = {
    ...pending([], [{ ...running('main', true), state: { running: { startedAt } } }]),
    conditions: [{ type: 'Ready', status: 'True' }],
  };

  test.each([
    ['after', '2026-01-02T03:00:01Z', 1],
    ['before', '2026-01-02T02:59:59Z', 0],
  ])('is told where the value was written %s the start', (_, changed, count) => {
    const written = secret('app', ['a'], { keyChangedAt: new Map([['a', changed]]) });
    const found = of('environment-stale', written, deployment('web', { spec: needs('a'), pods }));

    expect(found).toHaveLength(count);
    for (const { message, fix } of found) {
      expect(message).toBe(
        'deployment/web runs with an older value of key a of Secret app; it takes the newer one with its next start',
      );
      expect(fix).toBe('c2l restart -n shop');
    }
  });

  test('is only suspected where the value was written in the second of the start', () => {
    const written = secret('app', ['a'], { keyChangedAt: new Map([['a', startedAt]]) });
    const [found] = of('environment-stale', written, deployment('web', { spec: needs('a'), pods }));
    expect(found).toMatchObject({
      severity: 'info',
      message:
        'deployment/web may run with an older value of key a of Secret app, which was written in the second it began; ' +
        'whether it does cannot be told',
    });
  });

  const createdAt = '2026-01-02T03:00:01Z';
  const recreated = (optional: boolean, extra: object = {}) =>
    of(
      'environment-stale',
      secret('app', ['a'], {
        ...extra,
        metadata: { ...secret('app', []).secrets![0]!.metadata, creationTimestamp: createdAt },
      }),
      deployment('web', { spec: { containers: [container('main', { env: [keyEnv('app', 'a', optional)] })] }, pods }),
    ).map(({ severity, message, fix }) => [severity, message, fix]);

  test('is only suspected where the Secret was created again: it may hold the same', () => {
    const again =
      'may run with an older value of key a of Secret app, which was created again since; whether it does cannot be told';
    const rollout = 'kubectl -n shop rollout restart deployment web';

    expect(recreated(false)).toEqual([['info', `deployment/web ${again}`, rollout]]);
    expect(recreated(true)).toEqual([
      [
        'info',
        'deployment/web may run without key a of Secret app, which was created since; whether it does cannot be told',
        rollout,
      ],
    ]);
  });

  test('is told of an immutable Secret that was created again: it is done to change one', () => {
    expect(recreated(false, { immutable: true })).toEqual([
      [
        'warning',
        'deployment/web may run with an older value of key a of Secret app, which was created again since; kubelet gives new pods the older one too, as long as any pod of its node refers to it',
        'c2l restart -n shop',
      ],
    ]);
  });

  test('is told of several keys at once', () => {
    const written = secret('app', ['a', 'b', 'c'], {
      keyChangedAt: new Map(['a', 'b'].map((key) => [key, createdAt])),
    });
    const [found] = of('environment-stale', written, deployment('web', { spec: needs('a', 'b', 'c'), pods }));
    expect(found?.message).toBe(
      'deployment/web runs with older values of keys a and b of Secret app; it takes the newer ones with its next start',
    );
  });

  test('is not told of the keys that c2l left as they were when it created the Secret again', () => {
    const changed = { immutable: true, keyChangedAt: new Map([['other', createdAt]]) };
    const restored = { keyAddedAt: new Map([['a', createdAt]]) };

    expect(recreated(false, changed)).toEqual([]);
    expect(recreated(false, restored)).toEqual([]);
  });
});
