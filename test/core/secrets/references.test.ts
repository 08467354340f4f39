import { expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { ingressReferences, secretReferences } from '../../../src/core/secrets/references.ts';
import { container, keyEnv, mounting } from '../../support/builders.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const references = (spec: Partial<PodSpec>, pullSecrets?: string[]) =>
  secretReferences(
    ref,
    { containers: [], ...spec },
    pullSecrets && { metadata: { name: 'default' }, imagePullSecrets: pullSecrets.map((name) => ({ name })) },
  );

const shapes: readonly (readonly [string, Partial<PodSpec>, readonly object[]])[] = [
  [
    'an environment variable of a main container',
    { containers: [container('c', { env: [keyEnv('s', 'k')] })] },
    [{ container: 'c', via: 'env', optional: false, secret: 's', key: 'k' }],
  ],
  [
    'an optional environment variable of an init container',
    { initContainers: [container('i', { env: [keyEnv('s', 'k', true)] })] },
    [{ container: 'i', init: true, via: 'env', optional: true, secret: 's', key: 'k' }],
  ],
  [
    'envFrom, which takes the Secret as a whole whatever the prefix',
    { containers: [container('c', { envFrom: [{ prefix: 'DB_', secretRef: { name: 's' } }] })] },
    [{ container: 'c', via: 'envFrom', optional: false, secret: 's' }],
  ],
  [
    'a volume without items',
    mounting({ name: 'v', secret: { secretName: 's', optional: true } }),
    [{ via: 'volume', optional: true, secret: 's' }],
  ],
  [
    'a volume with items, one reference for each key',
    mounting({
      name: 'v',
      secret: {
        secretName: 's',
        items: [
          { key: 'a', path: 'x' },
          { key: 'b', path: 'y' },
        ],
      },
    }),
    [
      { via: 'volume', optional: false, secret: 's', key: 'a' },
      { via: 'volume', optional: false, secret: 's', key: 'b' },
    ],
  ],
  [
    'sources of a projected volume',
    mounting({
      name: 'v',
      projected: {
        sources: [
          {},
          { secret: { name: 's', items: [{ key: 'a', path: 'x' }], optional: true } },
          { secret: { name: 't' } },
        ],
      },
    }),
    [
      { via: 'projected-volume', optional: true, secret: 's', key: 'a' },
      { via: 'projected-volume', optional: false, secret: 't' },
    ],
  ],
  [
    'the publish Secret of a CSI volume',
    mounting({ name: 'v', csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } }),
    [{ via: 'csi', optional: false, secret: 's' }],
  ],
  [
    'a volume that only an init container mounts',
    {
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
      initContainers: [container('i', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
    },
    [{ via: 'volume', optional: false, secret: 's' }],
  ],
  [
    'volumes of every kind that no container mounts, which kubelet does not even look up',
    {
      volumes: [
        { name: 'v', secret: { secretName: 's', items: [{ key: 'a', path: 'x' }] } },
        { name: 'w', projected: { sources: [{ secret: { name: 't' } }] } },
        { name: 'x', csi: { driver: 'd', nodePublishSecretRef: { name: 'u' } } },
      ],
      containers: [container('c', { volumeMounts: [{ name: 'other', mountPath: '/v' }] })],
    },
    [
      { via: 'unmounted-volume', optional: true, secret: 's', key: 'a' },
      { via: 'unmounted-volume', optional: true, secret: 't' },
      { via: 'unmounted-volume', optional: true, secret: 'u' },
    ],
  ],
  [
    'image pull secrets of the pod',
    { imagePullSecrets: [{ name: 's' }] },
    [{ via: 'imagePullSecrets', optional: false, secret: 's' }],
  ],
];

test.each(shapes)('finds %s', (_, spec, expected) => {
  expect(references(spec)).toEqual(expected.map((place) => ({ ...ref, ...place })));
});

test("takes the ServiceAccount's image pull secrets where the pod has none of its own, as admission does", () => {
  expect(references({}, ['account'])).toEqual([{ ...ref, via: 'serviceAccount', optional: false, secret: 'account' }]);
  expect(references({ imagePullSecrets: [{ name: 'own' }] }, ['account'])).toEqual([
    { ...ref, via: 'imagePullSecrets', optional: false, secret: 'own' },
  ]);
});

test('passes over what names no Secret', () => {
  const spec: Partial<PodSpec> = {
    containers: [
      container('c', {
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } },
        ],
        envFrom: [{ prefix: 'X' }],
      }),
    ],
    volumes: [{ name: 'v' }, { name: 'w', secret: {} }],
    imagePullSecrets: [{}, { name: '' }],
  };

  expect(references(spec)).toEqual([]);
});

test('the references of one spec are told as of whoever has it, however often they are asked for', () => {
  const spec: PodSpec = { containers: [container('c', { env: [keyEnv('s', 'k')] })] };
  const account = { metadata: { name: 'default' }, imagePullSecrets: [{ name: 'pull' }] };
  const others = [ref, { ...ref, kind: 'Pod' }, { ...ref, name: 'api' }, { ...ref, namespace: 'other' }];
  for (const each of [...others, ...others]) {
    expect(secretReferences(each, spec)).toEqual([
      { ...each, container: 'c', via: 'env', optional: false, secret: 's', key: 'k' },
    ]);
    expect(secretReferences(each, spec, account).map(({ secret }) => secret)).toEqual(['s', 'pull']);
    expect(secretReferences(each, spec)).toBe(secretReferences(each, spec));
  }
});

test('an Ingress without a certificate, or without anything, needs nothing', () => {
  const metadata = { name: 'site', namespace: 'shop' };
  expect([{ metadata }, { metadata, spec: {} }].map(ingressReferences)).toEqual([[], []]);
});

test('an Ingress needs both keys of its certificate, and none without a Secret name', () => {
  const tls = [{ secretName: 'cert' }, { hosts: ['a.example'] }];
  const place = { kind: 'Ingress', namespace: 'shop', name: 'site', via: 'tls', optional: false, secret: 'cert' };

  expect(ingressReferences({ metadata: { name: 'site', namespace: 'shop' }, spec: { tls } })).toEqual([
    { ...place, key: 'tls.crt' },
    { ...place, key: 'tls.key' },
  ]);
});
