import { container, secretEnv } from '../support/pods.ts';
import { configMap, cronJob, job, lostNodeName, pod, secret, service, workload, type Manifest } from './manifests.ts';
import type { MatrixRow } from './row.ts';

const refused = 'CreateContainerConfigError';
const pulling = /^(?:ErrImagePull|ImagePullBackOff)$/;
const ending = /^(?:Error|CrashLoopBackOff)$/;

function configMapEnv(name: string, configMapName: string, key: string): object {
  return { name, valueFrom: { configMapKeyRef: { name: configMapName, key } } };
}

/** What looks like a Secret problem from afar and is none: configuration, images, programs. */
export const podRows: readonly MatrixRow[] = [
  {
    situation: 'a ConfigMap is missing that two workloads need, of which kubelet names it to one',
    objects: [
      pod('api', { containers: [container('main', { envFrom: [{ configMapRef: { name: 'settings' } }] })] }),
      workload(
        'Deployment',
        'idle',
        { containers: [container('main', { env: [configMapEnv('A', 'settings', 'a')] })] },
        { replicas: 0 },
      ),
    ],
    shows: { api: refused },
    findings: ['error configmap-missing configmap/settings a blocks deployment/idle, pod/api'],
    says: [/^configmap\/settings does not exist, which deployment\/idle and pod\/api need; it is no Secret$/],
  },
  {
    situation: 'several keys of a ConfigMap are missing, of which kubelet names one',
    objects: [
      configMap('settings', 'b'),
      pod('api', {
        containers: [container('main', { env: ['a', 'b', 'c'].map((key) => configMapEnv(key, 'settings', key)) })],
      }),
    ],
    shows: { api: refused },
    findings: ['a', 'c'].map((key) => `error configmap-key-missing configmap/settings ${key} blocks pod/api`),
  },
  {
    situation: 'a mounted ConfigMap is missing',
    objects: [
      pod('api', {
        volumes: [{ name: 'v', configMap: { name: 'settings' } }],
        containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
      }),
    ],
    shows: { api: 'ContainerCreating' },
    findings: ['error configmap-missing configmap/settings blocks pod/api'],
  },
  {
    situation: 'a ConfigMap and a key of a Secret are missing in one container',
    objects: [
      secret('app', 'x'),
      pod('api', {
        containers: [container('main', { env: [configMapEnv('A', 'settings', 'a'), secretEnv('B', 'app', 'b')] })],
      }),
    ],
    shows: { api: refused },
    findings: [
      'error configmap-missing configmap/settings a blocks pod/api',
      'error secret-key-missing secret/app b blocks pod/api',
    ],
  },
  {
    situation: 'ConfigMaps are missing behind an init container that lacks a key, of which kubelet names none',
    objects: [
      secret('app', 'x'),
      configMap('settings', 'x'),
      pod('api', {
        initContainers: [container('migrate', { env: [secretEnv('B', 'app', 'b')] })],
        containers: [
          container('main', {
            env: [configMapEnv('A', 'settings', 'a')],
            envFrom: [{ configMapRef: { name: 'more' } }, { configMapRef: { name: 'maybe', optional: true } }],
          }),
        ],
      }),
    ],
    shows: { api: 'Init:CreateContainerConfigError' },
    findings: [
      'error configmap-key-missing configmap/settings a blocks pod/api',
      'error configmap-missing configmap/more blocks pod/api',
      'error secret-key-missing secret/app b blocks pod/api',
    ],
  },
  {
    situation: 'a registry cannot be reached',
    objects: [pod('api', { containers: [container('main', { image: 'registry.invalid/shop/api:1' })] })],
    shows: { api: pulling },
    findings: ['error registry-unreachable pod/api'],
    says: [
      /the registry of image registry\.invalid\/shop\/api:1 cannot be reached \(container main\): .*connection refused$/,
    ],
  },
  {
    situation: 'an image has a name that none can have',
    objects: [pod('api', { containers: [container('main', { image: 'Not A Name' })] })],
    shows: { api: 'InvalidImageName' },
    findings: ['error image-not-found pod/api'],
  },
  {
    situation: 'a container ends again and again, and its log says why, with a value of a Secret in it',
    objects: [
      secret('app', 'a'),
      pod('api', {
        containers: [
          container('main', {
            env: [secretEnv('A', 'app', 'a')],
            command: ['sh', '-c', 'echo starting; echo "fatal: login with $A refused"; exit 3'],
          }),
        ],
      }),
    ],
    shows: { api: ending },
    findings: ['error container-crashing pod/api'],
    says: [/container main ends with exit code 3.*; it says: fatal: login with \[redacted\] refused$/],
  },
  {
    situation: 'a container is killed for its memory',
    objects: [
      pod('api', {
        containers: [
          container('main', {
            command: ['tail', '/dev/zero'],
            resources: { limits: { cpu: '10m', memory: '8Mi' }, requests: { cpu: '1m' } },
          }),
        ],
      }),
    ],
    shows: { api: /^(?:OOMKilled|CrashLoopBackOff)$/ },
    findings: ['error container-out-of-memory pod/api'],
    says: [/container main was killed for taking more memory than its limit of 8Mi/],
  },
  {
    situation: 'an init container ends badly',
    objects: [
      pod('api', {
        initContainers: [container('migrate', { command: ['sh', '-c', 'echo cannot migrate; exit 1'] })],
        containers: [container('main')],
      }),
    ],
    shows: { api: /^Init:(?:Error|CrashLoopBackOff)$/ },
    findings: ['error container-crashing pod/api'],
    says: [/container migrate ends with exit code 1.*; it says: cannot migrate$/],
  },
  {
    situation: 'an init container ends badly before a main one that lacks a key as well',
    objects: [
      secret('app', 'x'),
      pod('api', {
        initContainers: [container('migrate', { command: ['sh', '-c', 'echo cannot migrate; exit 1'] })],
        containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })],
      }),
    ],
    shows: { api: /^Init:(?:Error|CrashLoopBackOff)$/ },
    findings: ['error container-crashing pod/api', 'error secret-key-missing secret/app a blocks pod/api'],
    says: [/container migrate ends with exit code 1.*; it says: cannot migrate$/],
  },
  {
    situation: 'a container ends badly beside one that lacks a key',
    objects: [
      secret('app', 'x'),
      pod('api', {
        containers: [
          container('main', { env: [secretEnv('A', 'app', 'a')] }),
          container('proxy', { command: ['sh', '-c', 'echo cannot listen; exit 1'] }),
        ],
      }),
    ],
    shows: { api: /^(?:Error|CrashLoopBackOff|CreateContainerConfigError)$/ },
    findings: ['error container-crashing pod/api', 'error secret-key-missing secret/app a blocks pod/api'],
    says: [/container proxy ends with exit code 1.*; it says: cannot listen$/],
  },
  {
    situation: 'a container runs and does not pass its readiness probe',
    objects: [
      pod('api', {
        containers: [container('main', { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } })],
      }),
    ],
    shows: { api: 'Running' },
    findings: ['error readiness-probe-failing pod/api'],
    says: [/container main runs and does not pass its readiness probe: dial tcp .*connection refused$/],
  },
  {
    situation: 'an init container waits for a workload that crashes, which blocks it',
    objects: [
      service('db', 5432),
      workload('Deployment', 'db', { containers: [container('main', { command: ['sh', '-c', 'exit 1'] })] }),
      waiting('api'),
    ],
    shows: { db: ending, api: 'Init:0/1' },
    findings: ['error container-crashing deployment/db blocks pod/api'],
  },
  {
    situation: 'an init container waits for a workload that is scaled to 0',
    objects: [
      service('db', 5432),
      workload('Deployment', 'db', { containers: [container('main')] }, { replicas: 0 }),
      waiting('api'),
    ],
    shows: { api: 'Init:0/1' },
    findings: ['error dependency-unavailable pod/api'],
    says: [/container wait waits for service\/db, and deployment\/db behind it is scaled to 0$/],
  },
];

