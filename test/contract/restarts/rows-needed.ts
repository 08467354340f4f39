import { container, postgresImage, secretEnv } from '../support/pods.ts';
import { base64, configMap, mounting, secret, workload } from '../matrix/manifests.ts';
import type { Change } from '../matrix/row.ts';
import type { RestartRow } from './row.ts';

export const needsA = { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] };
export const needsB = { containers: [container('main', { env: [secretEnv('B', 'app', 'b')] })] };
const refused = 'CreateContainerConfigError';

/** One that holds one key alone, so that the API server tells when that key changed. */
export function rotated(key: string): Change {
  return {
    patch: 'secrets/app?fieldManager=rotator',
    body: { data: { [key]: base64(`another-value-of-${key}-xxxx`) } },
  };
}

/** Its values change without a record of which. */
const rewritten: Change = { patch: 'secrets/app', body: { data: { a: base64('a-rewritten-value-of-a') } } };

export const rotateA: readonly Change[] = ['a second later', rotated('a')];
const older = /^done restart-workload \S+: runs with an older value of /;

/** What must begin anew, and what need not. */
export const neededRows: readonly RestartRow[] = [
  {
    situation: 'nothing changed',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needsA)],
    shows: { api: 'Running' },
    restarts: {},
    exit: 0,
    says: [/^kept keep-pod pod\/api-\S+: healthy$/],
  },
  {
    situation: 'a key came back that two of three workloads wait for',
    objects: [
      secret('app', 'b'),
      workload('Deployment', 'api', needsA, { replicas: 2 }),
      workload('StatefulSet', 'queue', needsA),
      workload('Deployment', 'web', needsB),
    ],
    shows: { api: refused, queue: refused, web: 'Running' },
    then: [rotated('a')],
    restarts: {},
    replaces: { api: 2, queue: 1 },
    exit: 0,
    after: { api: 'Running', queue: 'Running' },
  },
  {
    situation: 'a key came back, and --wait-only leaves the rest to kubelet',
    objects: [secret('app', 'b'), workload('Deployment', 'api', needsA)],
    shows: { api: refused },
    then: [rotated('a')],
    options: ['--wait-only'],
    restarts: {},
    exit: 0,
    after: { api: 'Running' },
  },
  {
    situation: 'a value changed that one of two workloads took into its environment',
    objects: [
      secret('app', 'a', 'b'),
      workload('Deployment', 'api', needsA, { replicas: 2 }),
      workload('Deployment', 'web', needsB),
    ],
    shows: { api: 'Running', web: 'Running' },
    then: rotateA,
    restarts: { api: 2 },
    exit: 0,
    says: [older],
  },
  {
    situation: 'a value changed that a StatefulSet and a DaemonSet took',
    objects: [
      secret('app', 'a', 'b'),
      workload('StatefulSet', 'queue', needsA),
      workload('DaemonSet', 'agent', needsA),
    ],
    shows: { queue: 'Running', agent: 'Running' },
    then: rotateA,
    restarts: { queue: 1, agent: 1 },
    exit: 0,
  },
  {
    situation: 'a value changed that a subPath fixed at the start',
    objects: [
      secret('app', 'a', 'b'),
      workload('Deployment', 'api', {
        volumes: [{ name: 'v', secret: { secretName: 'app' } }],
        containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v/a', subPath: 'a' }] })],
      }),
    ],
    shows: { api: 'Running' },
    then: rotateA,
    restarts: { api: 1 },
    exit: 0,
  },
  {
    situation: 'a value changed that kubelet refreshes in its volume',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', mounted())],
    shows: { api: 'Running' },
    then: rotateA,
    restarts: {},
    exit: 0,
  },
  {
    situation: 'a key came that a container lives without, and takes as a whole',
    objects: [
      secret('app', 'b'),
      workload('Deployment', 'api', { containers: [container('main', { envFrom: [{ secretRef: { name: 'app' } }] })] }),
      workload('Deployment', 'web', { containers: [container('main', { env: [secretEnv('A', 'app', 'a', true)] })] }),
    ],
    shows: { api: 'Running', web: 'Running' },
    then: rotateA,
    restarts: { api: 1, web: 1 },
    exit: 0,
  },
  {
    situation: 'a value changed that only an init container reads, which is over',
    objects: [
      secret('app', 'a', 'b'),
      workload('Deployment', 'api', {
        initContainers: [container('migrate', { command: ['true'], env: [secretEnv('A', 'app', 'a')] })],
        containers: [container('main')],
      }),
    ],
    shows: { api: 'Running' },
    then: rotateA,
    restarts: {},
    exit: 0,
  },
  {
    situation: 'a container ended again and again on a value that was changed since',
    objects: [
      { ...secret('app', 'b'), data: { a: '', b: base64('a-value-of-b-that-is-long') } },
      workload('Deployment', 'api', {
        containers: [
          container('main', {
            image: postgresImage,
            command: undefined,
            env: [secretEnv('POSTGRES_PASSWORD', 'app', 'a')],
            resources: { requests: { cpu: '1m', memory: '32Mi' } },
          }),
        ],
      }),
    ],
    shows: { api: 'CrashLoopBackOff' },
    then: ['as its back-off begins anew', rotated('a')],
    restarts: {},
    replaces: { api: 1 },
    exit: 0,
    after: { api: 'Running' },
  },
  {
    situation: 'a broken pod of a StatefulSet is in front of its corrected template',
    objects: [
      configMap('settings', 'b'),
      workload('StatefulSet', 'queue', { containers: [container('main', { env: [settingEnv('a')] })] }),
    ],
    shows: { queue: refused },
    then: [
      {
        patch: 'statefulsets/queue',
        body: { spec: { template: { spec: { containers: [container('main', { env: [settingEnv('b')] })] } } } },
      },
    ],
    restarts: {},
    replaces: { queue: 1 },
    exit: 0,
    says: [/replace-pod pod\/queue-0: has an older template and blocks the corrected one$/],
    after: { queue: 'Running' },
  },
  {
    situation: 'nothing tells which of two keys changed, and so nothing is restarted',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needsA), workload('Deployment', 'web', mounted())],
    shows: { api: 'Running', web: 'Running' },
    then: ['a second later', rewritten],
    restarts: {},
    exit: 0,
    says: [
      /^kept keep-pod pod\/api-\S+: healthy, but may run with an older value of key a of Secret app: if so, c2l restart --affected-by secret\/app:a$/,
      /^kept keep-pod pod\/web-\S+: healthy$/,
    ],
  },
  {
    situation: 'nothing tells which of two keys changed, and --affected-by says it',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needsA), workload('Deployment', 'web', needsB)],
    shows: { api: 'Running', web: 'Running' },
    then: ['a second later', rewritten],
    options: ['--affected-by', 'secret/app:a'],
    restarts: { api: 1 },
    exit: 0,
    says: [/^kept keep-pod pod\/web-\S+: does not use key a of Secret app$/],
  },
];

function mounted(): object {
  const { volumes, volumeMounts } = mounting({ secret: { secretName: 'app' } });
  return { volumes, containers: [container('main', { volumeMounts })] };
}

function settingEnv(key: string): object {
  return { name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key } } };
}
