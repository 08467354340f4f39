import { container, secretEnv } from '../support/pods.ts';
import { base64, pod, secret, workload, type Manifest } from './manifests.ts';
import type { MatrixRow } from './row.ts';

function valued(name: string, texts: Readonly<Record<string, string>>, type = 'Opaque'): Manifest {
  const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, data };
}

function reading(...keys: readonly string[]): Manifest {
  return pod('api', {
    containers: [container('main', { env: keys.map((key, index) => secretEnv(`V${index}`, 'app', key)) })],
  });
}

function pulling(name = 'reg'): Manifest {
  return pod('api', { imagePullSecrets: [{ name }], containers: [container('main')] });
}

const dockerConfig = (auths: object): string => JSON.stringify({ auths });
const auth = base64('user:not-a-password');

const ingress: Manifest = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: {
    tls: [{ secretName: 'web-tls', hosts: ['web.example.test'] }],
    rules: [
      {
        host: 'web.example.test',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
        },
      },
    ],
  },
};

/** Secrets that are there and of no use, or not as they seem. */
export const secretRows: readonly MatrixRow[] = [
  {
    situation: 'a value is empty, one ends in a line break, one was encoded twice',
    objects: [valued('app', { a: '', b: 'word\n', c: base64('the value itself') }), reading('a', 'b', 'c')],
    shows: { api: 'Running' },
    findings: [
      'warning secret-value-empty secret/app a',
      'warning secret-value-encoded-twice secret/app c',
      'warning secret-value-whitespace secret/app b',
    ],
  },
  {
    situation: 'envFrom takes values of which one is empty, one a placeholder, one ends in a line break',
    objects: [
      valued('app', { a: '', b: 'word\n', c: 'CHANGE_ME', d: 'word' }),
      pod('api', { containers: [container('main', { envFrom: [{ secretRef: { name: 'app' } }] })] }),
    ],
    shows: { api: 'Running' },
    findings: [
      'warning secret-value-empty secret/app a',
      'warning secret-value-placeholder secret/app c',
      'warning secret-value-whitespace secret/app b',
    ],
  },
  {
    situation: 'a mounted Secret holds a placeholder and an empty file; a line break at the end of a file is none',
    objects: [
      valued('app', { a: '', b: 'word\n', c: 'CHANGE_ME' }),
      pod('api', {
        containers: [container('main', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
        volumes: [{ name: 'v', secret: { secretName: 'app' } }],
      }),
    ],
    shows: { api: 'Running' },
    findings: ['warning secret-value-empty secret/app a', 'warning secret-value-placeholder secret/app c'],
  },
  {
    situation: 'a key is there under another spelling',
    objects: [secret('app', 'JWT_SECRET'), reading('jwt-secret')],
    shows: { api: 'CreateContainerConfigError' },
    findings: ['error secret-key-missing secret/app jwt-secret blocks pod/api'],
    says: [
      /^secret\/app lacks key jwt-secret, which pod\/api needs; it has JWT_SECRET: is that the key that is meant\?$/,
    ],
  },
  {
    situation: 'envFrom takes keys that are no names for variables, which kubelet passes on all the same',
    objects: [
      secret('app', 'a-b', '1st'),
      pod('api', { containers: [container('main', { envFrom: [{ prefix: 'P.', secretRef: { name: 'app' } }] })] }),
    ],
    shows: { api: 'Running' },
    findings: [],
  },
  {
    situation: 'a pull Secret is of another type, and the image is on the node',
    objects: [secret('reg', '.dockerconfigjson'), pulling()],
    shows: { api: 'Running' },
    findings: ['warning image-pull-secret-invalid secret/reg'],
    says: [/of type Opaque, which kubelet passes over/],
  },
  {
    situation: 'a pull Secret holds JSON that is no Docker configuration, and the image is on the node',
    objects: [
      valued('reg', { '.dockerconfigjson': '{"registry.example.test":{}}' }, 'kubernetes.io/dockerconfigjson'),
      pulling(),
    ],
    shows: { api: 'Running' },
    findings: ['warning image-pull-secret-invalid secret/reg'],
    says: [/cannot be read by kubelet: its \.dockerconfigjson has no "auths"/],
  },
  {
    situation: 'a pull Secret is for another registry than the images that nothing has pulled yet',
    objects: [
      valued(
        'reg',
        { '.dockerconfigjson': dockerConfig({ 'other.example.test': { auth } }) },
        'kubernetes.io/dockerconfigjson',
      ),
      workload(
        'Deployment',
        'api',
        {
          imagePullSecrets: [{ name: 'reg' }],
          containers: [container('main', { image: 'registry.example.test/api:1' })],
        },
        { replicas: 0 },
      ),
    ],
    findings: ['warning image-registry-not-covered deployment/api'],
  },
  {
    situation: 'a pull Secret that a ServiceAccount names is missing, and the image is on the node',
    objects: [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' }, imagePullSecrets: [{ name: 'reg' }] },
      pod('api', { serviceAccountName: 'robot', containers: [container('main')] }),
    ],
    shows: { api: 'Running' },
    findings: ['warning image-pull-secret-missing secret/reg'],
  },
  {
    situation: 'the certificate of an Ingress cannot be read',
    objects: [ingress, valued('web-tls', { 'tls.crt': 'none', 'tls.key': 'none' }, 'kubernetes.io/tls')],
    findings: ['error tls-secret-invalid secret/web-tls'],
    says: [/its tls\.crt holds no certificate that can be read$/],
  },
  {
    situation: 'nothing names a Secret',
    objects: [secret('app', 'a')],
    findings: ['info secret-unused secret/app'],
  },
];
