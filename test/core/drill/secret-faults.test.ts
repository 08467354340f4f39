import { describe, expect, test } from '@jest/globals';
import { volatileWorkloads } from '../../../src/core/drill/drill-pods.ts';
import type { DrillFault } from '../../../src/core/drill/drill-schema.ts';
import { faultsOf } from '../../../src/core/drill/secret-faults.ts';
import { OperatorError } from '../../../src/errors.ts';
import {
  container,
  deployment,
  keyEnv,
  secret,
  snapshotOf,
  stackOf,
  statefulSet,
  type Parts,
} from '../../support/builders.ts';

const uses = (name: string, ...env: ReturnType<typeof keyEnv>[]): Parts =>
  deployment(name, { spec: { containers: [container(name, { env })] } });

const web = uses('web', keyEnv('app', 'password'), keyEnv('app', 'note', true), keyEnv('other', 'token'));

const app = secret('app', ['password', 'note', 'unused']);

const other = secret('other', ['token']);

const volumeMounts = [{ name: 'data', mountPath: '/var/lib/postgresql/data' }];

const database = (volumes: readonly object[]): Parts =>
  statefulSet('db', {
    spec: {
      containers: [container('db', { image: 'postgres:16', env: [keyEnv('app', 'password')], volumeMounts })],
      volumes: volumes as never,
    },
  });

const kept = database([{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]);

const volatile = database([{ name: 'data', emptyDir: {} }]);

function shown({ faults }: ReturnType<typeof faultsOf>): string[] {
  return faults.map((fault) => `${fault.secret.metadata.name} ${fault.does} ${fault.keys.join(',')}`);
}

function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof OperatorError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error('was not refused');
}

const lose = (secrets: unknown, revisions = false): DrillFault =>
  ({ kind: 'lose-secrets', secrets, revisions }) as DrillFault;

const loseKeys = (keys: unknown): DrillFault => ({ kind: 'lose-keys', keys }) as DrillFault;

const change = (keys: unknown): DrillFault => ({ kind: 'change-values', keys, into: 'line-break' }) as DrillFault;

describe('what a scenario does to Secrets', () => {
  const parts = [web, app, other, secret('stranger', ['x'])];
  test.each<[string, DrillFault, readonly string[]]>([
    ['loses every one that something needs', lose('all'), ['app lost note,password,unused', 'other lost token']],
    ['loses the named alone', lose(['other']), ['other lost token']],
    ['takes every required key', loseKeys('required'), ['app keys-lost password', 'other keys-lost token']],
    ['takes the named keys', loseKeys(['note', 'token']), ['app keys-lost note', 'other keys-lost token']],
    ['changes the named values', change(['password']), ['app line-break password']],
    ['loses none for a fault of another kind', { kind: 'lose-workloads', workloads: 'all' }, []],
    ['loses none for a repair that is undone', { kind: 'undo-recovery', times: 1 }, []],
    ['loses none for a source that refuses', { kind: 'refuse-source', source: 'azure-key-vault' }, []],
  ])('%s', (_, fault, told) => {
    expect(shown(faultsOf([fault], snapshotOf(...parts), undefined))).toEqual(told);
  });

  test('of two faults of one Secret does the first', () => {
    const found = faultsOf([loseKeys(['token']), lose(['other']), lose(['app'])], snapshotOf(...parts), undefined);
    expect(shown(found)).toEqual(['other keys-lost token', 'app lost note,password,unused']);
  });

  test.each<[string, DrillFault, string, string]>([
    ['a Secret that is not there', lose(['app', 'gone']), 'the stack has no Secret gone', 'c2l audit'],
    ['a Secret that nothing needs', lose(['stranger']), 'the stack has no Secret stranger', 'c2l audit'],
    ['keys that none has', loseKeys(['gone', 'password', 'lost']), 'the stack has no key gone, lost', 'c2l audit'],
    [
      'credentials of registries where there are none',
      lose('image-pull'),
      'the stack has no Secret that this scenario could lose',
      'c2l dr-drill list',
    ],
    [
      'logins where no check logs in',
      change('logins'),
      'the stack has no key that this scenario could break',
      'c2l dr-drill list',
    ],
  ])('refuses %s', (_, fault, message, hint) => {
    expect(refusal(() => faultsOf([fault], snapshotOf(...parts), undefined))).toEqual(['drill-invalid', message, hint]);
  });

  test('says why the only key that it means cannot be lost', () => {
    const snapshot = snapshotOf(
      uses('web', keyEnv('app', 'password')),
      secret('app', ['password'], { immutable: true }),
    );
    const why = 'is immutable: it can be lost whole, and loses no key';
    expect(refusal(() => faultsOf([loseKeys('required')], snapshot, undefined))[1]).toBe(
      `the stack has no key that this scenario could break: secret/app ${why}`,
    );
  });

  const component = (password: object) => ({
    name: 'db',
    workload: 'StatefulSet/db',
    checks: [{ kind: 'postgres-login', user: { value: 'shop' }, password }],
  });

  test('changes the passwords that checks log in with', () => {
    const stack = stackOf({ components: [component({ secret: 'app', key: 'password' })] });
    expect(shown(faultsOf([change('logins')], snapshotOf(kept, web, app, other), stack))).toEqual([
      'app line-break password',
    ]);
  });

  test('changes no password of a database whose data would go with its pod', () => {
    const stack = stackOf({ components: [component({ secret: 'app', key: 'password' })] });
    expect(
      volatileWorkloads(snapshotOf(volatile, kept === volatile ? {} : web), stack).map(({ ref }) => ref.name),
    ).toEqual(['db']);
    expect(refusal(() => faultsOf([change('logins')], snapshotOf(volatile, app), stack))[0]).toBe('drill-invalid');
    expect(refusal(() => faultsOf([change(['password'])], snapshotOf(volatile, app), undefined))).toEqual([
      'drill-refused',
      'statefulset/db uses a value that this scenario changes, and its data lies in its pod: it would be lost',
      'give it a volume, or name other keys in the scenario',
    ]);
    expect(shown(faultsOf([loseKeys(['password'])], snapshotOf(volatile, app), undefined))).toEqual([
      'app keys-lost password',
    ]);
  });
});
