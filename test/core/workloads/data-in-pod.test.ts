import { describe, expect, test } from '@jest/globals';

import type { Container, ContainerStatus, Pod, Volume } from '../../../src/core/cluster/kubernetes-pod.ts';
import { stackSchema } from '../../../src/core/stack/stack-schema.ts';
import type { Stack } from '../../../src/core/stack/stack.ts';
import { dataInPod, dataToLose } from '../../../src/core/workloads/data-in-pod.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { container, namespace, snapshotOf, statefulSet } from '../../support/builders.ts';

const login = { kind: 'postgres-login', user: { value: 'app' }, password: { value: 'x' } };

function stackOf(component: object): Stack {
  const components = [{ name: 'db', workload: 'StatefulSet/db', ...component }];
  return stackSchema.parse({ version: 1, name: 'shop', namespaces: [namespace], components });
}

function placeOf(parts: Partial<Container>, volumes: readonly Volume[] = [], stack?: Stack): string | undefined {
  const spec = { containers: [container('main', { image: 'registry.example/team/app:1', ...parts })], volumes };
  const [workload] = workloads(snapshotOf(statefulSet('db', { spec })));
  return dataInPod(workload!, stack)[0]?.place;
}

const scratch = { name: 'data', emptyDir: {} };
const claimed = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
const at = (mountPath: string, name = 'data') => ({ volumeMounts: [{ name, mountPath }] });
const postgres = { image: 'docker.io/library/postgres:16-alpine' };
const pgdata = '/var/lib/postgresql/data';

describe('the data of a database', () => {
  test.each<[string, Partial<Container>, readonly Volume[], string | undefined]>([
    ['on an emptyDir', { ...postgres, ...at(pgdata) }, [scratch], 'an emptyDir'],
    ['on a claim', { ...postgres, ...at(pgdata) }, [claimed], undefined],
    ['on a claim above its folder', { ...postgres, ...at('/var/lib/postgresql') }, [claimed], undefined],
    ['on a folder of the node', { ...postgres, ...at(pgdata) }, [{ name: 'data' }], undefined],
    [
      'on a claim that goes with the pod',
      { ...postgres, ...at(pgdata) },
      [{ name: 'data', ephemeral: {} }],
      'an emptyDir',
    ],
    ['without a volume', postgres, [], 'its own file system'],
    [
      'beside its settings',
      { ...postgres, ...at('/etc/postgresql') },
      [{ name: 'data', secret: {} }],
      'its own file system',
    ],
    [
      'moved off its claim by PGDATA',
      {
        ...postgres,
        env: [{ name: 'PGDATA', value: '/scratch/pg' }],
        volumeMounts: [...at(pgdata).volumeMounts, { name: 'fast', mountPath: '/scratch' }],
      },
      [claimed, { name: 'fast', emptyDir: {} }],
      'an emptyDir',
    ],
    ['of MariaDB', { image: 'mariadb@sha256:abc', ...at('/var/lib/mysql') }, [scratch], 'an emptyDir'],
    ['of a registry with a port', { image: 'registry.example/postgres' }, [scratch], 'its own file system'],
    [
      'below the folder that everybody knows',
      { image: 'postgres', ...at('/var/lib/postgresql/16') },
      [claimed],
      undefined,
    ],
    [
      'beside the folder that everybody knows',
      { image: 'postgres', ...at('/var/lib/postgresql-16') },
      [scratch],
      'an emptyDir',
    ],
    ['in exactly that folder', { image: 'mongo', ...at('/data/db') }, [claimed], undefined],
    ['below a folder that ends in a slash', { image: 'mongo', ...at('/data/') }, [claimed], undefined],
    [
      'on the nearest of two',
      { image: 'mongo', volumeMounts: [...at('/data').volumeMounts, ...at('/data/db', 'near').volumeMounts] },
      [scratch, { name: 'near', persistentVolumeClaim: { claimName: 'near' } }],
      undefined,
    ],
    [
      'on the nearest of two, which is scratch',
      { image: 'mongo', volumeMounts: [...at('/data').volumeMounts, ...at('/data/db', 'near').volumeMounts] },
      [claimed, { name: 'near', emptyDir: {} }],
      'an emptyDir',
    ],
    [
      'on a claim below, beside scratch for other things',
      { image: 'mongo', volumeMounts: [...at('/tmp', 'tmp').volumeMounts, ...at('/data/db/wired').volumeMounts] },
      [claimed, { name: 'tmp', emptyDir: {} }],
      undefined,
    ],
    [
      'on scratch below, beside a claim for other things',
      { image: 'mongo', volumeMounts: [...at('/backup').volumeMounts, ...at('/data/db/wired', 'tmp').volumeMounts] },
      [claimed, { name: 'tmp', emptyDir: {} }],
      'an emptyDir',
    ],
    [
      'where another variable names a folder',
      { ...postgres, env: [{ name: 'PGBACKUP', value: '/elsewhere' }], ...at(pgdata) },
      [claimed],
      undefined,
    ],
    ['of something that is no database', at('/cache'), [scratch], undefined],
    ['of an exporter beside it', { image: 'quay.io/postgres-exporter:1' }, [], undefined],
  ])('%s', (_where, parts, volumes, place) => {
    expect(placeOf(parts, volumes)).toBe(place);
  });

  test('is what the stack logs in to or marks, whatever the image is called', () => {
    expect(placeOf(at('/srv'), [scratch], stackOf({ checks: [login] }))).toBe('an emptyDir');
    expect(placeOf(at('/srv'), [scratch], stackOf({ holdsData: true }))).toBe('an emptyDir');
    expect(placeOf(at('/srv'), [claimed], stackOf({ holdsData: true }))).toBeUndefined();
    expect(placeOf(at('/srv'), [scratch], stackOf({}))).toBeUndefined();
    expect(placeOf({ ...postgres, ...at(pgdata) }, [scratch], stackOf({ holdsData: false }))).toBeUndefined();
  });
});

