import { container, postgresImage, secretEnv } from '../support/pods.ts';
import { job, pod, secret, workload } from '../matrix/manifests.ts';
import { needsA, rotateA, rotated } from './rows-needed.ts';
import type { RestartRow } from './row.ts';

const refused = 'CreateContainerConfigError';
const pgdata = '/var/lib/postgresql/data';

function database(volume: object): object {
  const main = container('postgres', {
    image: postgresImage,
    command: undefined,
    env: [secretEnv('POSTGRES_PASSWORD', 'app', 'a'), { name: 'PGDATA', value: `${pgdata}/pg` }],
    ports: [{ containerPort: 5432 }],
    readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 1 },
    volumeMounts: [{ name: 'data', mountPath: pgdata }],
    resources: { requests: { cpu: '1m', memory: '32Mi' } },
  });
  return { volumes: [{ name: 'data', ...volume }], containers: [main] };
}

/** What would begin anew, but for what speaks against it. */
export const withheldRows: readonly RestartRow[] = [
  {
    situation: 'the password of a database changed whose data would go with its pod',
    objects: [secret('app', 'a', 'b'), workload('StatefulSet', 'db', database({ emptyDir: {} }))],
    shows: { db: 'Running' },
    then: rotateA,
    restarts: {},
    exit: 0,
    says: [
      /^kept keep-pod pod\/db-0: runs with an older value of key a of Secret app, but its data is on an emptyDir and would be lost: .* or c2l restart --accept-data-loss statefulset\/db$/,
    ],
  },
  {
    situation: 'the same with --accept-data-loss',
    objects: [secret('app', 'a', 'b'), workload('StatefulSet', 'db', database({ emptyDir: {} }))],
    shows: { db: 'Running' },
    then: rotateA,
    options: ['--accept-data-loss', 'sts/db'],
    restarts: { db: 1 },
    exit: 0,
    after: { db: 'Running' },
  },
  {
    situation: 'the password of a database changed that the stack says holds no data',
    objects: [secret('app', 'a', 'b'), workload('StatefulSet', 'db', database({ emptyDir: {} }))],
    shows: { db: 'Running' },
    then: rotateA,
    components: [{ name: 'db', workload: 'StatefulSet/db', holdsData: false }],
    restarts: { db: 1 },
    exit: 0,
  },
  {
    situation: 'a value changed of what the stack says holds data, on its own file system',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'store', needsA)],
    shows: { store: 'Running' },
    then: rotateA,
    components: [{ name: 'store', workload: 'Deployment/store', holdsData: true }],
    restarts: {},
    exit: 0,
    says: [/but its data is on its own file system and would be lost/],
  },
  {
    situation: 'rollouts are paused',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needsA)],
    shows: { api: 'Running' },
    then: [{ patch: 'deployments/api', body: { spec: { paused: true } } }, ...rotateA],
    restarts: {},
    exit: 0,
    says: [/but its rollouts are paused: kubectl -n NAMESPACE rollout resume deployment\/api, then c2l restart again$/],
  },
  {
    situation: 'a StatefulSet leaves restarts to people',
    objects: [
      secret('app', 'a', 'b'),
      workload('StatefulSet', 'queue', needsA, { updateStrategy: { type: 'OnDelete' } }),
    ],
    shows: { queue: 'Running' },
    then: rotateA,
    restarts: {},
    exit: 0,
    says: [/its update strategy OnDelete leaves restarts to people: kubectl -n NAMESPACE delete pod queue-0$/],
  },
  {
    situation: 'the partition of a StatefulSet keeps a rollout from one of its pods',
    objects: [
      secret('app', 'a', 'b'),
      workload('StatefulSet', 'queue', needsA, {
        replicas: 2,
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      }),
    ],
    shows: { 'queue-0': 'Running', 'queue-1': 'Running' },
    then: rotateA,
    restarts: { queue: 1 },
    exit: 0,
    says: [
      /^kept keep-pod pod\/queue-0: runs with an older value .*, but its partition keeps a rollout from it: kubectl -n NAMESPACE delete pod queue-0$/,
    ],
  },
  {
    situation: 'a template lacks another key, so that a restart would break what runs',
    objects: [
      secret('app', 'a', 'b'),
      workload('Deployment', 'api', needsA, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }),
    ],
    shows: { api: 'Running' },
    then: [
      { patch: 'deployments/api', body: { spec: { paused: true } } },
      {
        patch: 'deployments/api',
        body: {
          spec: { template: { spec: { containers: [container('main', { env: [secretEnv('A', 'app', 'lost')] })] } } },
        },
      },
      ...rotateA,
    ],
    restarts: {},
    exit: 1,
    says: [/but still lacks key lost of Secret app, so a restart would break it$/],
  },
  {
    situation: 'a quota refuses the new pod of a StatefulSet and of a DaemonSet',
    objects: [
      secret('app', 'a', 'b'),
      workload('StatefulSet', 'queue', needsA),
      workload('DaemonSet', 'agent', needsA),
    ],
    shows: { queue: 'Running', agent: 'Running' },
    then: [
      {
        create: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
      },
      ...rotateA,
    ],
    options: ['--timeout', '12s'],
    restarts: { queue: 1, agent: 1 },
    exit: 4,
    says: [
      /^failed wait-ready statefulset\/queue: not ready in time: 0 of 1 pod is ready: Create Pod queue-0 in StatefulSet queue failed error: .*exceeded quota: none/,
      /^failed wait-ready daemonset\/agent: not ready in time: 0 of 1 pod is ready: (?:\(combined from similar events\): )?Error creating: .*exceeded quota: none/,
    ],
  },
  {
    situation: 'a pod without a controller waits for a key that came back',
    objects: [
      secret('app', 'b'),
      pod('lonely', { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] }),
    ],
    shows: { lonely: refused },
    then: [rotated('a')],
    restarts: {},
    exit: 0,
    after: { lonely: 'Running' },
  },
  {
    situation: 'a pod without a controller runs with an older value',
    objects: [secret('app', 'a', 'b'), pod('lonely', needsA)],
    shows: { lonely: 'Running' },
    then: rotateA,
    restarts: {},
    exit: 0,
    says: [/^kept keep-pod pod\/lonely: .*, but no controller that c2l knows would start it again$/],
  },
  {
    situation: 'the pod of a Job waits for a key that came back',
    objects: [secret('app', 'b'), job('once', needsA)],
    shows: { once: refused },
    then: [rotated('a')],
    restarts: {},
    exit: 0,
    after: { once: 'Running' },
  },
];
