import { expect, test } from '@jest/globals';
import type { Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  barePod,
  container,
  daemonSet,
  deployment,
  job,
  keyEnv,
  mounting,
  secret,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { ended, pending, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const startedAt = '2026-01-02T03:00:00Z';
const later = '2026-01-02T03:00:01Z';
const runs: NonNullable<Pod['status']> = {
  ...pending([], [{ ...running('main', true), state: { running: { startedAt } } }]),
  conditions: [{ type: 'Ready', status: 'True' }],
};
const takes = (...keys: readonly (readonly [secretName: string, key: string])[]): Partial<PodSpec> => ({
  containers: [container('main', { env: keys.map(([name, key]) => keyEnv(name, key)) })],
});
const waits = pending([], [waiting('main', 'CreateContainerConfigError', 'secret "app" not found')]);

/** Pods in these states. */
function web(spec: Partial<PodSpec>, ...statuses: readonly NonNullable<Pod['status']>[]): Parts {
  const parts = deployment('web', { spec, replicas: statuses.length });
  return { ...parts, pods: (parts.pods ?? []).map((pod, index) => ({ ...pod, status: statuses[index] ?? {} })) };
}

const next = (...parts: readonly Parts[]): string[] =>
  told(
    diagnose(snapshotOf(...parts)).filter(({ code }) => code === 'next-start-fails' || code === 'environment-stale'),
  );
const app = ['app', 'k'] as const;
const volume = { name: 'v', secret: { secretName: 'app', items: [{ key: 'k', path: 'k' }] } };
const beside = { ...mounting(volume), containers: [...mounting(volume).containers, container('other')] };

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'in both of its pods',
    [web(takes(app), runs, runs)],
    [
      'warning next-start-fails: deployment/web runs now, but its next start fails: Secret app went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'in one of its pods',
    [web(takes(app), runs, waits)],
    [
      'warning next-start-fails: deployment/web still runs in 1 of 2 pods, but its next start fails: Secret app went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'a key of one Secret and all of another',
    [web(takes(app, ['b', 'l']), runs), secret('app', [])],
    [
      'warning next-start-fails: deployment/web runs now, but its next start fails: key k of Secret app and Secret b went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'a file, though the container that mounts it has not begun',
    [
      web(beside, pending([], [waiting('mounting', 'CreateContainerError'), running('other', true)])),
      secret('app', []),
    ],
    [
      'warning next-start-fails: deployment/web runs now, but its next start fails: key k of Secret app went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'a file, before any container began',
    [
      web(beside, pending([], [waiting('mounting', 'ContainerCreating'), waiting('other', 'ContainerCreating')])),
      secret('app', []),
    ],
    [],
  ],
  ['a key of a container that ended badly', [web(takes(app), pending([], [ended('main', 1)])), secret('app', [])], []],
  [
    'what its images are pulled with',
    [web({ containers: [container('main')], imagePullSecrets: [{ name: 'app' }] }, runs)],
    [],
  ],
  [
    'what another pulls with and it takes as a file',
    [web({ ...mounting(volume), imagePullSecrets: [{ name: 'app' }] }, pending([], [running('mounting', true)]))],
    [
      'warning next-start-fails: deployment/web runs now, but its next start fails: Secret app went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
])('a workload that runs has lost %s', (_, parts, expected) => {
  expect(next(...parts)).toEqual(expected);
});

const changed = (...keys: readonly string[]): Parts =>
  secret('app', ['k', 'l', 'm'], { keyChangedAt: new Map(keys.map((key) => [key, later])) });
const doubtful = (...keys: readonly string[]): Parts =>
  secret('app', ['k', 'l', 'm'], { keyChangedAt: new Map(keys.map((key) => [key, startedAt])) });
const both = secret('app', ['k', 'l', 'm'], {
  keyChangedAt: new Map([
    ['k', later],
    ['l', startedAt],
  ]),
});
const other = secret('b', ['l'], { keyChangedAt: new Map([['l', later]]) });
const at = { spec: takes(app), pods: runs };

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'of two Secrets',
    [web(takes(app, ['b', 'l']), runs), changed('k'), other],
    [
      'warning environment-stale: deployment/web runs with an older value of key k of Secret app and runs with an older value of key l of Secret b; it takes the newer ones with its next start [c2l restart -n shop]',
    ],
  ],
  [
    'of which one is in doubt',
    [web(takes(app, ['app', 'l']), runs), both],
    [
      'warning environment-stale: deployment/web runs with an older value of key k of Secret app and may run with an older value of key l of Secret app, which was written in the second it began; it takes the newer one with its next start [c2l restart -n shop]',
    ],
  ],
  [
    'of two keys in doubt',
    [web(takes(app, ['app', 'l']), runs), doubtful('k', 'l')],
    [
      'info environment-stale: deployment/web may run with older values of keys k and l of Secret app, which was written in the second it began; whether it does cannot be told [kubectl -n shop rollout restart deployment web]',
    ],
  ],
  [
    'in a StatefulSet, in doubt',
    [statefulSet('web', at), doubtful('k')],
    [
      'info environment-stale: statefulset/web may run with an older value of key k of Secret app, which was written in the second it began; whether it does cannot be told [kubectl -n shop rollout restart statefulset web]',
    ],
  ],
  [
    'in a DaemonSet, in doubt',
    [daemonSet('web', at), doubtful('k')],
    [
      'info environment-stale: daemonset/web may run with an older value of key k of Secret app, which was written in the second it began; whether it does cannot be told [kubectl -n shop rollout restart daemonset web]',
    ],
  ],
  [
    'in a Job, in doubt',
    [job('web', at), doubtful('k')],
    [
      'info environment-stale: job/web may run with an older value of key k of Secret app, which was written in the second it began; whether it does cannot be told [c2l restart -n shop]',
    ],
  ],
  [
    'in a pod that nobody starts again',
    [barePod('web', takes(app), runs), changed('k')],
    [
      'warning environment-stale: pod/web runs with an older value of key k of Secret app; it takes the newer one with its next start [kubectl -n shop get pod web -o yaml | kubectl replace --force -f -]',
    ],
  ],
  [
    'in one of two pods',
    [web(takes(app), runs, waits), changed('k')],
    [
      'warning environment-stale: deployment/web runs with an older value of key k of Secret app; it takes the newer one with its next start [c2l restart -n shop]',
    ],
  ],
])('a workload runs with an older value %s', (_, parts, expected) => {
  expect(next(...parts)).toEqual(expected);
});
