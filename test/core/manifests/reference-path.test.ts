import { describe, expect, test } from '@jest/globals';

import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { podSpecPath, referencePath, tlsPath } from '../../../src/core/manifests/reference-path.ts';
import { secretReferences } from '../../../src/core/secrets/references.ts';
import { container, keyEnv, namespace } from '../../support/builders.ts';

const spec: PodSpec = {
  initContainers: [
    container('wait'),
    container('migrate', { env: [{ name: 'PLAIN', value: 'x' }, keyEnv('db', 'password')] }),
  ],
  containers: [
    container('sidecar'),
    container('web', {
      env: [keyEnv('app', 'token'), keyEnv('db', 'password'), keyEnv('app', 'key')],
      envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'all' } }],
      volumeMounts: ['whole', 'one', 'both', 'driver', 'several'].map((name) => ({ name, mountPath: `/${name}` })),
    }),
  ],
  volumes: [
    { name: 'scratch', emptyDir: {} },
    { name: 'whole', secret: { secretName: 'files' } },
    {
      name: 'one',
      secret: {
        secretName: 'parts',
        items: [
          { key: 'a', path: 'a' },
          { key: 'b', path: 'b' },
        ],
      },
    },
    {
      name: 'both',
      projected: {
        sources: [
          { configMap: { name: 'settings' } },
          { secret: { name: 'projected', items: [{ key: 'first', path: 'x' }] } },
          {
            secret: {
              name: 'projected',
              items: [
                { key: 'z', path: 'z' },
                { key: 'second', path: 'y' },
              ],
            },
          },
          { secret: { name: 'projected-whole' } },
        ],
      },
    },
    { name: 'driver', csi: { driver: 'files', nodePublishSecretRef: { name: 'login' } } },
    { name: 'several', secret: { secretName: 'unkeyed', items: [] } },
    { name: 'unmounted', secret: { secretName: 'idle' } },
    { name: 'unmounted-driver', csi: { driver: 'files', nodePublishSecretRef: { name: 'idle-login' } } },
  ],
  imagePullSecrets: [{ name: 'mirror' }, { name: 'registry' }],
};

const ref = { kind: 'Deployment', namespace, name: 'web' };

/** What stands at a path, as whoever opens the file at that line sees it. */
function at(path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], spec);
}

describe('the place of a reference in its file', () => {
  const places = () =>
    secretReferences(ref, spec).map(
      (reference) => [`${reference.secret}/${reference.key ?? ''}`, referencePath(spec, reference).join('.')] as const,
    );
  test.each<[string, string]>([
    ['all/', 'containers.1.envFrom.1.secretRef'],
    ['app/token', 'containers.1.env.0.valueFrom.secretKeyRef.key'],
    ['app/key', 'containers.1.env.2.valueFrom.secretKeyRef.key'],
    ['files/', 'volumes.1.secret.secretName'],
    ['parts/a', 'volumes.2.secret.items.0.key'],
    ['parts/b', 'volumes.2.secret.items.1.key'],
    ['projected/first', 'volumes.3.projected.sources.1.secret.items.0.key'],
    ['projected/second', 'volumes.3.projected.sources.2.secret.items.1.key'],
    ['projected-whole/', 'volumes.3.projected.sources.3.secret.name'],
    ['login/', 'volumes.4.csi.nodePublishSecretRef'],
    ['unkeyed/', 'volumes.5.secret.secretName'],
    ['idle/', 'volumes.6.secret.secretName'],
    ['idle-login/', 'volumes.7.csi.nodePublishSecretRef'],
    ['mirror/', 'imagePullSecrets.0'],
    ['registry/', 'imagePullSecrets.1'],
  ])('%s is where it is written', (reference, path) => {
    expect(places().filter(([name]) => name === reference)).toEqual([[reference, path]]);
  });

  test('of a variable is that of its own container, as an init container may want the same key', () => {
    expect(
      places()
        .filter(([name]) => name === 'db/password')
        .map(([, path]) => path),
    ).toEqual(['initContainers.1.env.1.valueFrom.secretKeyRef.key', 'containers.1.env.1.valueFrom.secretKeyRef.key']);
    expect(at(['containers', 1, 'env', 1, 'valueFrom', 'secretKeyRef', 'key'])).toBe('password');
  });

  test.each<[string, Parameters<typeof referencePath>[1], readonly (string | number)[]]>([
    ['a container that is not there', { container: 'gone', via: 'env', secret: 'app', key: 'token' }, []],
    ['a variable that is not there', { container: 'web', via: 'env', secret: 'app', key: 'gone' }, ['containers', 1]],
    ['no Secret that is taken whole', { container: 'web', via: 'envFrom', secret: 'gone' }, ['containers', 1]],
    ['no credentials of a registry', { via: 'imagePullSecrets', secret: 'gone' }, []],
    ['no volume', { via: 'volume', secret: 'gone' }, []],
    ['no volume of that kind', { via: 'volume', secret: 'projected-whole' }, []],
    ['no projected volume', { via: 'projected-volume', secret: 'files' }, []],
    ['no driver', { via: 'csi', secret: 'files' }, []],
    [
      'any variable of a Secret as a whole',
      { container: 'web', via: 'env', secret: 'db' },
      ['containers', 1, 'env', 1, 'valueFrom', 'secretKeyRef', 'key'],
    ],
    [
      'a volume by a key that it does not pick',
      { via: 'volume', secret: 'parts', key: 'c' },
      ['volumes', 2, 'secret', 'secretName'],
    ],
  ])('is as near as can be told for %s', (_, wanted, path) => {
    expect(referencePath(spec, wanted)).toEqual(path);
  });
});

test.each([
  ['Pod', ['spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ['Deployment', ['spec', 'template', 'spec']],
])('the pod spec of a %s stands where its kind has it', (kind, path) => {
  expect(podSpecPath(kind)).toEqual(path);
});

test.each<[string, object | undefined, readonly (string | number)[]]>([
  [
    'the Secret of its certificate',
    { tls: [{ secretName: 'other' }, { secretName: 'web-tls' }] },
    ['spec', 'tls', 1, 'secretName'],
  ],
  ['none of another', { tls: [{ secretName: 'other' }] }, []],
  ['none at all', {}, []],
  ['no spec', undefined, []],
])('an Ingress names %s', (_, ingressSpec, path) => {
  const metadata = { name: 'web', namespace };
  expect(tlsPath({ metadata, ...(ingressSpec && { spec: ingressSpec }) }, 'web-tls')).toEqual(path);
});