function waiting(name: string): Manifest {
  return pod(name, {
    initContainers: [container('wait', { command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] })],
    containers: [container('main')],
  });
}

function claim(name: string, spec: object): Manifest {
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources, ...spec },
  };
}

function mounting(claimName: string): Manifest {
  return pod('api', {
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
    containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  });
}

const requesting = (requests: object): Manifest =>
  pod('api', { containers: [container('main', { resources: { requests } })] });

/** Where pods cannot run, or are not even created. */
export const placementRows: readonly MatrixRow[] = [
  {
    situation: 'a node does not speak, which holds a pod',
    hasLostNode: true,
    objects: [
      pod('api', { nodeName: lostNodeName, tolerations: [{ operator: 'Exists' }], containers: [container('main')] }),
    ],
    shows: { api: 'Pending' },
    findings: [`error node-not-ready node/${lostNodeName} blocks pod/api`],
    says: [/^node\/NAMESPACE is not ready.*: nothing is known of the pods on it$/],
  },
  {
    situation: 'a node does not speak, on which a pod of a StatefulSet is to end',
    hasLostNode: true,
    objects: [
      workload('StatefulSet', 'queue', {
        nodeName: lostNodeName,
        tolerations: [{ operator: 'Exists' }],
        terminationGracePeriodSeconds: 30,
        containers: [container('main')],
      }),
    ],
    shows: { queue: 'Pending' },
    then: [{ delete: 'pods/queue-0' }],
    thenShows: { queue: 'Terminating' },
    findings: [`error node-not-ready node/${lostNodeName} blocks statefulset/queue`],
  },
  {
    situation: 'no node has the CPU that a pod requests',
    objects: [requesting({ cpu: '500' })],
    shows: { api: 'Pending' },
    findings: ['error insufficient-resources pod/api'],
    says: [/^pod\/api is not ready: no node has room for pod api, which requests cpu 500$/],
  },
  {
    situation: 'no node has the memory that a pod requests',
    objects: [requesting({ memory: '5000Gi' })],
    shows: { api: 'Pending' },
    findings: ['error insufficient-resources pod/api'],
    says: [/requests memory 5000Gi$/],
  },
  {
    situation: 'no node matches',
    objects: [pod('api', { nodeSelector: { disk: 'none' }, containers: [container('main')] })],
    shows: { api: 'Pending' },
    findings: ['error unschedulable pod/api'],
    says: [/no node takes pod api: 1 node\(s\) didn't match Pod's node affinity\/selector(?:,|$)/],
  },
  {
    situation: 'a PersistentVolumeClaim is missing',
    objects: [mounting('data')],
    shows: { api: 'Pending' },
    findings: ['error volume-claim-missing persistentvolumeclaim/data blocks pod/api'],
  },
  {
    situation: 'a PersistentVolumeClaim names a StorageClass that does not exist',
    objects: [claim('data', { storageClassName: 'nope' }), mounting('data')],
    shows: { api: 'Pending' },
    findings: ['error storage-class-missing persistentvolumeclaim/data blocks pod/api'],
    says: [/^persistentvolumeclaim\/data, which pod\/api mounts, is not bound: there is no StorageClass nope,/],
  },
  {
    situation: 'no volume is there for a PersistentVolumeClaim without a class',
    objects: [claim('data', { storageClassName: '' }), mounting('data')],
    shows: { api: 'Pending' },
    findings: ['error volume-claim-unbound persistentvolumeclaim/data blocks pod/api'],
    says: [/is not bound to a volume: no volume fits, and it names no StorageClass$/],
  },
  {
    situation: 'a quota is used up for a workload that lacks a Secret too',
    objects: [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight' }, spec: { hard: { pods: '0' } } },
      workload('Deployment', 'api', { containers: [container('main', { env: [secretEnv('A', 'gone', 'a')] })] }),
    ],
    findings: [
      'error quota-exceeded resourcequota/tight blocks deployment/api',
      'error secret-missing secret/gone a blocks deployment/api',
    ],
  },
  {
    situation: 'a quota is used up for three workloads',
    objects: [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight' }, spec: { hard: { pods: '0' } } },
      workload('Deployment', 'api', { containers: [container('main')] }),
      workload('StatefulSet', 'db', { containers: [container('main')] }, { serviceName: 'db' }),
      job('once', { containers: [container('main')] }),
    ],
    findings: ['error quota-exceeded resourcequota/tight blocks deployment/api, job/once, statefulset/db'],
    says: [/^resourcequota\/tight is used up \(requested: pods=1, used: pods=0, limited: pods=0\), so deployment\/api/],
  },
  {
    situation: 'a quota that held back three workloads is raised',
    objects: [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight' }, spec: { hard: { pods: '0' } } },
      workload('Deployment', 'api', { containers: [container('main')] }),
      workload('StatefulSet', 'db', { containers: [container('main')] }, { serviceName: 'db' }),
      job('once', { containers: [container('main')] }),
    ],
    then: ['a second later', { patch: 'resourcequotas/tight', body: { spec: { hard: { pods: '9' } } } }],
    thenShows: { api: 'Running', db: 'Running', once: 'Running' },
    findings: [],
  },
];

