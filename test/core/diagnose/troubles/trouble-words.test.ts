import { expect, test } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../../../src/core/cluster/kubernetes-pod.ts';
import type { KubernetesEvent } from '../../../../src/core/cluster/kubernetes.ts';
import { diagnose } from '../../../../src/core/diagnose/diagnose.ts';
import {
  barePod,
  container,
  daemonSet,
  deployment,
  gap,
  keyEnv,
  namespace,
  secret,
  service,
  snapshotOf,
  statefulSet,
  type Parts,
} from '../../../support/builders.ts';
import { pending, running, waiting } from '../../../support/pod-statuses.ts';
import { told } from '../../../support/told.ts';

const all = (...parts: readonly Parts[]): string[] => told(diagnose(snapshotOf(...parts)));

const event = (
  object: KubernetesEvent['involvedObject'],
  reason: string,
  message?: string,
  type = 'Warning',
): Parts => ({
  events: [
    {
      metadata: { name: `${reason}.${object.name ?? ''}`, namespace },
      type,
      reason,
      ...(message !== undefined && { message }),
      lastTimestamp: '2026-01-02T03:04:00Z',
      involvedObject: object,
    },
  ],
});
const ofPod = (reason: string, message?: string, type?: string): Parts =>
  event({ kind: 'Pod', namespace, name: 'web-5c6d-0', uid: 'pod-web-5c6d-0' }, reason, message, type);

