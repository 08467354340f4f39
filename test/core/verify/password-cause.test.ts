import { expect, test } from '@jest/globals';

import type { Pod } from '../../../src/core/cluster/kubernetes-pod.ts';
import { present, unreadable } from '../../../src/core/cluster/observed.ts';
import { passwordCause, type RefusedLogin } from '../../../src/core/verify/password-cause.ts';
import { workloads } from '../../../src/core/workloads/workloads.ts';
import { secret, snapshotOf, statefulSet } from '../../support/builders.ts';

const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
const snapshot = snapshotOf(statefulSet('db', { spec: { volumes } }), secret('db-secret', ['password']));
const held = snapshot.secrets.items[0]!;
const claim = (creationTimestamp: string) =>
  present([{ metadata: { name: 'data-db-0', namespace: 'shop', creationTimestamp } }]);
const pod = {
  metadata: { name: 'db-0', namespace: 'shop' },
  spec: { containers: [{ name: 'postgres' }] },
  status: { startTime: '2026-01-01T00:00:00Z', containerStatuses: [{ name: 'postgres', restartCount: 2 }] },
} as Pod;

const usual: RefusedLogin = {
  spec: { user: { value: 'app' }, password: { secret: 'db-secret', key: 'password' } },
  workload: workloads(snapshot)[0]!,
  pod,
  container: 'postgres',
  secret: { ...held, lastWrite: { manager: 'kubectl-patch', at: '2026-02-02T10:00:00Z' } },
  claims: claim('2026-01-01T00:00:00Z'),
  revision: undefined,
};

test.each<[string, Partial<RefusedLogin>, string]>([
  [
    'a value written after the volume was made',
    {},
    'persistentvolumeclaim/data-db-0 is there since 2026-01-01 00:00:00 UTC (restarts of its container: 2), and key password of secret db-secret may have been written as late as 2026-02-02 10:00:00 UTC by kubectl-patch; PostgreSQL takes',
  ],
  [
    'a time of that very key',
    { secret: { ...usual.secret!, keyChangedAt: new Map([['password', '2026-02-01T00:00:00Z']]) } },
    'of secret db-secret was written 2026-02-01 00:00:00 UTC; PostgreSQL',
  ],
  ['a volume that is younger', { claims: claim('2026-03-01T00:00:00Z') }, 'or it was changed inside the database'],
  ['claims that cannot be read', { claims: unreadable('forbidden', 'no right') }, 'claims could not be read: no right'],
  ['a Secret that cannot be read', { secret: undefined }, 'or it was changed inside the database'],
])('likely for %s', (_, change, text) => {
  expect(passwordCause({ ...usual, ...change })?.cause).toContain(text);
  expect(passwordCause({ ...usual, ...change })?.cause).toMatch(/^likely /);
});

test('a revision that holds another value is the way back, and no name of a user reaches a shell unseen', () => {
  const user = { value: "app'; rm -rf /" };
  const ways = passwordCause({ ...usual, revision: '20260101t1', spec: { ...usual.spec, user } })?.ways;
  expect(ways?.map(({ command }) => command)).toEqual([
    'c2l rollback db-secret 20260101t1 -n shop',
    `kubectl exec -it -n shop db-0 -c postgres -- sh -c 'psql -U "\${POSTGRES_USER:-postgres}" -d postgres -c "\\password"'`,
  ]);
});

test('a password that stands in the stack file is nobody’s to explain', () => {
  expect(passwordCause({ ...usual, spec: { ...usual.spec, password: { value: 'x' } } })).toBeUndefined();
});
