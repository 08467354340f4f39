import { describe, expect, test } from '@jest/globals';
import type { Container } from '../../../src/core/cluster/kubernetes-pod.ts';
import type { ConfigMap } from '../../../src/core/cluster/kubernetes.ts';
import { guessDependencies } from '../../../src/core/init/guess-dependencies.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { container, deployment, keyEnv, namespace, service, snapshotOf, type Parts } from '../../support/builders.ts';

const settings = (data: Readonly<Record<string, string>>, name = 'settings', place = namespace): ConfigMap => ({
  metadata: { name, namespace: place },
  data,
});

const env = (name: string, value: string) => ({ name, value });

describe('who needs whom', () => {
  const takes = (name: string, ...variables: NonNullable<Container['env']>[number][]): Parts =>
    deployment(name, { spec: { containers: [container(name, { env: variables })] } });
  const waitsFor = (name: string, host: string): Parts =>
    deployment(name, { spec: { initContainers: [container('wait', { command: ['nc', '-z', host, '5432'] })] } });
  const db = [deployment('db'), service('db')];
  const found = (parts: readonly Parts[], configMaps: readonly ConfigMap[] = []): string[] => {
    const snapshot = snapshotOf(...parts);
    return guessDependencies(snapshot, workloads(snapshot), configMaps).map(
      ({ from, on, why }) => `${from.name} on ${on.name}: ${why}`,
    );
  };

  test.each<[string, readonly Parts[], readonly string[]]>([
    ['an init container waits for it', [waitsFor('web', 'db'), ...db], ['web on db: an init container waits for db']],
    [
      'a variable names its address',
      [takes('web', env('DATABASE_URL', 'postgres://u@db:5432/x')), ...db],
      ['web on db: variable DATABASE_URL names db'],
    ],
    ...[
      'DB_HOST',
      'DB_HOSTNAME',
      'DB_SERVER',
      'REDIS_ADDR',
      'DB_ADDRESS',
      'API_ENDPOINT',
      'DB_SERVICE',
      'UPSTREAM',
      'KAFKA_BROKER',
      'kafka_brokers',
    ].map((name): [string, readonly Parts[], readonly string[]] => [
      `variable ${name} is its name`,
      [takes('web', env(name, 'db')), ...db],
      [`web on db: variable ${name} names db`],
    ]),
    ['a variable is only a word', [takes('web', env('MODE', 'db')), ...db], []],
    ['a variable begins as if it were a host', [takes('web', env('HOST_MODE', 'db')), ...db], []],
    ['a variable comes of a Secret', [takes('web', keyEnv('db', 'host')), ...db], []],
    ['it names itself', [takes('db', env('DB_HOST', 'db')), service('db')], []],
    ['nothing leads there', [takes('web', env('DB_HOST', 'db')), deployment('db')], []],
  ])('is told where %s', (_, parts, told) => {
    expect(found(parts)).toEqual(told);
  });

  test('is told once, by the waiting before the naming', () => {
    const both = deployment('web', {
      spec: {
        initContainers: [container('wait', { command: ['nc', '-z', 'db', '5432'] })],
        containers: [container('web', { env: [env('DB_HOST', 'db'), env('REPLICA_HOST', 'db')] })],
      },
    });
    expect(found([both, ...db])).toEqual(['web on db: an init container waits for db']);
  });

  test('is read from a ConfigMap and from init containers too', () => {
    const web = deployment('web', {
      spec: {
        initContainers: [container('migrate', { env: [env('DB_HOST', 'db')] })],
        containers: [container('web', { envFrom: [{ configMapRef: { name: 'settings' } }] })],
      },
    });
    expect(found([web, deployment('cache'), service('cache'), ...db], [settings({ CACHE_HOST: 'cache' })])).toEqual([
      'web on db: variable DB_HOST names db',
      'web on cache: variable CACHE_HOST names cache',
    ]);
  });

  test('goes in no circle: what waits is believed before what names', () => {
    const web = [waitsFor('web', 'api'), service('web')];
    const api = [takes('api', env('WEB_HOST', 'web'), env('DB_HOST', 'db')), service('api')];
    expect(found([...api, ...web, ...db])).toEqual([
      'web on api: an init container waits for api',
      'api on db: variable DB_HOST names db',
    ]);
    const three = [
      takes('a', env('B_HOST', 'b')),
      takes('b', env('C_HOST', 'c')),
      takes('c', env('A_HOST', 'a'), env('B_HOST', 'b')),
      ...['a', 'b', 'c'].map((name) => service(name)),
    ];
    expect(found(three)).toEqual(['a on b: variable B_HOST names b', 'b on c: variable C_HOST names c']);
  });
});