const unready: Pod['status'] = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [running('web')],
};

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'that is answered with an error',
    [ofPod('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
    [
      'error readiness-probe-failing: deployment/web is not ready: pod web-5c6d-0, container web runs and does not pass its readiness probe: HTTP probe failed with statuscode: 503 [kubectl -n shop logs web-5c6d-0 -c web]',
    ],
  ],
  [
    'that is not answered at all',
    [ofPod('Unhealthy', 'Startup probe errored:')],
    [
      'error readiness-probe-failing: deployment/web is not ready: pod web-5c6d-0, container web runs and does not pass its startup probe [kubectl -n shop logs web-5c6d-0 -c web]',
    ],
  ],
  [
    'that is answered in lines',
    [ofPod('Unhealthy', 'Readiness probe failed:  \n  no route\nto the host')],
    [
      'error readiness-probe-failing: deployment/web is not ready: pod web-5c6d-0, container web runs and does not pass its readiness probe: no route [kubectl -n shop logs web-5c6d-0 -c web]',
    ],
  ],
  [
    'that is answered with a value',
    [
      secret('app', ['k']),
      ofPod('Unhealthy', 'Readiness probe failed: login as canary-of-k-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx refused'),
    ],
    [
      'error readiness-probe-failing: deployment/web is not ready: pod web-5c6d-0, container web runs and does not pass its readiness probe: login as [redacted] refused [kubectl -n shop logs web-5c6d-0 -c web]',
    ],
  ],
  [
    'of which only its liveness is told',
    [ofPod('Unhealthy', 'Liveness probe failed: 500')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is Running (NotReady) [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'of which another event tells last',
    [ofPod('Unhealthy', 'Readiness probe failed: 503'), ofPod('BackOff', 'Readiness probe failed: no')],
    [
      'error readiness-probe-failing: deployment/web is not ready: pod web-5c6d-0, container web runs and does not pass its readiness probe: 503 [kubectl -n shop logs web-5c6d-0 -c web]',
    ],
  ],
  [
    'of which something else is told',
    [ofPod('Unhealthy', 'the Readiness probe failed: 503')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is Running (NotReady) [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'of which an event says nothing',
    [ofPod('Unhealthy')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is Running (NotReady) [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'of which another event tells alone',
    [ofPod('ProbeWarning', 'Readiness probe failed: 503')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is Running (NotReady) [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
])('a probe %s', (_, parts, expected) => {
  expect(all(deployment('web', { pods: unready }), ...parts)).toEqual(expected);
});

const short = 'exceeded quota: tight, requested: pods=1, used: pods=3, limited: pods=3';
const failingReplicas = (...conditions: readonly { type: string; status: string; message?: string }[]): Parts => {
  const { deployments = [], replicaSets = [] } = deployment('web', { pods: 'none' });
  return { replicaSets, deployments: deployments.map((each) => ({ ...each, status: { ...each.status, conditions } })) };
};
const ofSet = (reason: string, message: string, type?: string): Parts =>
  event({ kind: 'StatefulSet', namespace, name: 'db' }, reason, message, type);
const podless = statefulSet('db', { pods: 'none' });

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'by a quota',
    [failingReplicas({ type: 'ReplicaFailure', status: 'True', message: `forbidden: ${short}` })],
    [
      'error quota-exceeded: resourcequota/tight is used up (requested: pods=1, used: pods=3, limited: pods=3), so deployment/web cannot create its pods [kubectl -n shop describe resourcequota tight] -> deployment/web',
    ],
  ],
  [
    'by a quota no more',
    [failingReplicas({ type: 'ReplicaFailure', status: 'False', message: short })],
    [
      'error workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready [kubectl -n shop describe deployment web]',
    ],
  ],
  [
    'by something, and says of progress what sounds like a quota',
    [
      failingReplicas(
        { type: 'Progressing', status: 'True', message: short },
        { type: 'ReplicaFailure', status: 'True', message: 'denied' },
      ),
    ],
    [
      'error workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready: denied [kubectl -n shop describe deployment web]',
    ],
  ],
  [
    'by a quota, as an event tells',
    [podless, ofSet('FailedCreate', short)],
    [
      'error quota-exceeded: resourcequota/tight is used up (requested: pods=1, used: pods=3, limited: pods=3), so statefulset/db cannot create its pods [kubectl -n shop describe resourcequota tight] -> statefulset/db',
    ],
  ],
  [
    'by a webhook, as an event tells',
    [podless, ofSet('FailedCreate', 'denied by a webhook')],
    [
      'error workload-not-ready: statefulset/db is not ready: 0 of 1 pod is ready: denied by a webhook [kubectl -n shop describe statefulset db]',
    ],
  ],
  [
    'as another event tells',
    [podless, ofSet('RecreatingFailedPod', short)],
    [
      'error workload-not-ready: statefulset/db is not ready: 0 of 1 pod is ready [kubectl -n shop describe statefulset db]',
    ],
  ],
  [
    'as no warning tells',
    [podless, ofSet('FailedCreate', short, 'Normal')],
    [
      'error workload-not-ready: statefulset/db is not ready: 0 of 1 pod is ready [kubectl -n shop describe statefulset db]',
    ],
  ],
  [
    'as is told of a pod of its name',
    [podless, event({ kind: 'Pod', namespace, name: 'db' }, 'FailedCreate', short)],
    [
      'error workload-not-ready: statefulset/db is not ready: 0 of 1 pod is ready [kubectl -n shop describe statefulset db]',
    ],
  ],
])('what is kept from creating pods %s', (_, parts, expected) => {
  expect(all(...parts)).toEqual(expected);
});

const waitsFor = (...command: readonly string[]) => ({ initContainers: [container('wait', { command })] });
const inInit = pending([running('wait')], [waiting('web', 'PodInitializing')]);
const web = (...command: readonly string[]): Parts => deployment('web', { spec: waitsFor(...command), pods: inInit });

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'for nobody knows what',
    [web('sleep', '60')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container wait still runs, and the others begin only when it ends [kubectl -n shop logs web-5c6d-0 -c wait]',
    ],
  ],
  [
    'for a Service that is not there',
    [web('nc', '-z', 'db', '5432')],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, which does not exist [kubectl -n shop get service,endpointslices]',
    ],
  ],
  [
    'for a Service of a namespace that was not looked at',
    [web('nc', '-z', 'db.other.svc', '5432')],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db of namespace other, which was not looked at [kubectl -n other get service,endpointslices]',
    ],
  ],
  [
    'for a Service, and Services were not read',
    [web('nc', '-z', 'db', '5432'), { gaps: [gap('services')] }],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, which was not looked at [kubectl -n shop get service,endpointslices]',
      'warning unreadable: services in namespace shop could not be read (listing services is forbidden), so it is not known what init containers wait for [kubectl auth can-i list services -n shop]',
    ],
  ],
  [
    'for a Service of nothing',
    [web('nc', '-z', 'db', '5432'), service('db')],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, which selects no workload [kubectl -n shop get service,endpointslices]',
    ],
  ],
  [
    'for what is scaled to 0',
    [web('nc', '-z', 'db', '5432'), service('db'), statefulSet('db', { replicas: 0 })],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, and statefulset/db behind it is scaled to 0 [kubectl -n shop get service,endpointslices]',
    ],
  ],
  [
    'for what runs and does not answer',
    [web('nc', '-z', 'db', '5432'), service('db'), statefulSet('db')],
    [
      'error dependency-unavailable: deployment/web is not ready: pod web-5c6d-0, container wait waits for service/db, which does not answer although its pods are ready [kubectl -n shop get service,endpointslices]',
    ],
  ],
])('an init container that waits %s', (_, parts, expected) => {
  expect(all(...parts)).toEqual(expected);
});

