import { describe, expect, test } from '@jest/globals';
import { refText } from '../../../src/core/cluster/kubernetes.ts';
import {
  byLevel,
  dependenciesOf,
  dependencyGraph,
  dependencyOrder,
  dependents,
} from '../../../src/core/workloads/dependencies.ts';
import {
  container,
  deployment,
  service,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const api = { kind: 'Deployment', namespace: 'shop', name: 'api' };

function waitingWith(...command: string[]): Parts {
  return deployment('web', { spec: { initContainers: [container('wait', { command })] } });
}

function derived(parts: Parts): string[] {
  const snapshot = snapshotOf(parts, statefulSet('db'), service('db'), service('db-rw', { app: 'db' }));
  return dependenciesOf(dependencyGraph(snapshot), web).map(refText);
}

describe('what an init container waits for', () => {
  test.each([
    'until pg_isready -h db.shop.svc.cluster.local -p 5432; do sleep 2; done',
    'pg_isready --host=db --port 5432',
    'pg_isready --host "db"',
    'psql -hdb -U db',
    'until nc -z db 5432; do sleep 1; done',
    'until nc -w 3 -zv db.shop 5432; do sleep 1; done',
    'while ! nc -z -w1 db-rw 5432; do sleep 1; done',
    'wait-for-it db:5432 -t 60',
    './wait-for.sh "db.shop.svc:5432"',
    'wget -qO- http://db/health',
    'curl -f postgres://user@db/app',
    'timeout 60 sh -c "until </dev/tcp/db/5432; do sleep 1; done"',
    'until nslookup db; do sleep 1; done',
    'until getent hosts db-0.db.shop.svc.cluster.local; do sleep 1; done',
  ])('%s', (script) => {
    expect(derived(waitingWith('sh', '-c', script))).toEqual(['statefulset/db']);
  });

  test('a host that stands in an environment variable', () => {
    const env = [{ name: 'DB_HOST', value: 'db' }];
    const args = ['until pg_isready -h $DB_HOST || nc -z ${DB_HOST} 1 || nc -z $(DB_HOST) 2; do sleep 1; done'];
    const wait = container('wait', { command: ['sh', '-c'], args, env });

    expect(derived(deployment('web', { spec: { initContainers: [wait] } }))).toEqual(['statefulset/db']);
  });

  test.each([
    ['a word that is no host', 'psql -h localhost -U db -d db && echo db > /tmp/db'],
    ['a host that is no Service', 'nc -z elsewhere 5432'],
    ['a Service of another namespace', 'nc -z db.other.svc.cluster.local 5432'],
    ['itself', 'nc -z web 80'],
  ])('not %s', (_, script) => {
    expect(derived(waitingWith('sh', '-c', script))).toEqual([]);
  });

  test('not what a sidecar or a main container names', () => {
    const command = ['nc', '-z', 'db', '5432'];
    const sidecar = container('side', { command, restartPolicy: 'Always' });
    const spec = { initContainers: [sidecar], containers: [container('web', { command })] };

    expect(derived(deployment('web', { spec }))).toEqual([]);
  });
});

const stack = stackOf({
  components: [
    { name: 'api', workload: 'Deployment/api', dependsOn: ['db'] },
    { name: 'db', workload: 'StatefulSet/db' },
    { name: 'cache', workload: 'StatefulSet/cache' },
  ],
});

test('joins what the stack declares with what is derived, whether the workloads exist or not', () => {
  const waitForCache = container('wait', { command: ['nc', '-z', 'cache', '6379'] });
  const snapshot = snapshotOf(
    deployment('api', { spec: { initContainers: [waitForCache] } }),
    statefulSet('cache'),
    service('cache'),
  );

  expect(dependenciesOf(dependencyGraph(snapshot, stack), api).map(refText)).toEqual([
    'statefulset/cache',
    'statefulset/db',
  ]);
});

/** A graph by init containers: each name waits for the names that it maps to. */
function graphOf(needs: Readonly<Record<string, readonly string[]>>) {
  const parts = Object.entries(needs).flatMap(([name, hosts]) => [
    deployment(name, {
      spec: { initContainers: hosts.map((host) => container(`wait-${host}`, { command: ['nc', '-z', host, '80'] })) },
    }),
    service(name),
  ]);
  return dependencyGraph(snapshotOf(...parts));
}

const named = (name: string) => ({ kind: 'Deployment', namespace: 'shop', name });

test('dependents come nearest first and once, however many ways lead to them', () => {
  const graph = graphOf({ db: [], api: ['db'], web: ['api', 'db'], edge: ['web'], batch: ['db'] });

  expect(dependents(graph, named('db')).map(({ name }) => name)).toEqual(['api', 'batch', 'web', 'edge']);
  expect(dependents(graph, named('edge'))).toEqual([]);
});

test('orders objects by level, each once', () => {
  const graph = graphOf({ zdb: [], api: ['zdb'] });

  expect(byLevel(graph, [named('api'), named('zdb'), named('api')]).map(({ name }) => name)).toEqual(['zdb', 'api']);
});

describe('cycles', () => {
  test('are cut at the same edge whatever the order of input', () => {
    const left = graphOf({ a: ['b'], b: ['c'], c: ['a'] });
    const right = graphOf({ c: ['a'], b: ['c'], a: ['b'] });

    expect(left.dependsOn).toEqual(right.dependsOn);
    expect([...left.dependsOn.values()].reduce((edges, targets) => edges + targets.size, 0)).toBe(2);
  });

  test('do not take edges from those outside', () => {
    const graph = graphOf({ a: ['x'], x: ['y'], y: ['x'] });

    expect(dependenciesOf(graph, named('a')).map(({ name }) => name)).toEqual(['x']);
  });
});

describe('order of components', () => {
  test('in levels, each of which needs only earlier ones', () => {
    const order = dependencyOrder([
      { name: 'web', dependsOn: ['api'] },
      { name: 'api', dependsOn: ['postgres', 'auth'] },
      { name: 'postgres', dependsOn: [] },
      { name: 'auth', dependsOn: ['not-a-component'] },
      { name: 'grafana', dependsOn: [] },
    ]);

    expect(order).toEqual([['auth', 'grafana', 'postgres'], ['api'], ['web']]);
  });

  test('ends for a chain of thousands', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => ({
      name: `c${index}`,
      dependsOn: index === 0 ? [] : [`c${index - 1}`],
    }));

    expect(dependencyOrder(chain)).toHaveLength(20_000);
  });
});
