import { expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import {
  container,
  deployment,
  keyEnv,
  mounting,
  namespace,
  secret,
  secretWith,
  snapshotOf,
  stackOf,
  type Parts,
} from '../../support/builders.ts';
import { told } from '../../support/told.ts';

const taking = (...env: ReturnType<typeof keyEnv>[]): Partial<PodSpec> => ({ containers: [container('c', { env })] });
const web = (spec: Partial<PodSpec>): Parts => deployment('web', { spec, replicas: 0 });
const needing = (...env: ReturnType<typeof keyEnv>[]): Parts => web(taking(...env));
const declared = (keys: object, name = 'app') => stackOf({ secrets: [{ name, keys }] });
const served: Parts = {
  ingresses: [{ metadata: { name: 'shop', namespace }, spec: { tls: [{ secretName: 'cert' }] } }],
};
const unmounted = { containers: [container('c')], volumes: [{ name: 'v', secret: { secretName: 'app' } }] };
const going = { name: 'app', namespace, deletionTimestamp: '2026-03-01T10:00:00Z' };

/** Who needs what of a Secret, what is there of it, and what is said. */
const secrets: readonly [string, readonly Parts[], ReturnType<typeof stackOf> | undefined, readonly string[]][] = [
  ['is there', [needing(keyEnv('app', 'k')), secret('app', ['k'])], undefined, []],
  [
    'is going and nothing holds it',
    [needing(keyEnv('app', 'k')), secret('app', ['k'], { metadata: going })],
    undefined,
    [
      "error secret-terminating: secret/app, which deployment/web needs, was deleted at 2026-03-01 10:00:00 UTC: it is gone in a moment, and all its keys go with it [kubectl -n shop get secret app -o jsonpath='{.metadata.finalizers}'] -> deployment/web",
    ],
  ],
  [
    'is taken by nobody who says that it must be',
    [needing(keyEnv('app', 'k', true))],
    undefined,
    ['info optional-key-absent: secret/app does not exist; nothing requires it [c2l audit -v -n shop]'],
  ],
  [
    'is not mounted by anything',
    [web(unmounted)],
    undefined,
    [
      'info optional-key-absent: secret/app does not exist; nothing requires it: no container mounts the volume that names it [c2l audit -v -n shop]',
    ],
  ],
  [
    'is not mounted, and taken where it is there',
    [web({ ...unmounted, ...taking(keyEnv('app', 'k', true)) })],
    undefined,
    ['info optional-key-absent: secret/app does not exist; nothing requires it [c2l audit -v -n shop]'],
  ],
  [
    'is named by the stack alone, which can do without',
    [],
    declared({ k: { required: false } }),
    ['info optional-key-absent: secret/app does not exist; nothing requires it [c2l audit -v]'],
  ],
  [
    'is named by the stack alone, one of two keys of it required',
    [],
    declared({ k: { required: false }, l: {} }),
    ['error secret-missing: secret/app does not exist [c2l fix-secrets]'],
  ],
  [
    'is optional, but for the stack',
    [needing(keyEnv('app', 'k', true))],
    declared({ k: {} }),
    ['error secret-missing: secret/app does not exist, which deployment/web needs [c2l fix-secrets] -> deployment/web'],
  ],
  [
    'is mounted and served',
    [served, web(mounting({ name: 'v', secret: { secretName: 'cert' } }))],
    declared({ 'tls.key': {} }, 'cert'),
    [
      'error secret-missing: secret/cert does not exist, which deployment/web needs [kubectl -n shop create secret tls cert --cert=FILE --key=FILE] -> deployment/web',
      'error tls-secret-missing: ingress/shop has no certificate: secret/cert does not exist [kubectl -n shop create secret tls cert --cert=FILE --key=FILE]',
    ],
  ],
  [
    'is mounted as a whole',
    [web(mounting({ name: 'v', secret: { secretName: 'app' } }))],
    undefined,
    [
      'error secret-missing: secret/app does not exist, which deployment/web needs [kubectl -n shop create secret generic app --from-file=DIRECTORY] -> deployment/web',
    ],
  ],
  [
    'is for pulling and for its one key',
    [web({ imagePullSecrets: [{ name: 'app' }], ...taking(keyEnv('app', '.dockerconfigjson')) })],
    undefined,
    [
      'error secret-missing: secret/app does not exist, which deployment/web needs [kubectl -n shop create secret docker-registry app --from-file=.dockerconfigjson=FILE] -> deployment/web',
    ],
  ],
  [
    'is for pulling and for another key',
    [web({ imagePullSecrets: [{ name: 'app' }], ...taking(keyEnv('app', 'k')) })],
    undefined,
    [
      'error secret-missing: secret/app does not exist, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'is for two, one of whom can do without',
    [
      deployment('b', { spec: taking(keyEnv('app', 'k')) }),
      deployment('a', { spec: taking(keyEnv('app', 'k')) }),
      needing(keyEnv('app', 'k', true)),
    ],
    undefined,
    [
      'error secret-missing: secret/app does not exist, which deployment/a and deployment/b need [c2l fix-secrets -n shop] -> deployment/a deployment/b',
    ],
  ],
];

test.each(secrets)('a Secret that %s', (_, parts, stack, expected) => {
  expect(told(diagnose(snapshotOf(...parts), stack).filter(({ code }) => code !== 'next-start-fails'))).toEqual(
    expected,
  );
});

const short = { format: { minLength: 16 } };

const keys: readonly [string, readonly Parts[], ReturnType<typeof stackOf> | undefined, readonly string[]][] = [
  [
    'is optional and absent',
    [needing(keyEnv('app', 'k', true)), secret('app', [])],
    undefined,
    ['info optional-key-absent: secret/app has no key k; nothing requires it [c2l audit -v -n shop]'],
  ],
  [
    'is optional and absent, its volume unmounted',
    [
      web({
        containers: [container('c')],
        volumes: [{ name: 'v', secret: { secretName: 'app', items: [{ key: 'k', path: 'k' }] } }],
      }),
      secret('app', []),
    ],
    undefined,
    [
      'info optional-key-absent: secret/app has no key k; nothing requires it: no container mounts the volume that names it [c2l audit -v -n shop]',
    ],
  ],
  [
    'is required by the stack of who can do without',
    [needing(keyEnv('app', 'k', true)), secret('app', [])],
    declared({ k: {} }),
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets] -> deployment/web',
    ],
  ],
  [
    'one of two needs',
    [
      deployment('a', { spec: taking(keyEnv('app', 'k', true)), replicas: 0 }),
      needing(keyEnv('app', 'k')),
      secret('app', []),
    ],
    undefined,
    [
      'error secret-key-missing: secret/app lacks key k, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'nothing but the stack needs',
    [secret('app', ['o'])],
    declared({ k: {} }),
    ['error secret-key-missing: secret/app lacks key k [c2l fix-secrets]'],
  ],
  [
    'is too short',
    [needing(keyEnv('app', 'k')), secretWith('app', { k: 'short' })],
    declared({ k: short }),
    [
      'error secret-value-invalid: key k of secret/app is shorter than 16 characters [c2l fix-secrets --overwrite app/k] -> deployment/web',
    ],
  ],
  [
    'is too short, in what is immutable',
    [needing(keyEnv('app', 'k')), secretWith('app', { k: 'short' }, { immutable: true })],
    declared({ k: short }),
    [
      'error secret-value-invalid: key k of secret/app is shorter than 16 characters; the Secret is immutable and must be deleted and created again [c2l fix-secrets --recreate app --overwrite app/k] -> deployment/web',
    ],
  ],
  [
    'is a placeholder',
    [needing(keyEnv('app', 'k')), secretWith('app', { k: 'CHANGE_ME' })],
    declared({ k: short }),
    ['error secret-value-placeholder: key k of secret/app is a placeholder [c2l fix-secrets] -> deployment/web'],
  ],
  [
    'is of a certificate and too short',
    [served, secretWith('cert', { 'tls.crt': 'x'.repeat(20), 'tls.key': 'x' }, { type: 'kubernetes.io/tls' })],
    declared({ 'tls.key': short }, 'cert'),
    [
      'error secret-value-invalid: key tls.key of secret/cert is shorter than 16 characters [kubectl -n shop create secret tls cert --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -]',
    ],
  ],
  [
    'a certificate lacks, and a container',
    [served, needing(keyEnv('cert', 'tls.key')), secret('cert', ['tls.crt'])],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.key, which deployment/web and ingress/shop need [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'a container lacks of what is no certificate, and an Ingress',
    [served, needing(keyEnv('cert', 'tls.key')), secret('cert', ['password'])],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.crt, which ingress/shop needs; it is of type Opaque and holds no certificate: is another Secret meant? [kubectl -n shop edit ingress shop]',
      'error secret-key-missing: secret/cert lacks key tls.key, which deployment/web and ingress/shop need [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'a certificate of its type lacks',
    [served, secret('cert', ['password'], { type: 'kubernetes.io/tls' })],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.crt, which ingress/shop needs [kubectl -n shop create secret tls cert --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -]',
      'error secret-key-missing: secret/cert lacks key tls.key, which ingress/shop needs [kubectl -n shop create secret tls cert --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -]',
    ],
  ],
  [
    'an immutable certificate lacks, beside others',
    [served, secret('cert', ['password', 'tls.crt'], { immutable: true })],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.key, which ingress/shop needs; the Secret is immutable and must be deleted and created again [kubectl -n shop edit ingress shop]',
    ],
  ],
  [
    'an immutable certificate lacks, that a workload mounts beside others',
    [
      served,
      web(mounting({ name: 'v', secret: { secretName: 'cert' } })),
      secret('cert', ['password', 'tls.crt'], { immutable: true }),
    ],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.key, which ingress/shop needs; the Secret is immutable and must be deleted and created again [kubectl -n shop edit ingress shop]',
    ],
  ],
  [
    'an immutable certificate lacks, that has an issuer',
    [served, secret('cert', ['ca.crt', 'tls.crt'], { immutable: true, type: 'kubernetes.io/tls' })],
    undefined,
    [
      'error secret-key-missing: secret/cert lacks key tls.key, which ingress/shop needs; the Secret is immutable and must be deleted and created again [kubectl -n shop create secret tls cert --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl replace --force -f -]',
    ],
  ],
  [
    'is written in another way',
    [needing(keyEnv('app', 'api_key')), secret('app', ['api-key', 'API_KEY'])],
    undefined,
    [
      'error secret-key-missing: secret/app lacks key api_key, which deployment/web needs; it has API_KEY: is that the key that is meant? [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'is written in another way that somebody needs',
    [needing(keyEnv('app', 'api_key'), keyEnv('app', 'api-key')), secret('app', ['api-key'])],
    undefined,
    [
      'error secret-key-missing: secret/app lacks key api_key, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'is written in another way that somebody can do without',
    [needing(keyEnv('app', 'api_key'), keyEnv('app', 'api-key', true)), secret('app', ['api-key'])],
    undefined,
    [
      'error secret-key-missing: secret/app lacks key api_key, which deployment/web needs [c2l fix-secrets -n shop] -> deployment/web',
    ],
  ],
  [
    'is written in another way that the stack needs',
    [needing(keyEnv('app', 'api_key')), secret('app', ['api-key'])],
    declared({ 'api-key': {} }),
    [
      'error secret-key-missing: secret/app lacks key api_key, which deployment/web needs [c2l fix-secrets] -> deployment/web',
    ],
  ],
  [
    'is written in another way that the stack knows',
    [needing(keyEnv('app', 'api_key')), secret('app', ['api-key'])],
    declared({ 'api-key': { required: false } }),
    [
      'error secret-key-missing: secret/app lacks key api_key, which deployment/web needs; it has api-key: is that the key that is meant? [c2l fix-secrets] -> deployment/web',
    ],
  ],
  [
    'an annotation shows',
    [needing(keyEnv('app', 'k')), secret('app', ['k'], { exposedKeys: ['k'] })],
    undefined,
    [
      'warning secret-values-exposed: secret/app shows the value of k in its annotation kubectl.kubernetes.io/last-applied-configuration [kubectl -n shop annotate secret app kubectl.kubernetes.io/last-applied-configuration-]',
    ],
  ],
];

test.each(keys)('a key that %s', (_, parts, stack, expected) => {
  expect(told(diagnose(snapshotOf(...parts), stack).filter(({ code }) => code !== 'next-start-fails'))).toEqual(
    expected,
  );
});

test('a key that is there under another name is named apart', () => {
  const parts = [needing(keyEnv('app', 'api_key'))];
  const similar = (...there: string[]) =>
    diagnose(snapshotOf(...parts, secret('app', there))).map((each) => each.similarKey);

  expect(similar('api.key')).toEqual(['api.key']);
  expect(similar('other')).toEqual([undefined]);
});
