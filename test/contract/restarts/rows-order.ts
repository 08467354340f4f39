import { container, secretEnv } from '../support/pods.ts';
import { base64, configMap, secret, workload, type Manifest } from '../matrix/manifests.ts';
import { needsA, rotateA, rotated } from './rows-needed.ts';
import type { RestartRow } from './row.ts';

const quick = ['--timeout', '6s'];

const chain = (check: object) => [
  { name: 'db', workload: 'StatefulSet/db', checks: [check] },
  { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
  { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] },
  { name: 'queue', workload: 'StatefulSet/queue' },
];

const chained: readonly Manifest[] = [
  secret('app', 'a', 'b'),
  workload('StatefulSet', 'db', { containers: [container('main')] }),
  workload('Deployment', 'api', needsA),
  workload('Deployment', 'web', needsA),
  workload('StatefulSet', 'queue', needsA),
];
const running = { api: 'Running', web: 'Running', db: 'Running', queue: 'Running' };

function calm(app: string): Manifest {
  const spec = { maxUnavailable: 0, selector: { matchLabels: { app } } };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'calm' }, spec };
}

const runsOn = container('second');

/** One that runs beside one that ends, so that only an eviction frees it of its back-off, and a budget speaks for it. */
const crashing: readonly Manifest[] = [
  { ...secret('app', 'b'), data: { a: '', b: base64('a-value-of-b-that-is-long') } },
  workload('Deployment', 'api', {
    containers: [container('first', { env: [secretEnv('POSTGRES_PASSWORD', 'app', 'a')], command: ['false'] }), runsOn],
  }),
  calm('api'),
];

/** What comes before what, and what stops there. */
export const orderRows: readonly RestartRow[] = [
  {
    situation: 'a dependency is Ready and its check passes',
    objects: chained,
    shows: running,
    then: rotateA,
    components: chain({ kind: 'command', command: ['true'] }),
    restarts: { api: 1, web: 1, queue: 1 },
    exit: 0,
  },
  {
    situation: 'a dependency is Ready and lies: what hangs on it is not touched, another branch is',
    objects: chained,
    shows: running,
    then: rotateA,
    components: chain({ kind: 'command', name: 'its own word', command: ['false'] }),
    options: quick,
    restarts: { queue: 1 },
    exit: 4,
    says: [
      /^skipped restart-workload deployment\/api: because statefulset\/db is not proven: its own word: /,
      /^skipped restart-workload deployment\/web: because statefulset\/db is not proven: its own word: /,
      /^done restart-workload statefulset\/queue: /,
    ],
  },
  {
    situation: 'a new pod cannot start after the restart: the old one keeps running, and so does what hangs on it',
    objects: [
      secret('app', 'a', 'b'),
      configMap('settings', 'a'),
      workload('Deployment', 'api', {
        containers: [
          container('main', { env: [secretEnv('A', 'app', 'a')], envFrom: [{ configMapRef: { name: 'settings' } }] }),
        ],
      }),
      workload('Deployment', 'web', needsA),
    ],
    shows: { api: 'Running', web: 'Running' },
    then: [{ delete: 'configmaps/settings' }, ...rotateA],
    components: [
      { name: 'api', workload: 'Deployment/api' },
      { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] },
    ],
    restarts: {},
    exit: 4,
    says: [
      /^done restart-workload deployment\/api: /,
      /^skipped restart-workload deployment\/web: because deployment\/api did not come up: api-\S+ is CreateContainerConfigError: configmap "settings" not found$/,
    ],
    after: { api: 'Running', web: 'Running' },
  },
  {
    situation: 'a PodDisruptionBudget never allows what would free a pod of its back-off',
    objects: crashing,
    shows: { api: 'CrashLoopBackOff' },
    then: ['as its back-off begins anew', rotated('a')],
    options: quick,
    restarts: {},
    exit: 4,
    says: [
      /^failed replace-pod pod\/api-\S+: poddisruptionbudget\/calm \(needs 1 healthy pods, has 0\) allowed no eviction in time; c2l restart --delete deployment\/api deletes it all the same$/,
    ],
  },
  {
    // A container whose value changed may heal at kubelet's next try; this one only a new pod heals.
    situation: 'a budget speaks for a pod that is in front of its corrected template, and --delete against it',
    objects: [
      workload('StatefulSet', 'queue', { containers: [container('first', { command: ['false'] }), runsOn] }),
      calm('queue'),
    ],
    shows: { queue: 'CrashLoopBackOff' },
    // Between two ends it is ready for an instant, and its controller would replace it then.
    then: [
      'as its back-off begins anew',
      {
        patch: 'statefulsets/queue',
        body: { spec: { template: { spec: { containers: [container('first'), runsOn] } } } },
      },
    ],
    options: ['--delete', 'statefulset/queue'],
    restarts: { queue: 1 },
    exit: 0,
    says: [/^done replace-pod pod\/queue-0: has an older template and blocks the corrected one$/],
    after: { queue: 'Running' },
  },
];
