import { describe, expect, test } from '@jest/globals';
import { explainWorkload } from '../../../../src/core/audit/explain-workload.ts';
import type { Secret } from '../../../../src/core/cluster/secret.ts';
import { diagnose } from '../../../../src/core/diagnose/diagnose.ts';
import { buildScene } from '../../../../src/core/diagnose/diagnosis-scene.ts';
import { container, deployment, keyEnv, namespace, secret, snapshotOf, type Parts } from '../../../support/builders.ts';
import { pending, waiting } from '../../../support/pod-statuses.ts';

const told = (...parts: readonly Parts[]): string[] =>
  diagnose(snapshotOf(...parts)).map(({ code, message, fix }) => `${code}: ${message} [${fix}]`);

describe('a pod that lacks a key which its Secret has', () => {
  const message = "couldn't find key k in Secret shop/app";
  const built = deployment('web', {
    spec: { containers: [container('web', { env: [keyEnv('app', 'k')] })] },
    pods: pending([], [waiting('web', 'CreateContainerConfigError', message)]),
  });
  const at = '2026-01-02T03:00:00Z';
  const pods = (built.pods ?? []).map((each) => ({
    ...each,
    metadata: { ...each.metadata, creationTimestamp: '2026-01-02T03:02:00Z' },
  }));
  const pod = { ...built, pods };
  const created: Partial<Secret> = {
    immutable: true,
    metadata: { name: 'app', namespace, creationTimestamp: at },
    lastWrite: { manager: 'kubectl', at },
  };

  test('is held back by kubelet, which has the immutable one that was there before', () => {
    expect(told(secret('app', ['k'], created), pod)).toEqual([
      'workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web does not find key k: kubelet keeps ' +
        'the old Secret app, which is immutable, as long as any pod of its node refers to it [c2l restart -n shop]',
    ]);
  });

  test('is not told as whole where the workload is explained', () => {
    const scene = buildScene(snapshotOf(secret('app', ['k'], created), pod), undefined);
    const ref = { kind: 'Deployment', namespace, name: 'web' };
    const [explained] = explainWorkload(scene, ref, diagnose(scene.snapshot)).containers;
    expect(explained?.references).toEqual([
      expect.objectContaining({ key: 'k', state: 'kept', detail: expect.stringMatching(/gives the one from before$/) }),
    ]);
  });

  test.each<[string, Partial<Secret>]>([
    ['can be changed: kubelet looks again', { ...created, immutable: false }],
    [
      'was written since, so that the key may have come by that',
      { ...created, lastWrite: { manager: 'x', at: '2026-01-02T03:01:00Z' } },
    ],
  ])('was held up before the Secret came, where that %s', (_, extra) => {
    expect(told(secret('app', ['k'], extra), pod)).toEqual([
      'workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web was held up for key k of Secret app, which is there by now: kubelet looks again within 15 s [c2l restart -n shop]',
    ]);
  });

  test('is told of a whole Secret, and as kubelet does of one that is not looked at', () => {
    const whole = (name: string): Parts => ({
      ...built,
      pods: pods.map((each) => ({
        ...each,
        status: pending([], [waiting('web', 'CreateContainerConfigError', `secret "${name}" not found`)]),
      })),
    });
    expect(told(secret('app', ['k']), whole('app'))[0]).toMatch(
      /was held up for Secret app, which is there by now: kubelet/,
    );
    expect(told(secret('app', ['k']), whole('other'))[0]).toMatch(
      /is CreateContainerConfigError: secret "other" not found/,
    );
  });
});

describe('a Deployment that somebody paused', () => {
  const paused = (parts: Parts, status: object): Parts => ({
    ...parts,
    deployments: (parts.deployments ?? []).map((each) => ({
      ...each,
      spec: { ...each.spec, paused: true },
      status: { ...each.status, ...status },
    })),
  });
  const none = { replicas: 0, updatedReplicas: 0 };

  test('before its first pod is to be resumed', () => {
    expect(told(paused(deployment('web', { pods: 'none' }), none))).toEqual([
      'workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready; it is paused, and makes no pod of its template before it is resumed [kubectl -n shop rollout resume deployment/web]',
    ]);
  });

  test('and whose pods are there and crash is not held up by that', () => {
    const crashing = deployment('web', { pods: pending([], [waiting('web', 'CrashLoopBackOff')]) });
    expect(told(paused(crashing, {})).join()).toMatch(/^container-crashing: /);
  });

  test('and whose broken pods are of an older template comes to the newer one by a resume alone', () => {
    const message = "couldn't find key gone in Secret shop/app";
    const old = deployment('web', { pods: pending([], [waiting('web', 'CreateContainerConfigError', message)]) });
    expect(told(secret('app', ['k']), paused(old, { replicas: 1, updatedReplicas: 0 }))).toEqual([
      'rollout-held-by-old-pod: deployment/web is not ready: pod web-5c6d-0, container web is CreateContainerConfigError; ' +
        'it still runs the older template and its rollouts are paused, which keeps it from the newer one [kubectl -n shop rollout resume deployment/web]',
    ]);
  });

  test('after the first pods of its template were made still scales them', () => {
    const [text] = told(paused(deployment('web', { replicas: 2, pods: 'none' }), { updatedReplicas: 1 }));
    expect(text).toMatch(/0 of 2 pods are ready \[kubectl -n shop describe deployment web\]$/);
  });

  test('whose pods the API server refuses is not held up by that', () => {
    const refused = { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'denied by a webhook' }] };
    const [text] = told(paused(deployment('web', { pods: 'none' }), { ...none, ...refused }));
    expect(text).toMatch(/denied by a webhook \[kubectl -n shop describe deployment web\]$/);
  });
});
