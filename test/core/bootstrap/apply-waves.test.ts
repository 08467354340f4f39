import { describe, expect, test } from '@jest/globals';

import { applyOrder } from '../../../src/core/bootstrap/apply-order.ts';
import type { Manifest } from '../../../src/core/manifests/manifests.ts';
import { namespace, stackOf } from '../../support/builders.ts';

function manifest(kind: string, name: string, wave?: unknown, place = namespace): Manifest {
  const annotations = wave === undefined ? undefined : { 'argocd.argoproj.io/sync-wave': wave };
  return {
    file: 'a.yaml',
    line: 1,
    fingerprint: `${kind}/${name}`,
    lineOf: () => 1,
    kind,
    name,
    namespace: place,
    fields: { kind, metadata: { name, ...(annotations && { annotations }) } },
    content: { as: 'other' },
  } as unknown as Manifest;
}

const stack = stackOf({
  components: [
    { name: 'web', workload: 'Deployment/web', dependsOn: ['api'] },
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'cache', workload: 'Deployment/cache' },
  ],
});

const order = (...manifests: readonly Manifest[]) => {
  const { first, waves } = applyOrder(manifests, stack);
  return {
    first: first.map(({ name }) => name),
    waves: waves.map(({ objects, awaited }) => [objects.map(({ name }) => name), awaited.map(({ name }) => name)]),
  };
};

describe('a cluster is filled', () => {
  test('with what everything else needs first, whatever wave it names', () => {
    const kinds = [
      'SealedSecret',
      'ExternalSecret',
      'ClusterSecretStore',
      'SecretStore',
      'ServiceAccount',
      'CustomResourceDefinition',
      'Namespace',
    ];
    const { first, waves } = order(...kinds.map((kind) => manifest(kind, kind, '9')));
    expect([first, waves]).toEqual([kinds.toReversed(), []]);
  });

  test('with what workloads need, and then by the dependency chain, waiting for what is depended on', () => {
    expect(
      order(
        manifest('Deployment', 'web'),
        manifest('Deployment', 'cache'),
        manifest('Deployment', 'api'),
        manifest('StatefulSet', 'db'),
        manifest('Service', 'db-service'),
        manifest('ConfigMap', 'settings'),
      ).waves,
    ).toEqual([
      [['db-service', 'settings'], []],
      [['cache', 'db'], ['db']],
      [['api'], ['api']],
      [['web'], []],
    ]);
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Job', 'CronJob'])(
    'with a %s after what it may need',
    (kind) => {
      expect(order(manifest(kind, 'x'), manifest('ConfigMap', 'settings')).waves.map(([names]) => names)).toEqual([
        ['settings'],
        ['x'],
      ]);
    },
  );

  test('by the waves that manifests name, and what is no number counts as Argo CD counts it', () => {
    const { waves } = order(
      manifest('ConfigMap', 'late', '10'),
      manifest('Deployment', 'early', '-1'),
      manifest('ConfigMap', 'soon', '2'),
      manifest('ConfigMap', 'half', '1.5'),
      manifest('ConfigMap', 'word', 'soon'),
      manifest('ConfigMap', 'none'),
    );
    expect(waves.map(([names]) => names)).toEqual([['early'], ['half', 'word', 'none'], ['soon'], ['late']]);
  });

  test('a workload of that name elsewhere is no component', () => {
    const { waves } = order(manifest('Deployment', 'web'), manifest('Deployment', 'api', undefined, 'elsewhere'));
    expect(waves).toEqual([
      [['api'], []],
      [['web'], []],
    ]);
  });

  test('what names no namespace goes to the first of the stack', () => {
    const { first, waves } = applyOrder(
      [manifest('Secret', 'app', undefined, ''), manifest('ExternalSecret', 'x', undefined, '')],
      stack,
    );
    expect([first[0]?.namespace, waves[0]?.objects[0]?.namespace]).toEqual([namespace, namespace]);
    expect(order(manifest('Deployment', 'db', undefined, '')).waves).toEqual([[['db'], []]]);
  });
});
