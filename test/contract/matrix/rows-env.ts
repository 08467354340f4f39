import { container, secretEnv } from '../support/pods.ts';
import { pod, secret } from './manifests.ts';
import type { MatrixRow } from './row.ts';

const refused = 'CreateContainerConfigError';

/** Variables that come from a key of a Secret. */
export const envRows: readonly MatrixRow[] = [
  {
    situation: 'every key is there',
    objects: [
      secret('app', 'a'),
      pod('api', { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] }),
    ],
    shows: { api: 'Running' },
    findings: [],
  },
  {
    situation: 'a required key is missing',
    objects: [
      secret('app', 'b'),
      pod('api', { containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })] }),
    ],
    shows: { api: refused },
    findings: ['error secret-key-missing secret/app a blocks pod/api'],
    says: [/^secret\/app lacks key a, which pod\/api needs$/],
  },
  {
    situation: 'a whole Secret is missing',
    objects: [
      pod('api', {
        containers: [container('main', { env: [secretEnv('A', 'app', 'a'), secretEnv('B', 'app', 'b')] })],
      }),
    ],
    shows: { api: refused },
    findings: ['error secret-missing secret/app a,b blocks pod/api'],
  },
  {
    situation: 'an optional key and a whole optional Secret are missing',
    objects: [
      secret('app', 'a'),
      pod('api', {
        containers: [
          container('main', { env: [secretEnv('B', 'app', 'b', true), secretEnv('C', 'other', 'c', true)] }),
        ],
      }),
    ],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app b', 'info optional-key-absent secret/other'],
  },
  {
    situation: 'several keys are missing in one container, of which kubelet names one',
    objects: [
      secret('app', 'b'),
      pod('api', {
        containers: [container('main', { env: ['a', 'b', 'c', 'd'].map((key) => secretEnv(key, 'app', key)) })],
      }),
    ],
    shows: { api: refused },
    findings: ['a', 'c', 'd'].map((key) => `error secret-key-missing secret/app ${key} blocks pod/api`),
  },
  {
    situation: 'keys are missing in several containers',
    objects: [
      secret('app', 'x'),
      pod('api', {
        containers: ['a', 'b'].map((key) => container(key, { env: [secretEnv('A', 'app', key)] })),
      }),
    ],
    shows: { api: refused },
    findings: ['a', 'b'].map((key) => `error secret-key-missing secret/app ${key} blocks pod/api`),
  },
  {
    situation: 'keys are missing in several init containers, of which the second was not tried yet',
    objects: [
      secret('app', 'x'),
      pod('api', {
        initContainers: ['a', 'b'].map((key) => container(key, { env: [secretEnv('A', 'app', key)] })),
        containers: [container('main')],
      }),
    ],
    shows: { api: `Init:${refused}` },
    findings: ['a', 'b'].map((key) => `error secret-key-missing secret/app ${key} blocks pod/api`),
  },
  {
    situation: 'the second init container lacks a key and stands behind one that waits',
    objects: [
      secret('app', 'x'),
      pod('api', {
        initContainers: [
          container('wait', { command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] }),
          container('migrate', { env: [secretEnv('A', 'app', 'a')] }),
        ],
        containers: [container('main')],
      }),
    ],
    shows: { api: 'Init:0/2' },
    findings: ['error dependency-unavailable pod/api', 'error secret-key-missing secret/app a blocks pod/api'],
    says: [/^pod\/api is not ready: container wait waits for service\/db, which does not exist$/],
  },
  {
    situation: 'a good container runs beside one that lacks its key',
    objects: [
      secret('app', 'x'),
      pod('api', {
        containers: [container('good'), container('bad', { env: [secretEnv('A', 'app', 'a')] })],
      }),
    ],
    shows: { api: refused },
    findings: ['error secret-key-missing secret/app a blocks pod/api'],
  },
  {
    situation: 'a sidecar runs before a main container that lacks its key',
    objects: [
      secret('app', 'x'),
      pod('api', {
        initContainers: [container('proxy', { restartPolicy: 'Always' })],
        containers: [container('main', { env: [secretEnv('A', 'app', 'a')] })],
      }),
    ],
    shows: { api: refused },
    findings: ['error secret-key-missing secret/app a blocks pod/api'],
  },
  {
    situation: 'a Secret that is taken whole by envFrom is missing',
    objects: [pod('api', { containers: [container('main', { envFrom: [{ secretRef: { name: 'app' } }] })] })],
    shows: { api: refused },
    findings: ['error secret-missing secret/app blocks pod/api'],
  },
  {
    situation: 'an optional Secret that is taken whole by envFrom is missing',
    objects: [
      pod('api', { containers: [container('main', { envFrom: [{ secretRef: { name: 'app', optional: true } }] })] }),
    ],
    shows: { api: 'Running' },
    findings: ['info optional-key-absent secret/app'],
  },
];