const needs = (key: string): object => ({ containers: [container('main', { env: [secretEnv('A', 'app', key)] })] });

/** Templates without pods, pods of older templates, and what has no controller. */
export const templateRows: readonly MatrixRow[] = [
  {
    situation: 'a key is missing for a Deployment that is scaled to 0',
    objects: [secret('app', 'x'), workload('Deployment', 'api', needs('a'), { replicas: 0 })],
    findings: ['error secret-key-missing secret/app a blocks deployment/api'],
  },
  {
    situation: 'a key is missing for a suspended CronJob and a suspended Job',
    objects: [
      secret('app', 'x'),
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: {
          schedule: '0 0 1 1 *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...needs('a') } } } },
        },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once' },
        spec: { suspend: true, template: { spec: { restartPolicy: 'Never', ...needs('a') } } },
      },
    ],
    findings: ['error secret-key-missing secret/app a blocks cronjob/nightly, job/once'],
  },
  {
    situation: 'a key is missing for a paused Deployment',
    objects: [secret('app', 'x'), workload('Deployment', 'api', needs('a'), { paused: true, replicas: 1 })],
    findings: ['error secret-key-missing secret/app a blocks deployment/api'],
  },
  {
    situation: 'a Deployment was paused before its first pod, and lacks nothing',
    objects: [secret('app', 'a'), workload('Deployment', 'api', needs('a'), { paused: true, replicas: 1 })],
    findings: ['error workload-not-ready deployment/api'],
    says: [/^deployment\/api is not ready: 0 of 1 pod is ready; it is paused, and makes no pod/],
  },
  {
    situation: 'a Deployment is paused and its newer template lacks a key, while its pods run the older one',
    objects: [secret('app', 'a'), workload('Deployment', 'api', needs('a'))],
    shows: { api: 'Running' },
    then: [{ patch: 'deployments/api', body: { spec: { paused: true, template: { spec: needs('b') } } } }],
    findings: ['error secret-key-missing secret/app b blocks deployment/api'],
    states: { 'deployment/api': 'stuck' },
  },
  {
    situation: 'a Deployment is paused and its newer template has all that it needs',
    objects: [secret('app', 'a', 'b'), workload('Deployment', 'api', needs('a'))],
    shows: { api: 'Running' },
    then: [{ patch: 'deployments/api', body: { spec: { paused: true, template: { spec: needs('b') } } } }],
    findings: [],
    states: { 'deployment/api': 'ready' },
  },
  {
    situation: 'a Deployment is paused whose broken pod runs the older template, and the newer one lacks nothing',
    objects: [secret('app', 'b'), workload('Deployment', 'api', needs('a'))],
    shows: { api: 'CreateContainerConfigError' },
    then: [{ patch: 'deployments/api', body: { spec: { paused: true, template: { spec: needs('b') } } } }],
    findings: ['error rollout-held-by-old-pod deployment/api'],
    says: [/it still runs the older template and its rollouts are paused, which keeps it from the newer one$/],
    states: { 'deployment/api': 'stuck' },
  },
  {
    situation: 'the last run of a CronJob failed',
    objects: [cronJob('nightly', { restartPolicy: 'Never', containers: [container('main')] })],
    then: [{ run: 'nightly', command: 'false' }],
    thenShows: { 'nightly-false': 'Error' },
    findings: ['warning cronjob-run-failed cronjob/nightly'],
    states: { 'cronjob/nightly': 'waiting' },
    says: [
      /^the last run of cronjob\/nightly, job\/nightly-false, failed at .* \(BackoffLimitExceeded\); container main ended with exit code 1$/,
    ],
  },
  {
    situation: 'a run of a CronJob succeeded after one that failed',
    objects: [cronJob('nightly', { restartPolicy: 'Never', containers: [container('main')] })],
    then: [{ run: 'nightly', command: 'false' }, 'a second later', { run: 'nightly', command: 'true' }],
    thenShows: { 'nightly-false': 'Error', 'nightly-true': 'Completed' },
    findings: [],
    states: { 'cronjob/nightly': 'ready' },
  },
  {
    situation: 'an old ReplicaSet needs a key that its corrected Deployment does not',
    objects: [secret('app', 'b'), workload('Deployment', 'api', needs('a'))],
    shows: { api: refused },
    then: [{ patch: 'deployments/api', body: { spec: { template: { spec: needs('b') } } } }],
    thenShows: { api: 'Running' },
    findings: [],
  },
  {
    situation: 'a broken pod of a StatefulSet holds up the corrected template',
    objects: [secret('app', 'b'), workload('StatefulSet', 'db', needs('a'), { serviceName: 'db' })],
    shows: { 'db-0': refused },
    then: [{ patch: 'statefulsets/db', body: { spec: { template: { spec: needs('b') } } } }],
    findings: ['error rollout-held-by-old-pod statefulset/db'],
    says: [/pod db-0, container main is CreateContainerConfigError; it still runs the older template/],
  },
  {
    situation: 'with OnDelete a newer template waits until the pod is deleted',
    objects: [
      secret('app', 'a', 'b'),
      workload('StatefulSet', 'db', needs('a'), { serviceName: 'db', updateStrategy: { type: 'OnDelete' } }),
    ],
    shows: { 'db-0': 'Running' },
    then: [{ patch: 'statefulsets/db', body: { spec: { template: { spec: needs('b') } } } }],
    findings: ['info rollout-waits-for-delete statefulset/db'],
    says: [/^statefulset\/db has a newer template that 1 pod does not run: its update strategy is OnDelete$/],
  },
  {
    situation: 'with OnDelete a broken pod of a DaemonSet keeps the older template too',
    objects: [secret('app', 'b'), workload('DaemonSet', 'agent', needs('a'), { updateStrategy: { type: 'OnDelete' } })],
    shows: { agent: refused },
    then: [{ patch: 'daemonsets/agent', body: { spec: { template: { spec: needs('b') } } } }],
    findings: ['error rollout-held-by-old-pod daemonset/agent'],
  },
  {
    situation: 'with OnDelete a newer template waits while the pod lacks what both want',
    objects: [
      secret('app', 'x'),
      workload('StatefulSet', 'db', needs('a'), { serviceName: 'db', updateStrategy: { type: 'OnDelete' } }),
    ],
    shows: { 'db-0': refused },
    then: [{ patch: 'statefulsets/db', body: { spec: { template: { metadata: { labels: { version: 'new' } } } } } }],
    findings: [
      'error secret-key-missing secret/app a blocks statefulset/db',
      'info rollout-waits-for-delete statefulset/db',
    ],
  },
  {
    situation: 'a newer template lacks a key while the pods of the older one run on',
    objects: [secret('app', 'a'), workload('Deployment', 'api', needs('a'))],
    shows: { api: 'Running' },
    then: [{ patch: 'deployments/api', body: { spec: { template: { spec: needs('z') } } } }],
    thenShows: { api: refused },
    findings: ['error secret-key-missing secret/app z blocks deployment/api'],
  },
];
