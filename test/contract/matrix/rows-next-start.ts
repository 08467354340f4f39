import { container, secretEnv } from '../support/pods.ts';
import { base64, mounting, pod, secret, workload, type Manifest } from './manifests.ts';
import type { Change, MatrixRow } from './row.ts';

const needsA = { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] };
const removeA: Change = { patch: 'secrets/app', body: { data: { a: null } } };
const changeA: Change = { patch: 'secrets/app', body: { data: { a: base64('another-value-of-a') } } };

function held(manifest: Manifest): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, finalizers: ['example.test/hold'] } };
}

function mountedBy(mount: object): object {
  const { volumes, volumeMounts } = mounting({ secret: { secretName: 'app', items: [{ key: 'a', path: 'a' }] } });
  return {
    volumes,
    containers: [container('main', { volumeMounts: volumeMounts.map((each) => ({ ...each, ...mount })) })],
  };
}

/** What runs now and will not, or not as it does, after its next start. */
export const nextStartRows: readonly MatrixRow[] = [
  {
    situation: 'a key went missing while a pod runs with it',
    objects: [secret('app', 'a', 'b'), pod('api', needsA)],
    shows: { api: 'Running' },
    then: [removeA],
    thenShows: { api: 'Running' },
    findings: [
      'error secret-key-missing secret/app a blocks pod/api',
      'warning next-start-fails pod/api because secret-key-missing/app/a',
    ],
    says: [/^pod\/api runs now, but its next start fails: key a of Secret app went missing after it started$/],
  },
  {
    situation: 'a whole Secret went missing while a Deployment runs with it',
    objects: [secret('app', 'a'), workload('Deployment', 'api', needsA)],
    shows: { api: 'Running' },
    then: [{ delete: 'secrets/app' }],
    thenShows: { api: 'Running' },
    findings: [
      'error secret-missing secret/app a blocks deployment/api',
      'warning next-start-fails deployment/api because secret-missing/app',
    ],
  },
  {
    situation: 'a Secret was deleted that a finalizer holds while a pod runs with it',
    objects: [held(secret('app', 'a')), pod('api', needsA)],
    shows: { api: 'Running' },
    then: [{ delete: 'secrets/app' }],
    findings: ['error secret-terminating secret/app blocks pod/api'],
    says: [
      /^secret\/app, which pod\/api needs, was deleted at .*: only example\.test\/hold still holds it, and all its keys go with it$/,
    ],
  },
  {
    situation: 'a key went missing that only an init container needed, which is over',
    objects: [
      secret('app', 'a', 'b'),
      pod('api', {
        initContainers: [container('migrate', { command: ['true'], env: [secretEnv('A', 'app', 'a')] })],
        containers: [container('main')],
      }),
    ],
    shows: { api: 'Running' },
    then: [removeA],
    thenShows: { api: 'Running' },
    findings: [
      'error secret-key-missing secret/app a blocks pod/api',
      'warning next-start-fails pod/api because secret-key-missing/app/a',
    ],
  },
  {
    situation: 'a mounted key went missing while the pod runs',
    objects: [secret('app', 'a', 'b'), pod('api', mountedBy({}))],
    shows: { api: 'Running' },
    then: [removeA],
    thenShows: { api: 'Running' },
    findings: [
      'error secret-key-missing secret/app a blocks pod/api',
      'warning next-start-fails pod/api because secret-key-missing/app/a',
    ],
  },
  {
    situation: 'a value changed while a pod runs with the older one',
    objects: [secret('app', 'a'), workload('Deployment', 'api', needsA)],
    shows: { api: 'Running' },
    then: ['a second later', changeA],
    findings: ['warning environment-stale deployment/api'],
    says: [/runs with an older value of key a of Secret app; it takes the newer one with its next start/],
  },
  {
    situation: 'a value changed that is mounted by subPath, which kubelet does not refresh',
    objects: [secret('app', 'a'), pod('api', mountedBy({ subPath: 'a' }))],
    shows: { api: 'Running' },
    then: ['a second later', changeA],
    findings: ['warning environment-stale pod/api'],
  },
  {
    situation: 'a value changed that is mounted, which kubelet refreshes',
    objects: [secret('app', 'a'), pod('api', mountedBy({}))],
    shows: { api: 'Running' },
    then: ['a second later', changeA],
    findings: [],
  },
];