test('a claim of a template keeps the data of a StatefulSet', () => {
  const spec = { containers: [container('main', { ...postgres, ...at(pgdata) })] };
  const { statefulSets = [], pods = [] } = statefulSet('db', { spec });
  const found = (volumeClaimTemplates: readonly { metadata: { name: string } }[]) => {
    const claiming = statefulSets.map((each) => ({ ...each, spec: { ...each.spec, volumeClaimTemplates } }));
    const [workload] = workloads(snapshotOf({ statefulSets: claiming, pods }));
    return dataInPod(workload!, undefined);
  };

  expect(found([{ metadata: { name: 'logs' } }, { metadata: { name: 'data' } }])).toEqual([]);
  expect(found([{ metadata: { name: 'logs' } }])).toEqual([{ container: 'main', place: 'its own file system' }]);
});

test('of a database whose image does not tell it, every container must be without a place', () => {
  const beside = { containers: [container('main', at('/srv')), container('side')], volumes: [claimed] };
  const [workload] = workloads(snapshotOf(statefulSet('db', { spec: beside })));
  const http = { kind: 'http', service: 'db', port: 80 };

  expect(dataInPod(workload!, stackOf({ checks: [login] }))).toEqual([]);
  expect(placeOf(at('/srv'), [scratch], stackOf({ checks: [http] }))).toBeUndefined();
  expect(placeOf(at('/srv'), [scratch], stackOf({ checks: [http, login] }))).toBe('an emptyDir');
});

test('there is data to lose only where a container has run', () => {
  const pod = (status: Partial<ContainerStatus>): Pod => ({
    metadata: { name: 'db-0', namespace },
    spec: { containers: [] },
    status: { containerStatuses: [{ name: 'main', ...status }] },
  });
  const crashed = { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } };
  const refused = { state: { waiting: { reason: 'CreateContainerConfigError' } } };
  const scratched = [{ container: 'main', place: 'an emptyDir' }] as const;
  const bare = [{ container: 'main', place: 'its own file system' }] as const;
  expect(dataToLose(pod({ state: { running: {} } }), bare)).toBe('its own file system');
  expect(dataToLose(pod({ name: 'beside', state: { running: {} } }), bare)).toBeUndefined();
  expect(dataToLose(pod(refused), scratched)).toBeUndefined();
  expect(dataToLose(pod(crashed), scratched)).toBe('an emptyDir');
  expect(dataToLose(pod({ state: { terminated: { exitCode: 0 } } }), scratched)).toBe('an emptyDir');
  expect(dataToLose(pod({ ...refused, lastState: { terminated: { exitCode: 1 } } }), scratched)).toBe('an emptyDir');
  // It began with an empty file system at each start anyway.
  expect(dataToLose(pod(crashed), bare)).toBeUndefined();
});
