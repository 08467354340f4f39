import { expect, test } from '@jest/globals';
import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import { requiredConfigMaps } from '../../../src/core/diagnose/config-map-references.ts';
import { container, keyEnv, mounting } from '../../support/builders.ts';

const keyOf = (name: string, key: string, optional?: boolean) => ({
  name: 'X',
  valueFrom: { configMapKeyRef: { name, key, ...(optional !== undefined && { optional }) } },
});
const items = [
  { key: 'a', path: 'a' },
  { key: 'b', path: 'b' },
];

test.each<[string, Partial<PodSpec>, readonly string[]]>([
  ['nothing', {}, []],
  [
    'a plain value, and a key of a Secret',
    { containers: [container('c', { env: [{ name: 'A', value: 'a' }, keyEnv('s', 'k')] })] },
    [],
  ],
  ['a key', { containers: [container('c', { env: [keyOf('cm', 'k')] })] }, ['env cm/k of c']],
  ['a key that may be absent', { containers: [container('c', { env: [keyOf('cm', 'k', true)] })] }, []],
  [
    'a key for an init container',
    { initContainers: [container('i', { env: [keyOf('cm', 'k', false)] })] },
    ['env cm/k of i, first'],
  ],
  [
    'all variables',
    { containers: [container('c', { envFrom: [{ configMapRef: { name: 'cm' } }, { secretRef: { name: 's' } }] })] },
    ['envFrom cm of c'],
  ],
  ['a volume', mounting({ name: 'v', configMap: { name: 'cm' } }), ['volume cm']],
  ['a volume of no items', mounting({ name: 'v', configMap: { name: 'cm', items: [] } }), ['volume cm']],
  ['two files', mounting({ name: 'v', configMap: { name: 'cm', items } }), ['volume cm/a', 'volume cm/b']],
  [
    'a projected volume',
    mounting({ name: 'v', projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'cm', items } }] } }),
    ['projected-volume cm/a', 'projected-volume cm/b'],
  ],
  ['a volume of another kind', mounting({ name: 'v', emptyDir: {} }), []],
  ['a volume that nothing mounts', { volumes: [{ name: 'v', configMap: { name: 'cm' } }] }, []],
])('a pod that takes %s', (_, spec, expected) => {
  const place = { kind: 'Pod', namespace: 'shop', name: 'p' };
  const found = requiredConfigMaps(place, { containers: [container('c')], ...spec });

  expect(
    found.map(({ via, configMap, key, container: by, init }) =>
      [
        via,
        ' ',
        configMap,
        key === undefined ? '' : `/${key}`,
        by === undefined ? '' : ` of ${by}`,
        init === true ? ', first' : '',
      ].join(''),
    ),
  ).toEqual(expected);
});
