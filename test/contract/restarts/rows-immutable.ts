import { container, secretEnv } from '../support/pods.ts';
import { base64, mounting, secret, workload, type Manifest } from '../matrix/manifests.ts';
import type { Change } from '../matrix/row.ts';
import type { RestartRow } from './row.ts';
import { needsA, needsB } from './rows-needed.ts';

function immutable(manifest: Manifest): Manifest {
  return { ...manifest, immutable: true };
}

/** As people change what cannot be changed. */
function createdAgain(manifest: Manifest): readonly Change[] {
  return ['a second later', { delete: 'secrets/app' }, { create: immutable(manifest) }];
}

function withTime(spec: object): object {
  return { terminationGracePeriodSeconds: 1, ...spec };
}

const another = {
  ...secret('app', 'a', 'b'),
  data: { a: base64('another-value-of-a-x'), b: base64('b-as-it-is-now-x') },
};
const released = (name: string): RegExp =>
  new RegExp(`^done restart-workload ${name}: kubelet keeps the old Secret app, .*scaled to 0 and back`);
const { volumes, volumeMounts } = mounting({ secret: { secretName: 'app' } });

/** kubelet keeps the old Secret until no pod of the node refers to it: a rollout would bring the old value again. */
export const immutableRows: readonly RestartRow[] = [
  {
    situation: 'an immutable Secret was created again with other values',
    objects: [
      immutable(secret('app', 'a', 'b')),
      workload('Deployment', 'api', needsA, { replicas: 2 }),
      workload('StatefulSet', 'queue', needsB),
      workload('Deployment', 'web', { volumes, containers: [container('main', { volumeMounts })] }),
    ],
    shows: { api: 'Running', queue: 'Running', web: 'Running' },
    then: createdAgain(another),
    restarts: { api: 2, queue: 1, web: 1 },
    exit: 0,
    says: [released('deployment/api'), released('statefulset/queue'), released('deployment/web')],
  },
  {
    // Only who gets the new Secret can start, which proves that kubelet let go of the old one.
    situation: 'an immutable Secret was created again with a key that a pod lacks',
    objects: [
      immutable(secret('app', 'b')),
      workload('Deployment', 'web', needsB),
      workload('Deployment', 'api', needsA),
    ],
    shows: { web: 'Running', api: 'CreateContainerConfigError' },
    then: createdAgain(secret('app', 'a', 'b')),
    restarts: { web: 1 },
    replaces: { api: 1 },
    exit: 0,
    says: [released('deployment/api'), released('deployment/web')],
    after: { api: 'Running', web: 'Running' },
  },
  {
    situation: 'an immutable Secret was created again, and what was made since lacks a key that it has',
    objects: [immutable(secret('app', 'b')), workload('Deployment', 'web', withTime(needsB))],
    shows: { web: 'Running' },
    then: [
      ...createdAgain(secret('app', 'a', 'b')),
      'a second later',
      { create: workload('Deployment', 'api', withTime(needsA)) },
    ],
    thenShows: { api: 'CreateContainerConfigError' },
    restarts: { web: 1 },
    replaces: { api: 1 },
    exit: 0,
    says: [released('deployment/api'), released('deployment/web')],
    after: { api: 'Running', web: 'Running' },
  },
  {
    // As c2l notes it: the value of one key alone is another, which who runs does not take and who began since does.
    situation: 'an immutable Secret was created again, and what was made since took an older value of it',
    objects: [immutable(secret('app', 'a', 'b')), workload('Deployment', 'web', withTime(needsB))],
    shows: { web: 'Running' },
    then: [
      ...createdAgain({
        ...another,
        metadata: {
          name: 'app',
          annotations: { 'c2l.dev/key-changed-at': JSON.stringify({ a: 'creationTimestamp' }) },
        },
      }),
      'a second later',
      { create: workload('Deployment', 'api', withTime(needsA)) },
    ],
    thenShows: { api: 'Running' },
    restarts: { web: 1, api: 1 },
    exit: 0,
    says: [released('deployment/api'), released('deployment/web')],
  },
  {
    situation: 'the same, with pods that are given time to end',
    objects: [
      immutable(secret('app', 'b')),
      workload('Deployment', 'web', withTime(needsB)),
      workload('Deployment', 'api', withTime(needsA)),
    ],
    shows: { web: 'Running', api: 'CreateContainerConfigError' },
    then: createdAgain(secret('app', 'a', 'b')),
    restarts: { web: 1 },
    replaces: { api: 1 },
    exit: 0,
    after: { api: 'Running', web: 'Running' },
  },
  {
    situation: 'an immutable Secret was created again, and a pod that nothing makes anew holds on to the old one',
    objects: [
      immutable(secret('app', 'a', 'b')),
      workload('Deployment', 'api', needsA),
      workload('DaemonSet', 'agent', { containers: [container('main', { env: [secretEnv('B', 'app', 'b')] })] }),
    ],
    shows: { api: 'Running', agent: 'Running' },
    then: createdAgain(another),
    restarts: {},
    exit: 0,
    says: [/^kept keep-pod pod\/api-\S+: .*daemonset\/agent cannot be scaled to 0: .*kubectl -n NAMESPACE delete pod /],
  },
];
