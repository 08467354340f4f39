import { describe, expect, test } from '@jest/globals';

import type { PodSpec } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { ConfigMap } from '../../../src/core/cluster/kubernetes.ts';
import type { CloserLook } from '../../../src/core/cluster/snapshot.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Finding } from '../../../src/core/findings/findings.ts';
import { container, deployment, namespace, snapshotOf, type Parts } from '../../support/builders.ts';
import { pending, waiting } from '../../support/pod-statuses.ts';

const held = pending([], [waiting('web', 'CreateContainerConfigError', 'configmap "settings" not found')]);
const web = (spec: Partial<PodSpec>, name = 'web', pods = held): Parts => deployment(name, { spec, pods });
const takes = (key: string, optional = false) => ({
  name: key.toUpperCase(),
  valueFrom: { configMapKeyRef: { name: 'settings', key, ...(optional ? { optional } : {}) } },
});
const map = (data: Readonly<Record<string, string>>, more: Partial<ConfigMap> = {}): ConfigMap => ({
  metadata: { name: 'settings', namespace },
  data,
  ...more,
});

function found(parts: readonly Parts[], configMaps?: readonly ConfigMap[]): Finding[] {
  const closer = {
    configMaps: configMaps ?? [],
    configMapNamespaces: new Set(configMaps === undefined ? [] : [namespace]),
    claims: [],
    nodes: [],
    lastWords: new Map(),
    endingNamespaces: new Map(),
    gaps: [],
  } as unknown as CloserLook;
  return diagnose({ ...snapshotOf(...parts), closer }).filter(({ code }) => code.startsWith('configmap'));
}

const told = (parts: readonly Parts[], configMaps?: readonly ConfigMap[]): string[] =>
  found(parts, configMaps).flatMap(({ code, message, fix }) => [`${code}: ${message}`, fix]);

const env = (...names: readonly string[]) => ({
  containers: [container('web', { env: names.map((name) => takes(name)) })],
});
const create = 'kubectl -n shop create configmap settings';
const gone = 'configmap-missing: configmap/settings does not exist, which deployment/web needs; it is no Secret';
const volumeMounts = [{ name: 'files', mountPath: '/files' }];

describe('a ConfigMap that is missing', () => {
  test.each<[string, Partial<PodSpec>, string]>([
    ['its keys', env('mode', 'host'), '--from-literal=host=VALUE --from-literal=mode=VALUE'],
    [
      'all of it as variables',
      { containers: [container('web', { envFrom: [{ configMapRef: { name: 'settings' } }] })] },
      '--from-env-file=FILE',
    ],
    [
      'all of it as files',
      {
        containers: [container('web', { volumeMounts })],
        volumes: [{ name: 'files', configMap: { name: 'settings' } }],
      },
      '--from-file=FOLDER',
    ],
    [
      'a part of it as files',
      {
        containers: [container('web', { volumeMounts })],
        volumes: [
          {
            name: 'files',
            projected: { sources: [{ configMap: { name: 'settings', items: [{ key: 'a.conf', path: 'a' }] } }] },
          },
        ],
      },
      '--from-literal=a.conf=VALUE',
    ],
    [
      'a key before it starts',
      { initContainers: [container('i', { env: [takes('mode')] })] },
      '--from-literal=mode=VALUE',
    ],
  ])('is told as no Secret, with how it is made for who takes %s', (_, spec, contents) => {
    expect(told([web(spec)], [])).toEqual([gone, `${create} ${contents}`]);
  });

  test('is one finding for all who need it, with where and what', () => {
    const [finding] = found([web(env('mode')), web(env('mode', 'host'), 'api')], []);
    expect(finding).toMatchObject({
      object: { kind: 'ConfigMap', namespace, name: 'settings' },
      keys: ['host', 'mode'],
      message: 'configmap/settings does not exist, which deployment/api and deployment/web need; it is no Secret',
    });
    expect(finding?.references).toContainEqual({
      kind: 'Deployment',
      namespace,
      name: 'web',
      container: 'web',
      via: 'env',
      optional: false,
    });
    expect(finding?.references).toHaveLength(3);
  });

  test('in an init container says so', () => {
    const [finding] = found([web({ initContainers: [container('i', { env: [takes('mode')] })] })], []);
    expect(finding?.references).toEqual([
      { kind: 'Deployment', namespace, name: 'web', container: 'i', init: true, via: 'env', optional: false },
    ]);
  });
});

describe('a key of a ConfigMap that is missing', () => {
  test('is told, and the others are not', () => {
    expect(told([web(env('mode', 'host', 'bytes'))], [map({ host: 'db' }, { binaryData: { bytes: 'AA==' } })])).toEqual(
      [
        'configmap-key-missing: configmap/settings lacks key mode, which deployment/web needs; it is no Secret',
        'kubectl -n shop edit configmap settings',
      ],
    );
  });

  test.each<[string, Partial<PodSpec>, readonly ConfigMap[]]>([
    ['all is there', env('mode'), [map({ mode: 'x' })]],
    [
      'all of it is taken, whatever it holds',
      { containers: [container('web', { envFrom: [{ configMapRef: { name: 'settings' } }] })] },
      [map({})],
    ],
    ['it can do without', { containers: [container('web', { env: [takes('mode', true)] })] }, []],
    ['no container mounts it', { volumes: [{ name: 'files', configMap: { name: 'settings' } }] }, []],
  ])('is not told where %s', (_, spec, configMaps) => {
    expect(told([web(spec)], configMaps)).toEqual([]);
  });

  test('is not that of another namespace', () => {
    expect(
      told([web(env('mode'))], [map({ mode: 'x' }, { metadata: { name: 'settings', namespace: 'elsewhere' } })]),
    ).toEqual([gone, `${create} --from-literal=mode=VALUE`]);
  });
});

describe('where nobody may read ConfigMaps, kubelet tells', () => {
  const saying = (message: string) => pending([], [waiting('web', 'CreateContainerConfigError', message)]);
  test.each<[string, string, readonly string[]]>([
    [
      'of one that is missing',
      'configmap "settings" not found',
      [gone, `${create} --from-literal=host=VALUE --from-literal=mode=VALUE`],
    ],
    [
      'of a key',
      "couldn't find key mode in ConfigMap shop/settings",
      [
        'configmap-key-missing: configmap/settings lacks key mode, which deployment/web needs; it is no Secret',
        'kubectl -n shop edit configmap settings',
      ],
    ],
    ['of another', 'configmap "other" not found', []],
    ['of a Secret', 'secret "settings" not found', []],
  ])('%s', (_, message, lines) => {
    expect(told([web(env('mode', 'host'), 'web', saying(message))])).toEqual(lines);
  });
});
