import { container } from '../support/pods.ts';
import { mounting, pod, secret } from './manifests.ts';
import type { MatrixRow } from './row.ts';

function mountingPod(volume: object): ReturnType<typeof pod> {
  const { volumes, volumeMounts } = mounting(volume);
  return pod('api', { volumes, containers: [container('main', { volumeMounts })] });
}

const items = [{ key: 'a', path: 'a' }];

/** Names a volume of which no container wants anything, its init containers included. */
function namingPod(volume: object): ReturnType<typeof pod> {
  return pod('api', {
    volumes: [{ name: 'v', ...volume }],
    initContainers: [container('first', { command: ['true'] })],
    containers: [container('main')],
  });
}

/** Mounts the volume in one of the two only. */
function mountingOnce(volume: object, where: 'init' | 'main'): ReturnType<typeof pod> {
  const { volumes, volumeMounts } = mounting(volume);
  return pod('api', {
    volumes,
    initContainers: [container('first', { command: ['true'], ...(where === 'init' && { volumeMounts }) })],
    containers: [container('main', where === 'main' ? { volumeMounts } : {})],
  });
}

const unmounted = [/; nothing requires it: no container mounts the volume that names it$/];

/** Secrets that are mounted: kubelet says nothing in the pod's status, only in an event. */
export const volumeRows: readonly MatrixRow[] = [
  {
    situation: 'a mounted Secret is missing',
    objects: [mountingPod({ secret: { secretName: 'app' } })],
    shows: { api: 'ContainerCreating' },
    findings: ['error secret-missing secret/app blocks pod/api'],
  },
  {
    situation: 'a key that a volume picks is missing',
    objects: [secret('app', 'b'), mountingPod({ secret: { secretName: 'app', items } })],
    shows: { api: 'ContainerCreating' },
    findings: ['error secret-key-missing secret/app a blocks pod/api'],
  },
  {
    situation: 'a key that a projected volume picks is missing',
    objects: [secret('app', 'b'), mountingPod({ projected: { sources: [{ secret: { name: 'app', items } }] } })],
    shows: { api: 'ContainerCreating' },
    findings: ['error secret-key-missing secret/app a blocks pod/api'],
  },
  {
    situation: 'a mounted optional Secret is missing',
    objects: [mountingPod({ secret: { secretName: 'app', optional: true } })],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app'],
  },
  {
    situation: 'a Secret is missing that a volume names and no container mounts',
    objects: [namingPod({ secret: { secretName: 'app' } })],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app'],
    says: unmounted,
  },
  {
    situation: 'a key is missing that a volume picks and no container mounts',
    objects: [secret('app', 'b'), namingPod({ secret: { secretName: 'app', items } })],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app a'],
    says: unmounted,
  },
  {
    situation: 'a Secret is missing that a projected volume names and no container mounts',
    objects: [namingPod({ projected: { sources: [{ secret: { name: 'app' } }] } })],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app'],
    says: unmounted,
  },
  {
    situation: 'a ConfigMap is missing that volumes name and no container mounts, beside one that is needed',
    objects: [
      namingPod({ configMap: { name: 'idle' } }),
      pod('web', { containers: [container('main', { envFrom: [{ configMapRef: { name: 'settings' } }] })] }),
    ],
    shows: { api: 'Running', web: 'CreateContainerConfigError' },
    findings: ['error configmap-missing configmap/settings blocks pod/web'],
  },
  {
    situation: 'a Secret is missing that only an init container mounts',
    objects: [mountingOnce({ secret: { secretName: 'app' } }, 'init')],
    shows: { api: 'Init:0/1' },
    findings: ['error secret-missing secret/app blocks pod/api'],
  },
  {
    situation: 'a Secret is missing that the main container mounts, which holds up the init container as well',
    objects: [mountingOnce({ secret: { secretName: 'app' } }, 'main')],
    shows: { api: 'Init:0/1' },
    findings: ['error secret-missing secret/app blocks pod/api'],
  },
  {
    situation: 'a Secret goes missing while a pod runs that names it and mounts it nowhere',
    objects: [secret('app', 'a'), namingPod({ secret: { secretName: 'app' } })],
    shows: { api: 'Running' },
    then: [{ delete: 'secrets/app' }],
    findings: ['info optional-key-absent secret/app'],
  },
  {
    situation: 'a Secret is missing that a CSI driver is to be given, which does not run either',
    objects: [
      pod('api', {
        volumes: [{ name: 'v', csi: { driver: 'store.example.com', nodePublishSecretRef: { name: 'creds' } } }],
        containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
      }),
    ],
    shows: { api: 'ContainerCreating' },
    findings: ['error secret-missing secret/creds blocks pod/api', 'error workload-not-ready pod/api'],
    says: [/driver name store\.example\.com not found in the list of registered CSI drivers$/],
  },
];