const state = (status: Partial<ContainerStatus>): Pod['status'] =>
  pending([], [{ name: 'web', ready: false, ...status }]);
const refused = (message: string): Pod['status'] =>
  pending([], [waiting('web', 'CreateContainerConfigError', message)]);
const takes = { containers: [container('web', { env: [keyEnv('app', 'k')] })] };
const mounts = {
  containers: [container('web', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  volumes: [{ name: 'v', secret: { secretName: 'app' } }],
};

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'is refused for a key that is there by now',
    [deployment('web', { spec: takes, pods: refused("couldn't find key k in Secret shop/app") }), secret('app', ['k'])],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web was held up for key k of Secret app, which is there by now: kubelet looks again within 15 s [c2l restart -n shop]',
    ],
  ],
  [
    'is refused for a Secret that is there by now',
    [deployment('web', { spec: takes, pods: refused('secret "app" not found') }), secret('app', ['k'])],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web was held up for Secret app, which is there by now: kubelet looks again within 15 s [c2l restart -n shop]',
    ],
  ],
  [
    'is refused for a key that is not there yet',
    [deployment('web', { spec: takes, pods: refused("couldn't find key k in Secret shop/app") }), secret('app', [])],
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'cannot mount a Secret that is there by now',
    [
      deployment('web', { spec: mounts, pods: pending([], [waiting('web', 'ContainerCreating')]) }),
      secret('app', ['k']),
      ofPod('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "app" not found'),
    ],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 was held up for Secret app, which is there by now: kubelet looks again within two minutes [c2l restart -n shop]',
    ],
  ],
  [
    'has ended with no word of why',
    [deployment('web', { pods: state({ state: { waiting: { reason: 'CrashLoopBackOff' } } }) })],
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
    ],
  ],
  [
    'has failed with an error of the runtime',
    [barePod('web', {}, state({ state: { waiting: { reason: 'RunContainerError', message: 'exec: not found' } } }))],
    [
      'error container-crashing: pod/web is not ready: container web is RunContainerError; its node says: exec: not found [kubectl -n shop logs web -c web --previous]',
    ],
  ],
  [
    'ran and was killed for its hook',
    [
      deployment('web', {
        pods: pending(
          [],
          [
            {
              ...waiting(
                'web',
                'PostStartHookError',
                'Exec lifecycle hook ([/warm-up]) failed with canary-of-k-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
              ),
              lastState: { terminated: { exitCode: 137 } },
            },
          ],
        ),
      }),
      secret('app', ['k']),
    ],
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web ends with exit code 137 (it was killed); its node says: Exec lifecycle hook ([/warm-up]) failed with [redacted] [kubectl -n shop logs web-5c6d-0 -c web --previous]',
    ],
  ],
  [
    'ends again and again, of which kubelet says how long it waits',
    [
      deployment('web', {
        pods: pending([], [waiting('web', 'CrashLoopBackOff', 'back-off 5m0s restarting failed container')]),
      }),
    ],
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff [kubectl -n shop logs web-5c6d-0 -c web --previous]',
    ],
  ],
  [
    'waits with an empty message',
    [deployment('web', { pods: pending([], [waiting('web', 'CreateContainerError', '')]) })],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is CreateContainerError [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'waits with a message',
    [deployment('web', { pods: pending([], [waiting('web', 'CreateContainerError', 'no command specified')]) })],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0, container web is CreateContainerError: no command specified [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'ends beside one that runs',
    [
      deployment('web', {
        spec: { containers: [container('web'), container('side')] },
        pods: pending(
          [],
          [
            running('side', true),
            { ...waiting('web', 'CrashLoopBackOff'), lastState: { terminated: { exitCode: 2 } } },
          ],
        ),
      }),
    ],
    [
      'error container-crashing: deployment/web is not ready: pod web-5c6d-0, container web ends with exit code 2 [kubectl -n shop logs web-5c6d-0 -c web --previous]',
    ],
  ],
  [
    'is of a DaemonSet and refused',
    [daemonSet('web', { spec: takes, pods: refused('no') })],
    [
      'error secret-missing: secret/app does not exist, which daemonset/web needs [c2l fix-secrets -n shop] -> daemonset/web',
      'error workload-not-ready: daemonset/web is not ready: pod web-0, container web is CreateContainerConfigError: no [kubectl -n shop describe pod web-0]',
    ],
  ],
])('a container that %s', (_, parts, expected) => {
  expect(all(...parts)).toEqual(expected);
});

