import { container } from '../support/pods.ts';
import { mounting, pod, secret } from './manifests.ts';
import type { MatrixRow } from './row.ts';

function mountingPod(volume: object): ReturnType<typeof pod> {
  const { volumes, volumeMounts } = mounting(volume);
  return pod('api', { volumes, containers: [container('main', { volumeMounts })] });
}

const items = [{ key: 'a', path: 'a' }];

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
];
