import { expect, test } from '@jest/globals';
import type { Pod, PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { CloserLook } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  gap,
  job,
  keyEnv,
  namespace,
  pullSecretFor,
  secret,
  secretWith,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';
import { closerLook } from '../../support/closer-look.ts';
import { pending, running, waiting } from '../../support/pod-statuses.ts';
import { told } from '../../support/told.ts';

const all = (parts: readonly Parts[], closer: Partial<CloserLook> = {}): string[] =>
  told(diagnose({ ...snapshotOf(...parts), closer: closerLook(closer) }));

const takes: Partial<PodSpec> = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
const pulls: Partial<PodSpec> = { imagePullSecrets: [{ name: 'reg' }] };
const state = (reason: string, message?: string): Pod['status'] => pending([], [waiting('web', reason, message)]);
const scaled = (parts: Parts): Parts => ({
  deployments: (parts.deployments ?? []).map((each) => ({
    ...each,
    metadata: { ...each.metadata, annotations: { 'c2l.dev/replicas-before-restart': '2' } },
  })),
});
const redis: Parts = {
  argocdDeployments: [
    {
      metadata: { name: 'argocd-redis', namespace: 'argocd' },
      spec: { replicas: 1, template: { spec: { containers: [] } } },
      status: { readyReplicas: 0 },
    },
  ],
  deployments: [
    {
      metadata: { name: 'argocd-redis', namespace: 'argocd' },
      spec: { replicas: 1, template: { spec: { containers: [container('redis')] } } },
      status: { readyReplicas: 0 },
    },
  ],
};
const policy = (kind: string, name: string): Parts => ({
  events: [
    {
      metadata: { name: 'e', namespace },
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'denied by a policy',
      involvedObject: { kind, namespace, name },
    },
  ],
});
const crash: Pod['status'] = { ...pending([], [waiting('web', 'CrashLoopBackOff')]) };
const volumes = (volume: object): Partial<PodSpec> => ({
  containers: [container('web', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  volumes: [{ name: 'v', ...volume }],
});
const projected = volumes({ projected: { sources: [{ secret: { name: 'app' } }] } });
const driven = volumes({ csi: { driver: 'd', nodePublishSecretRef: { name: 'app' } } });

test.each<[string, readonly Parts[], Partial<CloserLook>, readonly string[]]>([
  [
    'a part of Argo CD, as such alone',
    [redis],
    {},
    [
      'error argocd-unhealthy: deployment/argocd-redis has 0 of 1 pod ready: Argo CD has no cache, so applications do not sync [kubectl -n argocd get pods]',
      'error argocd-unhealthy: argocd-repo-server does not exist in namespace argocd: Argo CD cannot render manifests, so nothing syncs [kubectl -n argocd get pods]',
      'error argocd-unhealthy: argocd-application-controller does not exist in namespace argocd: Argo CD neither syncs nor updates the health of applications [kubectl -n argocd get pods]',
    ],
  ],
  [
    'scaled to 0 by a restart that did not end, beside what it lacks',
    [scaled(deployment('web', { spec: takes, replicas: 0, pods: 'none' })), secret('app', [])],
    {},
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
      'error workload-not-ready: deployment/web is scaled to 0 by a restart that did not end, and had 2 pods [c2l restart -n shop]',
    ],
  ],
  [
    'kept from creating pods, beside what it lacks',
    [statefulSet('web', { spec: takes, pods: 'none' }), secret('app', []), policy('StatefulSet', 'web')],
    {},
    [
      'error secret-key-missing: secret/app lacks key k, which statefulset/web needs [c2l fix-secrets -n shop] -> statefulset/web',
      'error workload-not-ready: statefulset/web is not ready: 0 of 1 pod is ready: denied by a policy [kubectl -n shop describe statefulset web]',
    ],
  ],
  [
    'a Job that is kept from creating its pod',
    [job('web', { pods: 'none' }), policy('Job', 'web')],
    {},
    [
      'error workload-not-ready: job/web is not ready: it has no pod: denied by a policy [kubectl -n shop describe job web]',
    ],
  ],
  [
    'without a pod, for what it lacks',
    [statefulSet('web', { spec: takes, pods: 'none' }), secret('app', [])],
    {},
    [
      'error secret-key-missing: secret/app lacks key k, which statefulset/web needs [c2l fix-secrets -n shop] -> statefulset/web',
    ],
  ],
  [
    'refused by a registry, beside a pull Secret that is missing',
    [deployment('web', { spec: pulls, pods: state('ErrImagePull', 'failed: 401 Unauthorized') })],
    {},
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and deployment/web cannot pull its image [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/web',
    ],
  ],
  [
    'cut off from a registry, beside a pull Secret that is missing',
    [deployment('web', { spec: pulls, pods: state('ErrImagePull', 'failed: i/o timeout') })],
    {},
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and deployment/web cannot pull its image [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/web',
      'error registry-unreachable: deployment/web is not ready: the registry of image busybox:1.36 cannot be reached (pod web-5c6d-0, container web): failed: i/o timeout [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'failed by a registry, beside a pull Secret that is missing',
    [deployment('web', { spec: pulls, pods: state('ErrImagePull', 'failed: status code: 503') })],
    {},
    [
      'error image-pull-secret-missing: secret/reg for pulling images does not exist, and deployment/web cannot pull its image [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE] -> deployment/web',
      'error registry-unreachable: deployment/web is not ready: the registry of image busybox:1.36 answers with an error of its own (pod web-5c6d-0, container web): status code: 503 [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'cut off from a registry, for which it has credentials',
    [
      deployment('web', { spec: pulls, pods: state('ErrImagePull', 'failed: i/o timeout') }),
      pullSecretFor('reg', 'docker.io'),
    ],
    {},
    [
      'error registry-unreachable: deployment/web is not ready: the registry of image busybox:1.36 cannot be reached (pod web-5c6d-0, container web): failed: i/o timeout [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'that crashes without what it mounts projected',
    [deployment('web', { spec: projected, pods: crash })],
    {},
    [
      'error secret-missing: secret/app does not exist, which deployment/web needs [kubectl -n shop create secret generic app --from-file=DIRECTORY] -> deployment/web',
    ],
  ],
  [
    'that crashes without what its driver needs',
    [deployment('web', { spec: driven, pods: crash })],
    {},
    [
      'error secret-missing: secret/app does not exist, which deployment/web needs [kubectl -n shop create secret generic app --from-file=DIRECTORY] -> deployment/web',
    ],
  ],
  [
    'that crashes beside a value of which nothing is proven',
    [deployment('web', { spec: takes, pods: crash }), secretWith('app', { k: '' })],
    {},
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
      'warning secret-value-empty: key k of secret/app is empty [kubectl -n shop edit secret app]',
    ],
  ],
  [
    'that crashes beside a pull Secret that is missing',
    [deployment('web', { spec: pulls, pods: crash })],
    {},
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
      'warning image-pull-secret-missing: secret/reg for pulling images does not exist; pods run with the images that their nodes already have [kubectl -n shop create secret docker-registry reg --from-file=.dockerconfigjson=FILE]',
    ],
  ],
  [
    'that crashes beside another container that lacks a key',
    [
      deployment('web', {
        spec: { containers: [container('web'), container('side', { env: [keyEnv('app', 'k')] })] },
        pods: pending([], [waiting('web', 'CrashLoopBackOff'), running('side')]),
      }),
      secret('app', []),
    ],
    {},
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
      'warning next-start-fails: deployment/web runs now, but its next start fails: key k of Secret app went missing after it started [c2l fix-secrets -n shop]',
    ],
  ],
  [
    'whose namespace is going, without a pod',
    [deployment('web', { pods: 'none' })],
    { endingNamespaces: new Map([[namespace, '2026-01-02T03:00:00Z']]) },
    [
      'error namespace-terminating: namespace shop was deleted at 2026-01-02 03:00:00 UTC and is not gone yet: nothing can be created in it [kubectl get namespace shop -o yaml] -> deployment/web',
    ],
  ],
  [
    'whose namespace is going, with a pod that crashes',
    [deployment('web', { pods: crash })],
    { endingNamespaces: new Map([[namespace, '2026-01-02T03:00:00Z']]) },
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
      'error namespace-terminating: namespace shop was deleted at 2026-01-02 03:00:00 UTC and is not gone yet: nothing can be created in it [kubectl get namespace shop -o yaml] -> deployment/web',
    ],
  ],
])('a workload is told: %s', (_, parts, closer, expected) => {
  expect(all(parts, closer)).toEqual(expected);
});

const saying = (message: string): Pod['status'] =>
  pending([], [{ ...waiting('web', 'CrashLoopBackOff'), lastState: { terminated: { exitCode: 1, message } } }]);
const elsewhere = secretWith('b', { k: 'the-other-value' }, { metadata: { name: 'b', namespace: 'other' } });

test.each<[string, readonly Parts[], RegExp]>([
  ['free of values', [secretWith('app', { k: 'the-very-value' })], /; it says: fatal: \[redacted\] the-other-value$/],
  ['of another namespace as they are', [elsewhere], /; it says: fatal: the-very-value the-other-value$/],
  [
    'though another namespace could not be read',
    [{ gaps: [gap('secrets', 'other')] }],
    /; it says: fatal: the-very-value the-other-value$/,
  ],
  ['not at all, where its values are not known', [{ gaps: [gap('secrets')] }], /ends with exit code 1$/],
  ['not at all, where no values are known', [{ gaps: [gap('secrets', '')] }], /ends with exit code 1$/],
])('what a program said last is told %s', (_, parts, expected) => {
  const found = diagnose(
    snapshotOf(deployment('web', { pods: saying('fatal: the-very-value the-other-value') }), ...parts),
  );

  expect(found.find(({ code }) => code === 'container-crashing')?.message).toMatch(expected);
});