const pulling = (message: string): Parts => ofPod('Pulling', message, 'Normal');
const created = pending([], [waiting('web', 'ContainerCreating')]);

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'is being pulled',
    [pulling('Pulling image "web:1"')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 waits for image web:1, which its node has been pulling since 2026-01-02 03:04:00 UTC [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'is told of in other words',
    [pulling('still Pulling image "web:1"')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 is ContainerCreating [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'has no name',
    [pulling('Pulling images')],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 is ContainerCreating [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
  [
    'is not told of',
    [],
    [
      'error workload-not-ready: deployment/web is not ready: pod web-5c6d-0 is ContainerCreating [kubectl -n shop describe pod web-5c6d-0]',
    ],
  ],
])('an image that %s', (_, parts, expected) => {
  expect(all(deployment('web', { pods: created }), ...parts)).toEqual(expected);
});

const paused = (parts: Parts): Parts => ({
  ...parts,
  deployments: (parts.deployments ?? []).map((each) => ({
    ...each,
    spec: { ...each.spec, paused: true },
    status: { ...each.status, updatedReplicas: 0 },
  })),
});

test.each<[string, readonly Parts[], readonly string[]]>([
  [
    'is paused',
    [paused(deployment('web', { pods: 'none' }))],
    [
      'error workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready; it is paused, and makes no pod of its template before it is resumed [kubectl -n shop rollout resume deployment/web]',
    ],
  ],
  [
    'is not paused',
    [
      {
        deployments: (deployment('web', { pods: 'none' }).deployments ?? []).map((each) => ({
          ...each,
          status: { ...each.status, updatedReplicas: 0 },
        })),
      },
    ],
    [
      'error workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready [kubectl -n shop describe deployment web]',
    ],
  ],
  [
    'is paused, and its controller never looked at it',
    [
      {
        deployments: (paused(deployment('web', { pods: 'none' })).deployments ?? []).map(({ metadata, spec }) => ({
          metadata,
          spec,
        })),
      },
    ],
    [
      'error workload-not-ready: deployment/web is not ready: 0 of 1 pod is ready; it is paused, and makes no pod of its template before it is resumed [kubectl -n shop rollout resume deployment/web]',
    ],
  ],
  [
    'has a pod that does not start, and is paused',
    [paused(deployment('web', { pods: pending([], [waiting('web', 'CrashLoopBackOff')]) }))],
    [
      'error rollout-held-by-old-pod: deployment/web is not ready: pod web-5c6d-0, container web is CrashLoopBackOff; it still runs the older template and its rollouts are paused, which keeps it from the newer one [kubectl -n shop rollout resume deployment/web]',
    ],
  ],
  [
    'is a StatefulSet',
    [statefulSet('web', { pods: 'none' })],
    [
      'error workload-not-ready: statefulset/web is not ready: 0 of 1 pod is ready [kubectl -n shop describe statefulset web]',
    ],
  ],
])('what has no pod and %s', (_, parts, expected) => {
  expect(all(...parts)).toEqual(expected);
});
